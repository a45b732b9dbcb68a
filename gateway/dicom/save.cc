#include <dcmtk/dcmdata/dcostrma.h>
#include <dcmtk/dcmdata/dcwcache.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <vector>

#include "base/deflate.h"
#include "base/files.h"
#include "base/hash.h"
#include "dicom/carrier.h"
#include "dicom/dataset.h"
#include "dicom/native.h"
#include "dicom/required_uid.h"

namespace veilgate::dicom {
namespace {

/// End of DCMTK's writing chain: buffers, hashes and writes, and latches the first error because write() must not fail.
class HashingConsumer final : public DcmConsumer {
 public:
  explicit HashingConsumer(int fd) : fd_(fd) { buffer_.reserve(kBufferBytes); }
  OFBool good() const override { return error_ ? OFFalse : OFTrue; }
  OFCondition status() const override { return error_ ? EC_InvalidStream : EC_Normal; }
  OFBool isFlushed() const override { return OFTrue; }
  offile_off_t avail() const override { return kBufferBytes; }
  offile_off_t write(const void* data, offile_off_t size) override {
    const auto bytes = std::span(static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size));
    deflater_ ? latch(deflater_->append(bytes)) : append(bytes);
    return size;
  }
  void flush() override {}

  /// From here on DCMTK's bytes are deflated, here and not by DCMTK, which cuts them differently for values in memory
  /// and on disk.
  void begin_deflated() {
    deflated_from_ = count_;
    deflater_.emplace([this](std::span<const std::uint8_t> bytes) -> Result<void> {
      append(bytes);
      return {};
    });
  }

  void append(std::span<const std::uint8_t> bytes) {
    if (error_) return;
    count_ += bytes.size();
    if (buffer_.size() + bytes.size() > kBufferBytes) drain();
    if (bytes.size() > kBufferBytes) return put(bytes);
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }

  Result<Sha256> finish() {
    if (deflater_) {
      latch(deflater_->finish());
      constexpr std::uint8_t kPad = 0;  // PS3.5 A.5: to an even length
      if ((count_ - deflated_from_) % 2 != 0) append(std::span(&kPad, 1));
    }
    drain();
    if (error_) return fail(*error_);
    return hash_.finish();
  }

 private:
  static constexpr std::size_t kBufferBytes = 256 * 1024;

  void latch(Result<void> done) {
    if (!done && !error_) error_ = done.error();
  }

  void drain() {
    put(buffer_);
    buffer_.clear();
  }

  void put(std::span<const std::uint8_t> bytes) {
    if (error_) return;
    hash_.update(bytes);
    if (auto written = write_all(fd_, bytes); !written) error_ = written.error();
  }

  int fd_;
  std::vector<std::uint8_t> buffer_;
  Sha256Stream hash_;
  std::uint64_t count_ = 0, deflated_from_ = 0;
  std::optional<Deflater> deflater_;
  std::optional<Error> error_;
};

class HashingStream final : public DcmOutputStream {
 public:
  explicit HashingStream(HashingConsumer& consumer) : DcmOutputStream(&consumer) {}
};

void put_u16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
}

void put_u32(std::string& out, std::uint32_t value) {
  put_u16(out, value & 0xFFFF);
  put_u16(out, value >> 16);
}

void put_meta(std::string& out, std::uint16_t element, std::string_view vr, std::string value) {
  if (value.size() % 2 != 0) value.push_back(vr == "UI" ? '\0' : ' ');
  put_u16(out, 0x0002);
  put_u16(out, element);
  out.append(vr);
  put_u16(out, static_cast<std::uint32_t>(value.size()));
  out.append(value);
}

/// Preamble and file meta information, ours alone: nothing a sender wrote there survives.
std::string make_head(const Uid& sop_class, const Uid& sop_instance, const Uid& transfer_syntax) {
  std::string group;
  group.append(std::string_view("\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01", 14));
  put_meta(group, 0x0002, "UI", sop_class.str());
  put_meta(group, 0x0003, "UI", sop_instance.str());
  put_meta(group, 0x0010, "UI", transfer_syntax.str());
  put_meta(group, 0x0012, "UI", std::string(kImplementationClassUid));
  put_meta(group, 0x0013, "SH", std::string(kImplementationVersionName));
  std::string head(128, '\0');
  head.append("DICM");
  head.append(std::string_view("\x02\x00\x00\x00UL\x04\x00", 8));
  put_u32(head, static_cast<std::uint32_t>(group.size()));
  return head + group;
}

