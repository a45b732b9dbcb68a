#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "dicom/scan.h"
#include "verify/matcher.h"
#include "verify/needle_forms.h"
#include "verify/seen_text.h"
#include "verify/unicode.h"
#include "verify/verify.h"

namespace veilgate::verify {
namespace {

/// A person reads them; more only says the same again.
constexpr std::size_t kMaxFindings = 200;
/// Forms of all needles together, about 100 bytes each; an object with more is not searched but held.
constexpr std::size_t kMaxPatterns = 2'000'000;

using Ranges = std::span<const std::pair<std::size_t, std::size_t>>;

/// Which attribute a byte belongs to.
class ElementMap {
 public:
  explicit ElementMap(std::span<const std::uint8_t> file) {
    const auto note = [this](const dicom::ScannedElement& element) {
      if (!element.is_sequence && element.length > 0) elements_.push_back(element);
    };
    if (!dicom::scan(file, true, note)) elements_.clear();
  }

  std::span<const dicom::ScannedElement> all() const { return elements_; }

  const dicom::ScannedElement* at(std::size_t offset) const {
    auto after = std::ranges::upper_bound(elements_, offset, {}, &dicom::ScannedElement::value_offset);
    if (after == elements_.begin()) return nullptr;
    --after;
    return offset < after->value_offset + after->length ? &*after : nullptr;
  }

 private:
  std::vector<dicom::ScannedElement> elements_;
};

class Search {
 public:
  Search(std::span<const std::uint8_t> file, Ranges pixels, std::span<const Needle> needles)
      : file_(file), pixels_(pixels.begin(), pixels.end()), needles_(needles), elements_(file) {
    std::ranges::sort(pixels_);
  }

  std::vector<Finding> run() {
    std::vector<Pattern> patterns;
    for (std::size_t i = 0; i < needles_.size(); ++i) {
      add_forms(needles_[i], i, patterns);
      if (patterns.size() > kMaxPatterns) {
        return {{"verify.identifier", "too many identifying values to search for", false}};
      }
    }
    const Matcher matcher(patterns);
    matcher.run(file_, [&](std::size_t pattern, std::size_t at) {
      consider(patterns[pattern], at);
      return findings_.size() < kMaxFindings;
    });
    const SeenText seen(file_, elements_.all());
    const std::span seen_bytes(reinterpret_cast<const std::uint8_t*>(seen.text().data()), seen.text().size());
    matcher.run(seen_bytes, [&](std::size_t pattern, std::size_t at) {
      consider_seen(patterns[pattern], seen, at);
      return findings_.size() < kMaxFindings;
    });
    search_numbers();
    if (findings_.size() >= kMaxFindings) findings_.push_back({"verify.identifier", "more than are listed", false});
    return std::move(findings_);
  }

 private:
  void consider(const Pattern& pattern, std::size_t at) {
    if (pattern.seen || !bounded(pattern, at)) return;
    if (in_pixels(at) && (pattern.short_form || is_ramp(pattern))) return;
    const auto* element = elements_.at(at);
    if (pattern.number && is_innocent_number(pattern, element)) return;
    report(pattern, element, at);
  }

  /// Numbers of eight and more digits, written as numbers: 19620317 as UL holds no text to be found.
  void search_numbers() {
    std::unordered_map<std::int64_t, std::size_t> wanted;
    for (std::size_t i = 0; i < needles_.size(); ++i) {
      for (std::int64_t number : numbers_of(needles_[i].text)) wanted.emplace(number, i);
    }
    if (wanted.empty()) return;
    for (const auto& element : elements_.all()) {
      const std::string vr = vr_of(element);
      const std::size_t width = vr == "UL" || vr == "SL" ? 4 : vr == "UV" || vr == "SV" || vr == "FD" ? 8 : 0;
      if (findings_.size() >= kMaxFindings) return;
      if (vr == "DT") search_moments(element, wanted);
      if (width == 0) continue;
      for (std::size_t at = 0; at + width <= element.length; at += width) {
        for (const bool big_endian : {false, true}) {
          const auto found = wanted.find(number_at(element.value_offset + at, width, vr == "FD", big_endian));
          if (found != wanted.end()) report(whole_value(found->second), &element, element.value_offset + at);
        }
      }
    }
  }

