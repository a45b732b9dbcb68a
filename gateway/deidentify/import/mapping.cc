#include "deidentify/import/mapping.h"

#include <algorithm>
#include <array>

#include "deidentify/import/plain_text.h"
#include "deidentify/vr_values.h"

namespace veilgate::deidentify::importing {
namespace {

bool consists_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

struct TextVr {
  std::string_view vr;
  std::size_t longest;
  std::string_view allowed;  ///< empty: any
};
constexpr std::string_view kNumber = "0123456789+-.eE ", kPlace = "0123456789.", kMoment = "0123456789.+-";
constexpr std::array<TextVr, 16> kTextVrs = {{{"AE", 16, {}},
                                              {"AS", 4, "0123456789DWMY"},
                                              {"CS", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ "},
                                              {"DA", 8, "0123456789"},
                                              {"DS", 16, kNumber},
                                              {"DT", 26, kMoment},
                                              {"IS", 12, "0123456789+-"},
                                              {"LO", 64, {}},
                                              {"LT", 64, {}},
                                              {"PN", 64, {}},
                                              {"SH", 16, {}},
                                              {"ST", 64, {}},
                                              {"TM", 14, kPlace},
                                              {"UC", 64, {}},
                                              {"UI", 64, kPlace},
                                              {"UT", 64, {}}}};

}  // namespace

std::string decided_elsewhere(const Target& target) {
  if (!target.tag) return {};
  const std::uint32_t tag = *target.tag;
  constexpr std::array<std::uint32_t, 6> kStamped = {0x00120062, 0x00120063, 0x00120064,
                                                     0x00280301, 0x00280302, 0x00280303};
  if (std::ranges::find(kStamped, tag) != kStamped.end()) {
    return "Veilgate writes this attribute itself, as far as it is true";
  }
  if (tag < 0x00080000) return "file meta information is written anew";
  if ((tag & 0xFFFF) == 0) return "group lengths are not written";
  if (tag == 0x00080005) return "Veilgate decides the character set of its output";
  if (tag >> 16 == 0x7FE0) return "pixel data is masked by the route, not by profiles";
  return {};
}

bool fits_vr(std::string_view text, std::string_view vr) {
  const auto found = std::ranges::find(kTextVrs, vr, &TextVr::vr);
  if (found == kTextVrs.end() || text.size() > found->longest || text.find('\\') != std::string_view::npos)
    return false;
  if (!found->allowed.empty() && !consists_of(text, found->allowed)) return false;
  return is_value_of(vr, text);
}

bool holds_hash(std::string_view vr) {
  constexpr std::array<std::string_view, 9> kVrs = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"};
  return std::ranges::find(kVrs, vr) != kVrs.end();
}

bool holds_pseudonym(const Target& target) { return target.vr == "LO" || target.vr == "PN"; }

bool holds_date(std::string_view vr) { return vr == "DA" || vr == "DT"; }

Clause hiding(const Target& target) {
  if (target.is(kPatientNameTag) || target.is(kPatientIdTag)) return {{}, "pseudonym", {}};
  if (target.vr == "UI") return {{}, "uid", {}};
  // Long texts hold more than an identifier.
  const bool is_identifier = holds_hash(target.vr) && target.vr != "LT" && target.vr != "ST" && target.vr != "UT";
  return {{}, is_identifier ? "hash" : "remove", {}};
}

}  // namespace veilgate::deidentify::importing
