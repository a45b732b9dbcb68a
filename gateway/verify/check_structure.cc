#include <algorithm>
#include <array>
#include <string_view>

#include "dicom/mapped_file.h"
#include "dicom/scan.h"
#include "verify/jpeg_segments.h"
#include "verify/verify.h"

namespace veilgate::verify {
namespace {

constexpr std::size_t kPreambleBytes = 128;
constexpr std::uint64_t kMaxOutputBytes = 8ull << 30;  // twice the largest object received by default
constexpr std::size_t kMaxFindings = 200;
constexpr dicom::Tag kPixelData{0x7FE0, 0x0010};
constexpr dicom::Tag kIcon{0x0088, 0x0200};
constexpr std::array<std::uint16_t, 7> kOurMeta{0x0000, 0x0001, 0x0002, 0x0003, 0x0010, 0x0012, 0x0013};

bool is_jpeg(std::string_view syntax) {
  constexpr std::string_view kFamily = "1.2.840.10008.1.2.4.";
  if (!syntax.starts_with(kFamily)) return false;
  const auto number = syntax.substr(kFamily.size());
  return number.size() == 2 && number >= "50" && number <= "81";  // JPEG and JPEG-LS have the same segments
}

class StructureCheck {
 public:
  StructureCheck(std::span<const std::uint8_t> file, PrivateAttributes allowed) : file_(file), private_(allowed) {}

  Result<std::vector<Finding>> run() {
    const auto structure = dicom::scan(file_, false, [this](const dicom::ScannedElement& element) { visit(element); });
    if (!structure)
      return fail(ErrorKind::Bug, "verify.unreadable", "the output is not well-formed: " + structure.error().code);
    const auto preamble = file_.first(kPreambleBytes);
    if (!std::ranges::all_of(preamble, [](std::uint8_t byte) { return byte == 0; })) add("preamble");
    if (structure->end_offset != file_.size()) {
      add(std::to_string(file_.size() - structure->end_offset) + " bytes after the last attribute");
    }
    check_meta_values();
    check_frames(structure->transfer_syntax);
    return std::move(findings_);
  }

 private:
  void visit(const dicom::ScannedElement& element) {
    if (element.is_fragment) {
      if (element.fragment > 0 && element.depth == 0)
        fragments_.push_back(file_.subspan(element.value_offset, element.length));
      return;
    }
    if (element.tag.group == 0x0002) return visit_meta(element);
    const bool first_dataset_group = element.tag.group >= 0x0008;
    const bool repeating =
        element.tag.group >= 0x5000 && element.tag.group <= 0x60FF && (element.tag.group & 0xF00) == 0;
    const bool nested_pixels = element.tag.group == 0x7FE0 && element.depth > 0;
    const bool refused_private = element.tag.is_private() && private_ == PrivateAttributes::Refused;
    if (refused_private || element.tag == kIcon || repeating || nested_pixels || !first_dataset_group ||
        element.tag.element == 0x0000 || element.tag.group == 0xFFFC) {
      add(element.tag.str());
    }
    if (element.depth > 0) return;
    if (element.tag == dicom::Tag{0x0008, 0x0016}) sop_class_ = value(element);
    if (element.tag == dicom::Tag{0x0008, 0x0018}) sop_instance_ = value(element);
    if (element.tag == kPixelData) encapsulated_ = element.undefined_length;
  }

  void visit_meta(const dicom::ScannedElement& element) {
    if (std::ranges::find(kOurMeta, element.tag.element) == kOurMeta.end()) add(element.tag.str());
    const auto text = value(element);
    if (element.tag.element == 0x0002) meta_class_ = text;
    if (element.tag.element == 0x0003) meta_instance_ = text;
    if (element.tag.element == 0x0012 && text != dicom::kImplementationClassUid) add(element.tag.str());
    if (element.tag.element == 0x0013 && text != dicom::kImplementationVersionName) add(element.tag.str());
  }

  void check_meta_values() {
    if (meta_class_ != sop_class_) add("(0002,0002) differs from (0008,0016)");
    if (meta_instance_ != sop_instance_) add("(0002,0003) differs from (0008,0018)");
  }

  /// A frame may be cut into fragments; one that begins with SOI begins the next frame.
  void check_frames(std::string_view syntax) {
    if (!encapsulated_) return;
    if (!is_jpeg(syntax)) return add("compressed pixel data of a kind that cannot be checked yet");
    std::vector<std::uint8_t> stream;
    int frame = 0;
    const auto finish = [&] {
      if (stream.empty()) return;
      for (const auto& part : foreign_jpeg_parts(stream)) add("JPEG frame " + std::to_string(frame) + ": " + part);
      ++frame;
    };
    for (const auto fragment : fragments_) {
      if (fragment.size() >= 2 && fragment[0] == 0xFF && fragment[1] == 0xD8) {
        finish();
        stream.clear();
      }
      stream.insert(stream.end(), fragment.begin(), fragment.end());
    }
    finish();
  }

  std::string value(const dicom::ScannedElement& element) const {
    std::string text(reinterpret_cast<const char*>(file_.data()) + element.value_offset, element.length);
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
    return text;
  }

  void add(std::string where) {
    if (findings_.size() < kMaxFindings) findings_.push_back({"verify.structure", std::move(where), false});
  }

  std::span<const std::uint8_t> file_;
  PrivateAttributes private_;
  std::vector<Finding> findings_;
  std::vector<std::span<const std::uint8_t>> fragments_;
  std::string meta_class_, meta_instance_, sop_class_, sop_instance_;
  bool encapsulated_ = false;
};

}  // namespace

Result<std::vector<Finding>> check_structure(const std::filesystem::path& output, PrivateAttributes allowed) {
  VG_ASSIGN(const auto mapped, dicom::MappedFile::open(output, kMaxOutputBytes));
  return StructureCheck(mapped.bytes(), allowed).run();
}

}  // namespace veilgate::verify
