#include "deidentify/values.h"

#include <algorithm>
#include <cctype>

namespace veilgate::deidentify {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find('\\');
    out.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::string join_values(const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out.push_back('\\');
    out.append(values[i]);
  }
  return out;
}

std::optional<std::string> change_values(std::string_view text, const Change& change) {
  auto values = split_values(text);
  for (std::string& value : values) {
    if (value.empty()) continue;
    auto changed = change(value);
    if (!changed) return std::nullopt;
    value = std::move(*changed);
  }
  return join_values(values);
}

int freedom_of(std::string_view vr) {
  constexpr int kOpaque = 4;
  if (vr.size() != 2) return kOpaque;
  const auto pair = [](char first, char second) { return first << 8 | second; };
  switch (pair(vr[0], vr[1])) {
    case pair('A', 'T'):
    case pair('F', 'D'):
    case pair('F', 'L'):
    case pair('S', 'L'):
    case pair('S', 'S'):
    case pair('S', 'V'):
    case pair('U', 'L'):
    case pair('U', 'S'):
    case pair('U', 'V'):
      return 0;
    case pair('A', 'E'):
    case pair('A', 'S'):
    case pair('C', 'S'):
    case pair('D', 'A'):
    case pair('D', 'S'):
    case pair('D', 'T'):
    case pair('I', 'S'):
    case pair('T', 'M'):
    case pair('U', 'I'):
      return 1;
    case pair('L', 'O'):
    case pair('S', 'H'):
      return 2;
    case pair('L', 'T'):
    case pair('P', 'N'):
    case pair('S', 'T'):
    case pair('U', 'C'):
    case pair('U', 'R'):
    case pair('U', 'T'):
      return 3;
    default:
      return kOpaque;
  }
}

namespace {

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_code_string(std::string_view text) {
  constexpr std::size_t kLongest = 16;
  constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", kLower = "abcdefghijklmnopqrstuvwxyz";
  static const std::string kStandard = std::string(kUpper) + "0123456789 _";
  static const std::string kOneWord = std::string(kUpper) + std::string(kLower) + "0123456789_-./";
  return (text.size() <= kLongest && only(text, kStandard)) || (text.size() <= 2 * kLongest && only(text, kOneWord));
}

bool has_form(std::string_view vr, std::string_view value) {
  constexpr std::string_view kDigits = "0123456789";
  if (vr == "IS") return only(value, "0123456789+-");
  if (vr == "DS") return only(value, "0123456789+-.eE");
  if (vr == "UI") return value.size() <= 64 && only(value, "0123456789.");
  if (vr == "AS") return value.size() == 4 && only(value.substr(0, 3), kDigits) && only(value.substr(3), "DWMY");
  if (vr == "DA") return only(value, "0123456789.");
  if (vr == "TM") return only(value, "0123456789.:");
  if (vr == "DT") return only(value, "0123456789.+-");
  if (vr == "CS") return is_code_string(value);
  return true;
}

}  // namespace

bool has_form_of(std::string_view vr, std::string_view text) {
  return std::ranges::all_of(split_values(text),
                             [&](const std::string& value) { return value.empty() || has_form(vr, value); });
}

}  // namespace veilgate::deidentify