Result<void> write_dataset(DcmDataset& dataset, HashingConsumer& consumer, E_TransferSyntax syntax) {
  if (!dataset.canWriteXfer(syntax)) {
    return fail(ErrorKind::Bug, "dicom.save_syntax", "the pixel data is not in the transfer syntax asked for");
  }
  HashingStream stream(consumer);
  DcmWriteCache cache;  // values that lie in a file pass through it piece by piece
  dataset.transferInit();
  const OFCondition written =
      dataset.write(stream, syntax, EET_ExplicitLength, &cache, EGL_withoutGL, EPD_withoutPadding);
  dataset.transferEnd();
  if (written.bad() && consumer.good())
    return fail(ErrorKind::Permanent, "dicom.save", "the dataset cannot be written");
  return {};
}

/// These groups belong to commands, file meta and directories; a dataset that has them smuggles something.
void drop_foreign_groups(DcmDataset& dataset) {
  constexpr Uint16 kFirstDatasetGroup = 0x0008;
  while (DcmElement* first = dataset.getElement(0)) {
    if (first->getGTag() >= kFirstDatasetGroup) return;
    delete dataset.remove(first);
  }
}

Result<Sha256> write_file(int fd, DcmDataset& dataset, const std::string& head, E_TransferSyntax syntax) {
  HashingConsumer consumer(fd);
  consumer.append(std::span(reinterpret_cast<const std::uint8_t*>(head.data()), head.size()));
  try {
    if (syntax == EXS_DeflatedLittleEndianExplicit) {
      consumer.begin_deflated();
      syntax = EXS_LittleEndianExplicit;
    }
    VG_TRY(write_dataset(dataset, consumer, syntax));
  } catch (const std::exception&) {
    return fail(ErrorKind::Permanent, "dicom.save", "the dataset cannot be written");
  }
  return consumer.finish();
}

Result<FileDescriptor> create(const std::filesystem::path& path, int flags) {
  FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600));
  if (!fd.valid()) return fail(ErrorKind::Transient, "file.create", "cannot create a file: " + errno_text(errno));
  return fd;
}

Result<Sha256> write_unsynced(const std::filesystem::path& path, DcmDataset& dataset, const std::string& head,
                              E_TransferSyntax syntax) {
  VG_ASSIGN(const FileDescriptor fd, create(path, O_TRUNC));
  auto digest = write_file(fd.get(), dataset, head, syntax);
  if (!digest) ::unlink(path.c_str());
  return digest;
}

/// Under another name first: the file is whole or was never there.
Result<Sha256> write_synced(const std::filesystem::path& path, DcmDataset& dataset, const std::string& head,
                            E_TransferSyntax syntax) {
  std::array<std::uint8_t, 6> suffix{};
  random_bytes(suffix);
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto temporary = folder / (".tmp-" + to_hex(suffix));
  const auto give_up = [&](Error error) {
    ::unlink(temporary.c_str());
    return fail(std::move(error));
  };
  VG_ASSIGN(const FileDescriptor fd, create(temporary, O_EXCL));
  const auto digest = write_file(fd.get(), dataset, head, syntax);
  if (!digest) return give_up(digest.error());
  if (auto synced = sync_file(fd.get()); !synced) return give_up(synced.error());
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return give_up({ErrorKind::Transient, "file.rename", "cannot put the file in place: " + errno_text(errno)});
  }
  VG_TRY(sync_folder(folder));
  return digest;
}

}  // namespace

Result<Sha256> File::save(const std::filesystem::path& path, const Uid& transfer_syntax, Durability durability) {
  VG_TRY(init_dicom());
  VG_ASSIGN(const E_TransferSyntax syntax, carrier_of(transfer_syntax));
  VG_ASSIGN(const Uid sop_class, required_uid(dataset(), {0x0008, 0x0016}));
  VG_ASSIGN(const Uid sop_instance, required_uid(dataset(), {0x0008, 0x0018}));
  drop_foreign_groups(*native_->getDataset());
  const auto write = durability == Durability::Synced ? write_synced : write_unsynced;
  return write(path, *native_->getDataset(), make_head(sop_class, sop_instance, transfer_syntax), syntax);
}

}  // namespace veilgate::dicom