  /// The day of a date and time, behind which digits go on.
  void search_moments(const dicom::ScannedElement& element,
                      const std::unordered_map<std::int64_t, std::size_t>& wanted) {
    constexpr std::size_t kDay = 8;
    for (std::size_t at = 0; at + kDay <= element.length; ++at) {
      const char* digits = reinterpret_cast<const char*>(file_.data()) + element.value_offset + at;
      if (at > 0 && digits[-1] != '\\' && digits[-1] != ' ') continue;
      std::int64_t day = 0;
      if (std::from_chars(digits, digits + kDay, day).ptr != digits + kDay) continue;
      const auto found = wanted.find(day);
      if (found != wanted.end()) report(whole_value(found->second), &element, element.value_offset + at);
    }
  }

  static Pattern whole_value(std::size_t needle) {
    Pattern out;
    out.needle = needle;
    return out;
  }

  /// -1 for what is no whole number.
  std::int64_t number_at(std::size_t at, std::size_t width, bool is_float, bool big_endian) const {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < width; ++i) {
      bits |= static_cast<std::uint64_t>(file_[at + i]) << (8 * (big_endian ? width - 1 - i : i));
    }
    if (!is_float) return static_cast<std::int64_t>(bits);
    constexpr double kExact = 9e15;
    const auto value = std::bit_cast<double>(bits);
    return value >= 0 && value < kExact && value == std::floor(value) ? static_cast<std::int64_t>(value) : -1;
  }

  /// The number a needle of digits is; a date (YYYYMMDD) with its day or month in front as well.
  static std::vector<std::int64_t> numbers_of(const std::string& text) {
    constexpr std::size_t kShortest = 8, kLongest = 18;
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || text.size() < kShortest || text.size() > kLongest) return {};
    std::vector<std::int64_t> out = {std::stoll(text)};
    if (text.size() != kShortest || (!text.starts_with("19") && !text.starts_with("20"))) return out;
    const std::string year = text.substr(0, 4), month = text.substr(4, 2), day = text.substr(6);
    out.push_back(std::stoll(day + month + year));
    out.push_back(std::stoll(month + day + year));
    return out;
  }

  /// A match in what a reader sees of an attribute.
  void consider_seen(const Pattern& pattern, const SeenText& seen, std::size_t at) {
    if (pattern.stride != 1 || !bounded_in(seen.text(), pattern, at)) return;
    const auto& element = seen.element_at(at);
    if (pattern.number && is_innocent_number(pattern, &element)) return;
    report(pattern, &element, element.value_offset);
  }

  static bool bounded_in(const std::string& text, const Pattern& pattern, std::size_t at) {
    const auto is = [&](std::size_t index, bool letters) {
      if (index >= text.size()) return false;
      const auto byte = static_cast<unsigned char>(text[index]);
      return is_ascii_digit(byte) || (letters && (is_ascii_letter(byte) || byte >= 0x80));
    };
    if (pattern.boundary == Boundary::None) return true;
    const bool letters = pattern.boundary == Boundary::Letters;
    std::size_t before = at;
    while (!letters && before > 0 && text[before - 1] == '0') --before;
    return (before == 0 || !is(before - 1, letters)) && !is(at + pattern.bytes.size(), letters);
  }

  void report(const Pattern& pattern, const dicom::ScannedElement* element, std::size_t at) {
    const std::size_t place = element != nullptr ? element->value_offset : at;
    const bool approvable = pattern.weak || (pattern.word && is_code(element));
    const auto [known, added] = reported_.try_emplace({pattern.needle, place}, findings_.size());
    if (!added) {
      findings_[known->second].approvable &= approvable;  // the strongest match decides
      return;
    }
    std::string where = element != nullptr ? element->tag.str() + " at byte " : std::string("byte ");
    where += std::to_string(at) + " repeats " + needles_[pattern.needle].place;
    findings_.push_back({"verify.identifier", std::move(where), approvable});
  }

  bool in_pixels(std::size_t at) const {
    const auto after = std::ranges::upper_bound(pixels_, std::pair{at, SIZE_MAX});
    return after != pixels_.begin() && at < std::prev(after)->first + std::prev(after)->second;
  }

