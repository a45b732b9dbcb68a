#include "verify/seen_text.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "dicom/charset.h"
#include "verify/unicode.h"

namespace veilgate::verify {
namespace {

/// Of one attribute and of all: text beyond is searched as bytes only. Kept text is far below.
constexpr std::size_t kMaxBytes = 1u << 20, kMaxTotal = 16u << 20;
constexpr std::size_t kMinBytes = 3;
constexpr std::size_t kMinRun = 3;  ///< "D o e"

bool is_text(const dicom::ScannedElement& element) {
  constexpr std::array<std::string_view, 13> kText{"AE", "CS", "LO", "LT", "PN", "SH", "ST",
                                                   "UC", "UR", "UT", "UN", "DT", "DA"};
  const std::string vr = element.vr[0] != 0 ? std::string{element.vr[0], element.vr[1]} : dicom::vr_of(element.tag);
  return std::ranges::find(kText, vr) != kText.end();
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_letter(char32_t code) {
  return code >= 0xC0 || (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z');
}
bool is_between(char32_t code) { return std::u32string_view(U" .-_*/'|,:~+^=\t").find(code) != std::string_view::npos; }

/// Runs of lone letters, "M e y e r", without what stands between; one blank between two runs.
std::u32string closed_up(const std::u32string& text) {
  const auto lone = [&](std::size_t at) {
    return at < text.size() && is_letter(text[at]) && (at == 0 || !is_letter(text[at - 1])) &&
           (at + 1 == text.size() || !is_letter(text[at + 1]));
  };
  std::u32string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!lone(at)) continue;
    std::u32string run{text[at]};
    while (true) {
      std::size_t next = at + 1;
      while (next < text.size() && next < at + 3 && is_between(text[next])) ++next;
      if (next == at + 1 || !lone(next)) break;
      run += text[next];
      at = next;
    }
    if (run.size() >= kMinRun) out += run + U' ';
  }
  return out;
}

}  // namespace

SeenText::SeenText(std::span<const std::uint8_t> file, std::span<const dicom::ScannedElement> elements) {
  for (const auto& element : elements) {
    if (element.length < kMinBytes || element.length > kMaxBytes || element.is_fragment || !is_text(element)) continue;
    if (text_.size() > kMaxTotal) return;
    const std::string raw(reinterpret_cast<const char*>(file.data()) + element.value_offset, element.length);
    if (!dicom::is_utf8(raw)) continue;
    const std::u32string shown = code_points(is_ascii(raw) ? raw : unicode::skeleton(raw));
    if (!is_ascii(raw)) {
      const std::u32string bare = without_marks(shown);
      add(to_utf8(shown), element);
      if (bare != shown) add(to_utf8(bare), element);
    }
    add(to_utf8(closed_up(shown)), element);
  }
}

void SeenText::add(const std::string& text, const dicom::ScannedElement& element) {
  if (text.empty()) return;
  parts_.push_back({text_.size(), &element});
  text_ += text;
  text_ += '\0';
}

const dicom::ScannedElement& SeenText::element_at(std::size_t offset) const {
  return *std::prev(std::ranges::upper_bound(parts_, offset, {}, &Part::begin))->element;
}

}  // namespace veilgate::verify
