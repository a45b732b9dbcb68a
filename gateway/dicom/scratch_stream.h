#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcerror.h>
#include <dcmtk/dcmdata/dcistrma.h>

#include <memory>

#include "base/scratch_file.h"

namespace veilgate::dicom {

/// Reads a scratch file for DCMTK, from an offset on.
class ScratchProducer final : public DcmProducer {
 public:
  ScratchProducer(std::shared_ptr<const ScratchFile> file, std::uint64_t offset)
      : file_(std::move(file)), start_(offset), at_(offset) {}
  OFBool good() const override { return failed_ ? OFFalse : OFTrue; }
  OFCondition status() const override { return failed_ ? EC_InvalidStream : EC_Normal; }
  OFBool eos() override { return at_ >= file_->size() ? OFTrue : OFFalse; }
  offile_off_t avail() override { return static_cast<offile_off_t>(left()); }
  offile_off_t read(void* buffer, offile_off_t length) override;
  offile_off_t skip(offile_off_t length) override;
  void putback(offile_off_t count) override;
  const std::shared_ptr<const ScratchFile>& file() const { return file_; }
  std::uint64_t at() const { return at_; }

 private:
  std::uint64_t left() const { return at_ < file_->size() ? file_->size() - at_ : 0; }
  std::shared_ptr<const ScratchFile> file_;
  std::uint64_t start_, at_;
  bool failed_ = false;
};

/// Values parsed from it stay in the file until they are asked for, and own it together.
class ScratchStream final : public DcmInputStream {
 public:
  ScratchStream(std::shared_ptr<const ScratchFile> file, std::uint64_t offset);
  DcmInputStreamFactory* newFactory() const override;

 private:
  ScratchProducer producer_;
};

/// For DcmElement::createValueFromTempFile: a value that lies in a scratch file from `offset` on.
class ScratchStreamFactory final : public DcmInputStreamFactory {
 public:
  ScratchStreamFactory(std::shared_ptr<const ScratchFile> file, std::uint64_t offset)
      : file_(std::move(file)), offset_(offset) {}
  DcmInputStream* create() const override { return new ScratchStream(file_, offset_); }
  DcmInputStreamFactory* clone() const override { return new ScratchStreamFactory(*this); }
  DcmInputStreamFactoryType ident() const override { return DFT_DcmInputTempFileStreamFactory; }

 private:
  std::shared_ptr<const ScratchFile> file_;
  std::uint64_t offset_;
};

}  // namespace veilgate::dicom
