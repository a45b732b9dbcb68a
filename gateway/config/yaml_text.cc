#include "config/yaml_text.h"

#include <string_view>

namespace veilgate::config {
namespace {

// Bytes of the UTF-8 sequence that starts `text`; 0 when it is none (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                   (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

bool check_line(std::string_view line, int number, ProblemSink& sink) {
  bool usable = true;
  const std::size_t text_starts = line.find_first_not_of(" \t");
  const std::size_t tab = line.find('\t');
  if (tab != std::string_view::npos && text_starts != std::string_view::npos && tab < text_starts) {
    sink.note(number, static_cast<int>(tab) + 1, "a tab in the indentation", "indent with spaces");
    usable = false;
  }
  if (!line.empty() && line[0] == '%') {
    sink.note(number, 1, "a YAML directive ('%') is not allowed here");
    usable = false;
  }
  for (std::size_t i = 0; i < line.size();) {
    const unsigned char c = static_cast<unsigned char>(line[i]);
    const std::size_t length = utf8_length(line.substr(i));
    const bool control = (c < 0x20 && c != '\t' && !(c == '\r' && i + 1 == line.size())) || c == 0x7F;
    if (length == 0 || control) {
      sink.note(number, static_cast<int>(i) + 1, control ? "a control character" : "bytes that are not UTF-8");
      return false;
    }
    i += length;
  }
  return usable;
}

}  // namespace

bool check_yaml_text(const std::string& text, ProblemSink& sink) {
  bool usable = true;
  int number = 0;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = text.find('\n', start);
    if (end == std::string::npos) end = text.size();
    usable = check_line(std::string_view(text).substr(start, end - start), ++number, sink) && usable;
    start = end + 1;
  }
  return usable;
}

}  // namespace veilgate::config
