#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmf.h>

#include <exception>

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

Error parse_failure() { return {ErrorKind::Permanent, "dicom.parse", "the dataset cannot be parsed"}; }

/// The dataset alone, in a transfer syntax that DCMTK would not take from the file meta information.
bool load_as(DcmFileFormat& file, const std::filesystem::path& path, bool bare, DcmInputStream& stream,
             E_TransferSyntax syntax) {
  if (!bare && file.getMetaInfo()->loadFile(path.c_str()).bad()) return false;
  DcmDataset& dataset = *file.getDataset();
  dataset.transferInit();
  const OFCondition done = dataset.read(stream, syntax, EGL_noChange, kEagerBytes);
  dataset.transferEnd();
  return done.good();
}

bool load(DcmFileFormat& file, const std::filesystem::path& path, const PlainFile& plain, const Structure& structure,
          E_TransferSyntax syntax) {
  const auto offset = structure.dataset_offset;
  if (plain.was_deflated()) {
    ScratchStream stream(plain.inflated(), offset);
    return load_as(file, path, false, stream, EXS_LittleEndianExplicit);
  }
  if (DcmXfer(structure.transfer_syntax.c_str()).getXfer() != syntax) {
    // Skipped, not opened there: DCMTK would forget the offset when it later fetches a value that it left on disk.
    DcmInputFileStream stream(path.c_str());
    const auto skipped = static_cast<offile_off_t>(offset);
    if (stream.skip(skipped) != skipped) return false;
    return load_as(file, path, structure.bare, stream, syntax);
  }
  const E_FileReadMode mode = structure.bare ? ERM_dataset : ERM_fileOnly;
  return file.loadFile(path.c_str(), structure.bare ? syntax : EXS_Unknown, EGL_noChange, kEagerBytes, mode).good();
}

Result<void> parse(DcmFileFormat& file, const std::filesystem::path& path, const PlainFile& plain,
                   const Structure& structure) {
  VG_ASSIGN(const Uid uid, Uid::parse(structure.transfer_syntax));
  VG_ASSIGN(const E_TransferSyntax carrier, carrier_of(uid));
  try {
    if (!load(file, path, plain, structure, carrier)) return fail(parse_failure());
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
    } else if (auto* sequence = dynamic_cast<DcmSequenceOfItems*>(object)) {
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
  VG_ASSIGN(const Structure structure, scan(plain.bytes(), allow_bare));
  File file;
  VG_TRY(parse(*file.native_, path, plain, structure));
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
