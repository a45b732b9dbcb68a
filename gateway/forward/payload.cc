#include "forward/payload.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dctk.h>

#include <system_error>

#include "base/files.h"
#include "base/hash.h"

namespace veilgate::forward {
namespace {

constexpr std::size_t kPreambleBytes = 132;  ///< 128 and "DICM"
constexpr std::size_t kGroupLengthBytes = 12;
constexpr std::string_view kGroupLengthStart("\x02\x00\x00\x00UL\x04\x00", 8);

tl::unexpected<Error> malformed(const char* what) { return fail(ErrorKind::Bug, "forward.malformed", what); }

/// Part 10 says where the dataset starts: the file meta information begins with its own length.
Result<std::size_t> find_dataset(std::string_view bytes) {
  if (bytes.size() < kPreambleBytes + kGroupLengthBytes || bytes.substr(128, 4) != "DICM" ||
      bytes.substr(kPreambleBytes, kGroupLengthStart.size()) != kGroupLengthStart) {
    return malformed("the output does not start like a DICOM file");
  }
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[kPreambleBytes + 8 + i]);
  const std::size_t offset = kPreambleBytes + kGroupLengthBytes + length;
  if (offset >= bytes.size()) return malformed("the output has no dataset");
  return offset;
}

Result<Uid> uid_of(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  if (item.findAndGetOFString(tag, value).bad()) return malformed("the output lacks an identifying UID");
  return Uid::parse(std::string_view(value.c_str(), value.length()));
}

Result<std::unique_ptr<DcmFileFormat>> parse(std::string_view bytes, const DcmTagKey& until) {
  DcmInputBufferStream stream;
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  stream.setEos();
  auto file = std::make_unique<DcmFileFormat>();
  file->transferInit();
  const OFCondition read = file->readUntilTag(stream, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, until);
  file->transferEnd();
  if (read.bad()) return malformed("the output cannot be read as a DICOM file");
  return file;
}

}  // namespace

Result<Payload> load_payload(const Outgoing& outgoing) {
  std::error_code ignored;
  if (std::filesystem::status(outgoing.file, ignored).type() == std::filesystem::file_type::not_found) {
    return fail(ErrorKind::Bug, "forward.output_missing", "the approved output is not in the spool");
  }
  VG_ASSIGN(std::string bytes, read_file(outgoing.file, kMaxOutgoingBytes));
  if (sha256(bytes) != outgoing.expected_sha256) {
    return fail(ErrorKind::Bug, "forward.digest", "the output is not the file that was verified and approved");
  }
  VG_ASSIGN(const std::size_t offset, find_dataset(bytes));
  // Everything that is needed here stands before Study Date.
  VG_ASSIGN(const auto head, parse(bytes, DCM_StudyDate));
  VG_ASSIGN(auto sop_class, uid_of(*head->getDataset(), DCM_SOPClassUID));
  VG_ASSIGN(auto sop_instance, uid_of(*head->getDataset(), DCM_SOPInstanceUID));
  VG_ASSIGN(auto syntax, uid_of(*head->getMetaInfo(), DCM_TransferSyntaxUID));
  return Payload{std::move(bytes), offset, std::move(sop_class), std::move(sop_instance), std::move(syntax)};
}

Result<std::unique_ptr<DcmFileFormat>> parse_payload(const Payload& payload) {
  return parse(payload.bytes, DCM_UndefinedTagKey);
}

}  // namespace veilgate::forward
