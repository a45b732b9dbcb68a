#include "deidentify/dictionary.h"

#include <algorithm>
#include <array>

#include "config/yaml_reader.h"
#include "deidentify/annex_e.h"

namespace veilgate::deidentify {

std::optional<TagPattern> pattern_from(std::string_view text) {
  if (const auto pattern = TagPattern::parse(text)) return pattern;
  if (const AnnexRow* row = AnnexE::instance().find(text); row != nullptr && row->pattern.exact()) return row->pattern;
  const auto tag = dicom::tag_from(text);
  return tag ? std::optional(TagPattern::of(*tag)) : std::nullopt;
}

std::string suggestion_for(std::string_view word) {
  auto keywords = dicom::all_keywords();
  for (const AnnexRow& row : AnnexE::instance().rows()) {
    if (!row.keyword.empty()) keywords.push_back(row.keyword);
  }
  std::ranges::sort(keywords);
  const auto found = config::closest(word, keywords);
  return found ? "did you mean '" + *found + "'?" : "write a keyword, (gggg,eeee) or a wildcard such as 60xx,xxxx";
}

std::string vr_known(dicom::Tag tag) {
  if (tag.is_private()) return {};
  std::string vr = dicom::vr_of(tag);
  if (!vr.empty() && vr != "UN") return vr;
  const AnnexRow* row = AnnexE::instance().find(tag);
  return row == nullptr || !row->pattern.exact() ? std::string() : row->vr;
}

std::string vr_of_packed(std::uint32_t tag) { return vr_known(unpacked(tag)); }

bool is_vr(std::string_view text) {
  constexpr std::array<std::string_view, 34> kVrs = {
      "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV",
      "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"};
  return std::ranges::find(kVrs, text) != kVrs.end();
}

}  // namespace veilgate::deidentify
