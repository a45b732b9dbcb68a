#include "dicom/tag.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "dicom/native.h"

namespace veilgate::dicom {
namespace {

constexpr std::string_view kRetiredPrefix = "RETIRED_";

std::optional<std::uint16_t> hex4(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 4 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Tag> from_digits(std::string_view text) {
  if (text.size() == 11 && text.front() == '(' && text.back() == ')') text = text.substr(1, 9);
  const bool comma = text.size() == 9 && text[4] == ',';
  if (!comma && text.size() != 8) return std::nullopt;
  const auto group = hex4(text.substr(0, 4));
  const auto element = hex4(text.substr(comma ? 5 : 4));
  if (!group || !element) return std::nullopt;
  return Tag{*group, *element};
}

/// Standard entries by name; DCMTK itself looks a name up by comparing it with every entry. Of repeating groups the
/// first group, as there.
std::unordered_map<std::string, Tag> read_dictionary() {
  std::unordered_map<std::string, Tag> out;
  const auto add = [&out](const DcmDictEntry* entry) {
    if (entry->getPrivateCreator() == nullptr) out.try_emplace(entry->getTagName(), tag_of(entry->getKey()));
  };
  DcmDataDictionary& dictionary = dcmDataDict.wrlock();  // iterators are handed out only to writers
  for (auto entry = dictionary.normalBegin(); entry != dictionary.normalEnd(); ++entry) add(*entry);
  for (auto entry = dictionary.repeatingBegin(); entry != dictionary.repeatingEnd(); ++entry) add(*entry);
  dcmDataDict.wrunlock();
  return out;
}

std::optional<Tag> from_dictionary(const std::string& name) {
  static const std::unordered_map<std::string, Tag> kByName = read_dictionary();
  const auto found = kByName.find(name);
  return found == kByName.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::string Tag::str() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = "(gggg,eeee)";
  for (std::size_t i = 0; i < 4; ++i) {
    const auto shift = 12 - 4 * i;
    text[1 + i] = kDigits[group >> shift & 0xF];
    text[6 + i] = kDigits[element >> shift & 0xF];
  }
  return text;
}

std::optional<Tag> tag_from(std::string_view text) {
  if (const auto tag = from_digits(text)) return tag;
  // DCMTK's own lookup also takes "gggg,eeee" in looser forms; only keywords may reach it.
  if (text.empty() || text.find_first_of(",( ") != std::string_view::npos) return std::nullopt;
  if (const auto tag = from_dictionary(std::string(text))) return tag;
  return from_dictionary(std::string(kRetiredPrefix) + std::string(text));
}

std::string keyword_of(Tag tag) {
  if (tag.is_private()) return {};
  DcmTag native(native_key(tag));
  const std::string_view name = native.getTagName();
  if (name == DcmTag_ERROR_TagName) return {};
  return std::string(name.starts_with(kRetiredPrefix) ? name.substr(kRetiredPrefix.size()) : name);
}

std::string vr_of(Tag tag) {
  const DcmEVR vr = dictionary_vr(tag);
  return vr == EVR_UNKNOWN ? std::string() : std::string(DcmVR(vr).getValidVRName());
}

std::vector<std::string> all_keywords() {
  std::vector<std::string> out;
  // The dictionary hands out iterators only to writers.
  DcmDataDictionary& dictionary = dcmDataDict.wrlock();
  for (auto entry = dictionary.normalBegin(); entry != dictionary.normalEnd(); ++entry) {
    if ((*entry)->getPrivateCreator() != nullptr) continue;
    const std::string_view name = (*entry)->getTagName();
    out.emplace_back(name.starts_with(kRetiredPrefix) ? name.substr(kRetiredPrefix.size()) : name);
  }
  dcmDataDict.wrunlock();
  return out;
}

DcmEVR dictionary_vr(Tag tag) {
  if (tag.is_private()) return EVR_UNKNOWN;
  // DCMTK locks its dictionary and walks a list at each look-up; it does not change while the program runs.
  constexpr std::size_t kMaxTags = 16'384;  // thrice the standard's; objects may invent others
  thread_local std::unordered_map<std::uint32_t, DcmEVR> known;
  const auto packed = static_cast<std::uint32_t>(tag.group) << 16 | tag.element;
  if (const auto found = known.find(packed); found != known.end()) return found->second;
  const DcmEVR vr = DcmTag(native_key(tag)).getEVR();
  if (known.size() < kMaxTags) known.emplace(packed, vr);
  return vr;
}

bool is_text_vr(DcmEVR vr) {
  switch (vr) {
    case EVR_AE:
    case EVR_AS:
    case EVR_CS:
    case EVR_DA:
    case EVR_DS:
    case EVR_DT:
    case EVR_IS:
    case EVR_LO:
    case EVR_LT:
    case EVR_PN:
    case EVR_SH:
    case EVR_ST:
    case EVR_TM:
    case EVR_UC:
    case EVR_UI:
    case EVR_UR:
    case EVR_UT:
      return true;
    default:
      return false;
  }
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kPadding("\0 ", 2);
  if (text.find('\\') == std::string_view::npos) {
    text = text.substr(0, text.find_last_not_of(kPadding) + 1);
    return std::string(text.substr(std::min(text.find_first_not_of(' '), text.size())));
  }
  std::string out;
  out.reserve(text.size());
  while (true) {
    const auto split = text.find('\\');
    const auto value = text.substr(0, split);
    const auto last = value.find_last_not_of(kPadding);
    if (last != std::string_view::npos) out.append(value.substr(0, last + 1));
    if (split == std::string_view::npos) break;
    out.push_back('\\');
    text.remove_prefix(split + 1);
  }
  const auto first = out.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : out.substr(first);
}

}  // namespace veilgate::dicom
