#include <algorithm>
#include <array>
#include <string_view>

#include "dicom/plain_file.h"
#include "dicom/scan.h"
#include "verify/deflated_frame.h"
#include "verify/j2k_segments.h"
#include "verify/jpeg_segments.h"
#include "verify/jxl_parts.h"
#include "verify/rle_segments.h"
#include "verify/verify.h"
#include "verify/video_segments.h"

namespace veilgate::verify {
namespace {

constexpr std::size_t kPreambleBytes = 128;
constexpr std::size_t kMaxFindings = 200;
constexpr dicom::Tag kPixelData{0x7FE0, 0x0010};
constexpr dicom::Tag kIcon{0x0088, 0x0200};
constexpr std::array<std::uint16_t, 7> kOurMeta{0x0000, 0x0001, 0x0002, 0x0003, 0x0010, 0x0012, 0x0013};

enum class Family { Jpeg, JpegLs, Jpeg2000, JpegXl, Rle, DeflatedFrame, Mpeg2, Avc, Hevc, Unknown };

Family family_of(std::string_view syntax) {
  if (syntax == "1.2.840.10008.1.2.5") return Family::Rle;
  if (syntax == "1.2.840.10008.1.2.8.1") return Family::DeflatedFrame;
  constexpr std::string_view kCodestreams = "1.2.840.10008.1.2.4.";
  if (!syntax.starts_with(kCodestreams)) return Family::Unknown;
  const auto number = syntax.substr(kCodestreams.size());
  if (number == "80" || number == "81") return Family::JpegLs;
  if (number.size() == 2 && number >= "50" && number <= "70") return Family::Jpeg;
  if (number.size() == 2 && number >= "90" && number <= "93") return Family::Jpeg2000;
  if (number == "100" || number == "101") return Family::Mpeg2;
  if (number == "102" || number == "103" || number == "104") return Family::Avc;
  if (number == "107" || number == "108") return Family::Hevc;
  if (number == "201" || number == "202" || number == "203") return Family::Jpeg2000;
  if (number == "110") return Family::JpegXl;
  return Family::Unknown;
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
    if (element.tag == dicom::Tag{0x0028, 0x0002}) samples_ = number(element);
    if (element.tag == dicom::Tag{0x0028, 0x0010}) rows_ = number(element);
    if (element.tag == dicom::Tag{0x0028, 0x0011}) columns_ = number(element);
    if (element.tag == dicom::Tag{0x0028, 0x0100}) allocated_ = number(element);
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

  void check_frames(std::string_view syntax) {
    if (!encapsulated_) return;
    const Family family = family_of(syntax);
    if (family == Family::Mpeg2 || family == Family::Avc || family == Family::Hevc) return check_film(family);
    // Our own streams lie in one fragment each. Where pixels were passed on unseen, a frame may be cut: one that begins
    // like a stream of its family begins the next frame.
    int number = 0;
    std::vector<std::uint8_t> stream;
    const auto finish = [&] {
      if (stream.empty()) return;
      for (const auto& part : foreign_parts(family, stream)) add("frame " + std::to_string(number) + ": " + part);
      ++number;
      stream.clear();
    };
    for (const auto fragment : fragments_) {
      const bool starts = family == Family::Rle || family == Family::DeflatedFrame || family == Family::JpegXl ||
                          (fragment.size() >= 2 && fragment[0] == 0xFF && (fragment[1] == 0xD8 || fragment[1] == 0x4F));
      if (starts) finish();
      stream.insert(stream.end(), fragment.begin(), fragment.end());
    }
    finish();
  }

  /// One stream of all frames; looked at where it lies, since it may be large.
  void check_film(Family family) {
    if (fragments_.size() != 1) return add("a video in more than one fragment");
    const auto kind = family == Family::Mpeg2 ? VideoKind::Mpeg2
                      : family == Family::Avc ? VideoKind::Avc
                                              : VideoKind::Hevc;
    for (const auto& part : foreign_video_parts(fragments_.front(), kind)) add("video: " + part);
  }

  std::vector<std::string> foreign_parts(Family family, std::span<const std::uint8_t> stream) const {
    switch (family) {
      case Family::Jpeg:
        return foreign_jpeg_parts(stream, JpegKind::Jpeg);
      case Family::JpegLs:
        return foreign_jpeg_parts(stream, JpegKind::JpegLs);
      case Family::Jpeg2000:
        return foreign_j2k_parts(stream);
      case Family::JpegXl:
        return foreign_jxl_parts(stream);
      case Family::Rle:
        return foreign_rle_parts(stream, samples_ * allocated_ / 8, rows_ * columns_);
      case Family::DeflatedFrame:
        return foreign_deflated_parts(stream, samples_ * ((rows_ * columns_ * allocated_ + 7) / 8));
      case Family::Mpeg2:
      case Family::Avc:
      case Family::Hevc:
      case Family::Unknown:
        break;
    }
    return {"compressed pixel data of a kind that cannot be checked yet"};
  }

  std::size_t number(const dicom::ScannedElement& element) const {
    if (element.length < 2) return 0;
    const std::uint8_t* at = file_.data() + element.value_offset;
    return static_cast<std::size_t>(at[0] | at[1] << 8);
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
  std::size_t samples_ = 0, rows_ = 0, columns_ = 0, allocated_ = 0;  ///< encapsulated datasets are little endian
  bool encapsulated_ = false;
};

}  // namespace

Result<std::vector<Finding>> check_structure(const dicom::PlainFile& output, PrivateAttributes allowed) {
  VG_ASSIGN(auto findings, StructureCheck(output.bytes(), allowed).run());
  if (output.behind_stream() > 0) findings.push_back({"verify.structure", "bytes after the deflated dataset", false});
  return findings;
}

}  // namespace veilgate::verify