  /// A smooth gradient in gray pixels counts up or down; so do "123456" and "ABCDEF".
  static bool is_ramp(const Pattern& pattern) {
    const auto& text = pattern.bytes;
    const int step = text[1] - text[0];
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] - text[i - 1] != step) return false;
    }
    return true;
  }

  std::optional<unsigned char> byte(std::size_t at, std::ptrdiff_t offset) const {
    const auto index = static_cast<std::ptrdiff_t>(at) + offset;
    if (index < 0 || index >= static_cast<std::ptrdiff_t>(file_.size())) return std::nullopt;
    return file_[static_cast<std::size_t>(index)];
  }

  bool bounded(const Pattern& pattern, std::size_t at) const {
    if (pattern.boundary == Boundary::None) return true;
    const std::size_t last = at + pattern.bytes.size() - 1;
    const int stride = pattern.stride;
    if (pattern.boundary == Boundary::Digits) return !digits_before(at, stride) && !is_digit_at(last, stride);
    return !touches(at, -stride, stride) && !touches(last, stride, stride);
  }

  bool is_digit_at(std::size_t at, std::ptrdiff_t offset) const {
    const auto neighbour = byte(at, offset);
    return neighbour && is_ascii_digit(*neighbour) && !is_header_byte(at, offset);
  }

  /// Digits in front other than zeros that only fill up.
  bool digits_before(std::size_t at, int stride) const {
    for (std::ptrdiff_t offset = -stride; is_digit_at(at, offset); offset -= stride) {
      if (*byte(at, offset) != '0') return true;
    }
    return false;
  }

  /// A letter or digit beside a short word makes it part of another word.
  bool touches(std::size_t at, std::ptrdiff_t offset, int stride) const {
    const auto neighbour = byte(at, offset);
    if (!neighbour) return false;
    const bool letter = is_ascii_letter(*neighbour) || is_ascii_digit(*neighbour);
    if (stride == 1 && is_header_byte(at, offset)) return false;
    return letter || (stride == 1 && *neighbour >= 0x80 && elements_.at(at) != nullptr);
  }

  /// Beside the value stands the next or its own header, whose bytes can look like letters (group 0054 is "T").
  bool is_header_byte(std::size_t at, std::ptrdiff_t offset) const {
    const auto* element = elements_.at(at);
    if (element == nullptr) {
      const auto beyond = byte(at, offset * 2);
      return !beyond || *beyond == 0;
    }
    const auto index = static_cast<std::ptrdiff_t>(at) + offset;
    const auto begin = static_cast<std::ptrdiff_t>(element->value_offset);
    return index < begin || index >= begin + static_cast<std::ptrdiff_t>(element->length);
  }

  /// Numbers stand in many attributes without meaning the patient: measures, sequence numbers, well-known UIDs, codes.
  bool is_innocent_number(const Pattern& pattern, const dicom::ScannedElement* element) const {
    constexpr std::size_t kDistinctDigits = 8;  // more do not come up by chance
    if (element == nullptr || pattern.bytes.size() > kDistinctDigits * static_cast<std::size_t>(pattern.stride))
      return false;
    const std::string vr = vr_of(*element);
    const auto is_one_of = [&](std::initializer_list<std::string_view> list) {
      return std::ranges::find(list, vr) != list.end();
    };
    if (vr == "UI") return in_standard_uid(*element);
    if (pattern.short_form && is_one_of({"DS", "IS", "TM"})) return true;
    return element->tag == dicom::Tag{0x0008, 0x0100};  // Code Value
  }

  /// Values of a vocabulary: that a surname is also a word there ("HEAD") is no proof; a person decides.
  bool is_code(const dicom::ScannedElement* element) const {
    return element != nullptr && (vr_of(*element) == "CS" || element->tag == dicom::Tag{0x0008, 0x0104});
  }

  static std::string vr_of(const dicom::ScannedElement& element) {
    return element.vr[0] != 0 ? std::string{element.vr[0], element.vr[1]} : dicom::vr_of(element.tag);
  }

  bool in_standard_uid(const dicom::ScannedElement& element) const {
    const std::string_view uid(reinterpret_cast<const char*>(file_.data()) + element.value_offset, element.length);
    constexpr std::size_t kMappedLength = 25;  // of our own, a UUID in decimal; numbers of people are shorter
    return uid.starts_with("1.2.840.10008.") || (uid.starts_with("2.25.") && uid.size() > kMappedLength);
  }

  std::span<const std::uint8_t> file_;
  std::vector<std::pair<std::size_t, std::size_t>> pixels_;
  std::span<const Needle> needles_;
  ElementMap elements_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> reported_;  ///< needle and place: index of the finding
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> search_identifiers(std::span<const std::uint8_t> file_bytes,
                                        std::span<const std::pair<std::size_t, std::size_t>> pixel_ranges,
                                        std::span<const Needle> needles) {
  return Search(file_bytes, pixel_ranges, needles).run();
}

std::vector<std::pair<std::size_t, std::size_t>> pixel_ranges(std::span<const std::uint8_t> file_bytes) {
  auto structure = dicom::scan(file_bytes, true);
  if (!structure) return {};
  return std::move(structure->pixel_ranges);
}

}  // namespace veilgate::verify
