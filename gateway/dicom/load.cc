#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcistrmf.h>

#include <exception>
#include <functional>

#include "base/hash.h"
#include "dicom/carrier.h"
#include "dicom/dataset.h"
#include "dicom/mapped_file.h"
#include "dicom/native.h"
#include "dicom/plain_file.h"
#include "dicom/scan.h"
#include "dicom/scratch_stream.h"

namespace veilgate::dicom {
namespace {

/// Values up to this size are read at once; larger ones (pixel data) stay on disk until they are asked for. Small,
/// since an object may have many thousand fragments.
constexpr Uint32 kEagerBytes = 4 * 1024;
/// Files up to this size are read whole, which is faster than DCMTK's file streams.
constexpr std::size_t kSmallBytes = 64 * 1024;

Error parse_failure() { return {ErrorKind::Permanent, "dicom.parse", "the dataset cannot be parsed"}; }

template <typename Object>
bool read_object(Object& object, DcmInputStream& stream, E_TransferSyntax syntax) {
  object.transferInit();
  const OFCondition done = object.read(stream, syntax, EGL_noChange, kEagerBytes);
  object.transferEnd();
  return done.good();
}

bool skip(DcmInputStream& stream, std::size_t offset) {
  const auto step = static_cast<offile_off_t>(offset);
  return stream.skip(step) == step;
}

/// The dataset alone, in a transfer syntax that DCMTK would not take from the file meta information.
bool load_as(DcmFileFormat& file, const std::filesystem::path& path, bool bare, DcmInputStream& stream,
             E_TransferSyntax syntax) {
  if (!bare && file.getMetaInfo()->loadFile(path.c_str()).bad()) return false;
  return read_object(*file.getDataset(), stream, syntax);
}

bool load_file(DcmFileFormat& file, const std::filesystem::path& path, const PlainFile& plain,
               const Structure& structure, E_TransferSyntax syntax) {
  const auto offset = structure.dataset_offset;
  if (plain.was_deflated()) {
    ScratchStream stream(plain.inflated(), offset);
    return load_as(file, path, false, stream, EXS_LittleEndianExplicit);
  }
  if (DcmXfer(structure.transfer_syntax.c_str()).getXfer() != syntax) {
    // Skipped, not opened there: DCMTK would forget the offset when it later fetches a value that it left on disk.
    DcmInputFileStream stream(path.c_str());
    return skip(stream, offset) && load_as(file, path, structure.bare, stream, syntax);
  }
  const E_FileReadMode mode = structure.bare ? ERM_dataset : ERM_fileOnly;
  return file.loadFile(path.c_str(), structure.bare ? syntax : EXS_Unknown, EGL_noChange, kEagerBytes, mode).good();
}

void set_buffer(DcmInputBufferStream& stream, std::span<const std::uint8_t> bytes) {
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  stream.setEos();
}

/// As load_file(), from memory.
bool load_bytes(DcmFileFormat& file, std::span<const std::uint8_t> bytes, const Structure& structure,
                E_TransferSyntax syntax) {
  DcmInputBufferStream stream;
  set_buffer(stream, bytes);
  const bool known = DcmXfer(structure.transfer_syntax.c_str()).getXfer() == syntax;
  if (known && !structure.bare) {
    file.setReadMode(ERM_fileOnly);
    const bool good = read_object(file, stream, EXS_Unknown);
    file.setReadMode(ERM_autoDetect);
    return good;
  }
  DcmInputBufferStream head;
  set_buffer(head, bytes);
  if (!structure.bare && !read_object(*file.getMetaInfo(), head, EXS_Unknown)) return false;
  return skip(stream, structure.dataset_offset) && read_object(*file.getDataset(), stream, syntax);
}

/// `load` takes the transfer syntax to read the dataset in.
Result<void> guarded(const Structure& structure, const std::function<bool(E_TransferSyntax)>& load) {
  VG_ASSIGN(const Uid uid, Uid::parse(structure.transfer_syntax));
  VG_ASSIGN(const E_TransferSyntax carrier, carrier_of(uid));
  try {
    if (!load(carrier)) return fail(parse_failure());
  } catch (const std::exception&) {
    return fail(parse_failure());
  }
  return {};
}

/// Group lengths and padding carry nothing but can betray what was removed. Depth is bounded by the scan.
void drop_group_lengths(DcmItem& item) {
  constexpr Uint16 kPaddingGroup = 0xFFFC;
  std::vector<DcmElement*> doomed;
  for (DcmObject* object = item.nextInContainer(nullptr); object != nullptr; object = item.nextInContainer(object)) {
    if (object->getETag() == 0x0000 || object->getGTag() == kPaddingGroup) {
      if (auto* element = dynamic_cast<DcmElement*>(object)) doomed.push_back(element);
    } else if (is_sequence(*object)) {
      auto* sequence = static_cast<DcmSequenceOfItems*>(object);
      for (DcmObject* child = sequence->nextInContainer(nullptr); child != nullptr;
           child = sequence->nextInContainer(child)) {
        if (auto* nested = dynamic_cast<DcmItem*>(child)) drop_group_lengths(*nested);
      }
    }
  }
  for (DcmElement* element : doomed) delete item.remove(element);
}

}  // namespace

File::File() : native_(std::make_unique<DcmFileFormat>()) {}
File::~File() = default;
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;

Result<File> File::load(const std::filesystem::path& path, const LoadLimits& limits, bool allow_bare) {
  VG_TRY(init_dicom());
  VG_ASSIGN(const PlainFile plain, PlainFile::open(path, limits));
  if (!plain.was_deflated() && plain.bytes().size() <= kSmallBytes) return parse(plain.bytes(), allow_bare);
  VG_ASSIGN(const Structure structure, scan(plain.bytes(), allow_bare));
  File file;
  VG_TRY(guarded(structure,
                 [&](E_TransferSyntax syntax) { return load_file(*file.native_, path, plain, structure, syntax); }));
  drop_group_lengths(*file.native_->getDataset());
  return file;
}

Result<File> File::parse(std::span<const std::uint8_t> bytes, bool allow_bare) {
  VG_TRY(init_dicom());
  VG_ASSIGN(const Structure structure, scan(bytes, allow_bare));
  File file;
  VG_TRY(
      guarded(structure, [&](E_TransferSyntax syntax) { return load_bytes(*file.native_, bytes, structure, syntax); }));
  drop_group_lengths(*file.native_->getDataset());
  return file;
}

Item File::dataset() const { return Item(native_->getDataset()); }

Result<Uid> File::transfer_syntax() const {
  OFString named;
  if (native_->getMetaInfo()->findAndGetOFString(DCM_TransferSyntaxUID, named).good() && !named.empty()) {
    return Uid::parse(named.c_str());
  }
  const DcmXfer parsed(native_->getDataset()->getOriginalXfer());
  if (parsed.getXfer() == EXS_Unknown) {
    return fail(ErrorKind::Permanent, "dicom.transfer_syntax", "the object names no transfer syntax");
  }
  return Uid::parse(parsed.getXferID());
}

void File::set_transfer_syntax(const Uid& uid) {
  native_->getMetaInfo()->putAndInsertString(DCM_TransferSyntaxUID, uid.str().c_str());
}

std::optional<Uid> File::media_storage_sop_instance_uid() const {
  OFString named;
  if (native_->getMetaInfo()->findAndGetOFString(DCM_MediaStorageSOPInstanceUID, named).bad() || named.empty())
    return std::nullopt;
  auto uid = Uid::parse(named.c_str());
  return uid ? std::optional(std::move(*uid)) : std::nullopt;
}

DcmFileFormat& File::native() { return *native_; }

Result<Sha256> dataset_digest(const std::filesystem::path& path, const LoadLimits& limits) {
  VG_ASSIGN(const auto file, MappedFile::open(path, limits.max_bytes));
  VG_ASSIGN(const auto structure, scan_head(file.bytes(), true));
  Sha256Stream digest;
  digest.update(structure.transfer_syntax);
  digest.update(file.bytes().subspan(structure.dataset_offset));
  return digest.finish();
}

}  // namespace veilgate::dicom
