#include "deidentify/tsv.h"

namespace veilgate::deidentify {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (true) {
    const auto end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<std::vector<std::string_view>> read_tsv(std::string_view text) {
  std::vector<std::vector<std::string_view>> out;
  for (std::string_view line : split(text, '\n')) {
    if (!line.empty() && line.front() != '#') out.push_back(split(line, '\t'));
  }
  return out;
}

}  // namespace veilgate::deidentify
