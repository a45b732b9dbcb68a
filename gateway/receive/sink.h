#pragma once
#include <dcmtk/config/osconfig.h>
// DCMTK's headers need that first.
#include <dcmtk/dcmdata/dcostrma.h>

#include "dicom/net/guarded_connection.h"
#include "spool/spool.h"

namespace veilgate::receive {

/// Takes every byte of a dataset, whatever happens: DCMTK's association hangs when its stream refuses. Without an
/// `incoming` it only counts. Beyond `cut_off_bytes` it poisons the connection instead.
class DatasetConsumer final : public DcmConsumer {
 public:
  DatasetConsumer(spool::Incoming* incoming, dicom::net::ConnectionGuard& guard, std::uint64_t cut_off_bytes)
      : incoming_(incoming), guard_(guard), cut_off_bytes_(cut_off_bytes) {}
  OFBool good() const override { return OFTrue; }
  OFCondition status() const override { return EC_Normal; }
  OFBool isFlushed() const override { return OFTrue; }
  offile_off_t avail() const override { return kAlwaysRoom; }
  offile_off_t write(const void* bytes, offile_off_t size) override {
    bytes_ += static_cast<std::uint64_t>(size);
    if (bytes_ > cut_off_bytes_) {
      guard_.poison("store.too_large");
    } else if (incoming_ != nullptr) {
      incoming_->write({static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(size)});
    }
    return size;
  }
  void flush() override {}
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr offile_off_t kAlwaysRoom = 1 << 30;
  spool::Incoming* incoming_;
  dicom::net::ConnectionGuard& guard_;
  std::uint64_t cut_off_bytes_;
  std::uint64_t bytes_ = 0;
};

class DatasetSink final : public DcmOutputStream {
 public:
  DatasetSink(spool::Incoming* incoming, dicom::net::ConnectionGuard& guard, std::uint64_t cut_off_bytes)
      : DcmOutputStream(&consumer_), consumer_(incoming, guard, cut_off_bytes) {}
  std::uint64_t bytes() const { return consumer_.bytes(); }

 private:
  DatasetConsumer consumer_;
};

}  // namespace veilgate::receive
