#include <algorithm>
#include <array>
#include <charconv>

#include "deidentify/text/patterns.h"

namespace veilgate::deidentify::text {
namespace {

/// Four numbers to 255, not a version: "v1.2.3.4".
bool is_ip(const Match& match) {
  if (match.begin > 0 && (match.view.lower()[match.begin - 1] == 'v' || match.view.lower()[match.begin - 1] == '.')) {
    return false;
  }
  if (match.view.text()[match.end] == '.' && is_digit(match.view.text()[match.end + 1])) return false;
  int value = 0, large = 0;
  for (const char c : match.group) {
    if (c == '.') value = 0;
    if (is_digit(c)) value = value * 10 + (c - '0');
    if (value > 255) return false;
    if (value > 9) large = value;
  }
  return large > 0;  // "1.2.3.4" numbers a section
}

/// "2001:db8::1", not "10::".
bool is_ip6(const Match& match) {
  const auto colons = std::ranges::count(match.group, ':');
  return colons >= 2 && match.group.size() >= 6 && std::ranges::any_of(match.group, is_digit);
}

// clang-format off
constexpr std::array kPatterns = std::to_array<Pattern>({
    {R"(([A-Za-z0-9._%+'\x80-\xff-]{1,64} ?@ ?[A-Za-z0-9\x80-\xff-]{1,63}(?:\.[A-Za-z0-9\x80-\xff-]{1,63}){1,5}))", TextKind::Email, Needs::At, nullptr, {}, true},
    {R"((?i)([a-z0-9._%+-]{1,64} ?(?:\[at\]|\(at\)) ?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}))", TextKind::Email, Needs::Dot, nullptr, {}, true},
    {R"((?i)((?:https?|ftp|sftp|dicom|file|mailto|smb)://?[^\s\x01<>"]{1,500}))", TextKind::Url, Needs::Slashes, nullptr, {}, true},
    {R"((?i)\b(www\.[^\s\x01<>"]{1,300}))", TextKind::Url, Needs::Dot},
    {R"(\b((?:[A-Za-z0-9_-]{2,63}\.){1,5}(?:com|org|net|edu|gov|mil|info|eu|nhs\.uk|co\.uk|ac\.uk|org\.uk|local|lan|intern|internal)(?:/[^\s\x01<>"]{0,300})?))", TextKind::Url, Needs::Dot},
    {R"(\b((?:[A-Za-z0-9_-]{2,63}\.){2,5}(?:de|fr|es|it|nl|uk|at|ch|be|dk|se|no|us|io|ca|au|ie|pt|pl)(?:/[^\s\x01<>"]{0,300})?))", TextKind::Url, Needs::Dot},
    {R"(\b([a-z0-9-]{3,63}\.(?:de|fr|es|it|nl|uk|at|ch|be|dk|se)/[^\s\x01<>"]{1,300}))", TextKind::Url, Needs::Dot},
    {R"(\b((?:klinik|praxis|uni|hospital|hautarzt|kliniek|clinique|clinica|ospedale|[a-z0-9]{1,40}-[a-z0-9-]{2,40}|[a-z]{2,40}(?:klinik|klinikum|praxis|hospital|derma))[a-z0-9-]{0,40}\.(?:de|fr|es|it|nl|uk|at|ch|be))\b)", TextKind::Url, Needs::Dot},
    {R"(\b(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{2,5})?))", TextKind::Url, Needs::Digit, is_ip},
    {R"((?i)\b((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){2,6}:))", TextKind::Url, Needs::Digit, is_ip6},
    {R"((?:^|[\s,;:(/])(@[A-Za-z][A-Za-z0-9._]{2,30}))", TextKind::Url, Needs::At},
    {R"((?i)\b((?:t\.me|wa\.me|fb\.me|fb\.com|instagr\.am|youtu\.be|bit\.ly)/[^\s\x01<>"]{1,100}))", TextKind::Url, Needs::Slashes},
    {R"((?i)\b((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\b)", TextKind::Url, Needs::Digit},
    {R"((?i)(\b[a-z]:\\[^\x01<>"\n]{2,200}|\\\\[a-z0-9._-]{1,60}\\[^\s\x01<>"]{1,200}))", TextKind::Url, Needs::Backslash},
    {R"((?i)((?:/home|/users)/[a-z0-9._-]{1,60}))", TextKind::Url, Needs::Slashes},
});
// clang-format on

}  // namespace

const PatternSet& internet_patterns() {
  static const PatternSet patterns(kPatterns);
  return patterns;
}

}  // namespace veilgate::deidentify::text
