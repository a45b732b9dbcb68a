#include <algorithm>
#include <array>

#include "deidentify/text/checks.h"
#include "deidentify/text/patterns.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

/// "612 345 678 nm", "x 4": a measurement.
bool measured(const Match& match) {
  const std::string& text = match.view.lower();
  std::uint32_t at = match.end;
  if (at < text.size() && text[at] == ' ') ++at;
  std::uint32_t end = at;
  while (end < text.size() && end - at < 8 && is_letter(text[end])) ++end;
  return end > at && is_unit(std::string_view(text).substr(at, end - at));
}

/// Another number directly before or behind, with the sign that would make it one chain.
bool chained(const Match& match) {
  const std::string& text = match.view.text();
  const bool before = match.begin >= 2 && (text[match.begin - 1] == '.' || text[match.begin - 1] == '/') &&
                      is_digit(text[match.begin - 2]);
  const bool behind = match.end + 1 < text.size() && (text[match.end] == '.' || text[match.end] == '/') &&
                      is_digit(text[match.end + 1]);
  return before || behind;
}

bool is_number(const Match& match, std::size_t least, std::size_t most) {
  const std::size_t count = digits_of(match.group).size();
  return count >= least && count <= most && !measured(match) && !chained(match);
}

bool international(const Match& match) { return is_number(match, 8, 15); }
bool national(const Match& match) { return is_number(match, 9, 12); }
bool any_length(const Match& match) { return digits_of(match.group).size() >= 4; }
bool usual(const Match& match) { return is_number(match, 9, 11); }

// clang-format off
constexpr std::array kPatterns = std::to_array<Pattern>({
    {R"((?i)\b(?:tel|telefon|telephone|telephon|phone|ph|fon|fax|telefax|mobil|mobile|mob|handy|cell|cellular|gsm|portable|movil|cellulare|cell|tfno|tlf|telf|telefono|telefoon|bleep|pager|durchwahl|dw|ext|extension|call|ruf)\b[ .:#-]{0,4}(?:no|nr)?[ .:]{0,3}(\(?\+?\(?\d(?:[ ./()-]{0,3}\d){3,17}))", TextKind::Telephone, Needs::Digit, any_length},
    {R"((\+[ ]?[1-9]\d{0,2}(?:[ ./()-]{0,3}\d){6,14}))", TextKind::Telephone, Needs::Digit, international, {}, true},
    {R"(\b(00[1-9]\d{1,2}[ ./()-](?:[ ./()-]{0,3}\d){6,13}))", TextKind::Telephone, Needs::Digit, international},
    {R"((\(?\b0[1-9]\d{0,4}\)?[ ]?[ /.-][ ]?\d{2,8}(?:[ ./-]\d{2,4}){0,4}))", TextKind::Telephone, Needs::Digit, national},
    {R"((\(0\)[ ]?[1-9]\d{1,4}[ /-]{0,2}\d{4,8}))", TextKind::Telephone, Needs::Digit, national},
    {R"((\(0[1-9]\d{1,4}\)[ ]?\d{4,10}))", TextKind::Telephone, Needs::Digit, national},
    {R"(\b(1[3-9]\d[ -]?\d{4}[ -]?\d{4})\b)", TextKind::Telephone, Needs::Digit, usual, {}, true},
    {R"(\b(0[1-9]\d{8,10})\b)", TextKind::Telephone, Needs::Digit, national},
    {R"((\(?\b[2-9]\d{2}\)?[ .-][ ]?[2-9]\d{2}[ .-]\d{4})\b)", TextKind::Telephone, Needs::Digit, usual},
    {R"(\b(1[ .-][2-9]\d{2}[ .-][2-9]\d{2}[ .-]\d{4})\b)", TextKind::Telephone, Needs::Digit, usual},
    {R"(\b([6-9]\d{2}[ .-]\d{3}[ .-]\d{3})\b)", TextKind::Telephone, Needs::Digit, usual},
    {R"(\b([6-9]\d{2}[ .-]\d{2}[ .-]\d{2}[ .-]\d{2})\b)", TextKind::Telephone, Needs::Digit, usual},
    {R"(\b([89]\d[ .-]\d{3}[ .-]\d{2}[ .-]\d{2})\b)", TextKind::Telephone, Needs::Digit, usual},
    {R"(\b(3\d{2}[ .-]\d{3}[ .-]?\d{4}|3\d{2}[ .-]\d{7})\b)", TextKind::Telephone, Needs::Digit, usual},
});
// clang-format on

}  // namespace

const PatternSet& telephone_patterns() {
  static const PatternSet patterns(kPatterns);
  return patterns;
}

}  // namespace veilgate::deidentify::text
