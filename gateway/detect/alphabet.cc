#include "detect/alphabet.h"

#include <algorithm>

namespace veilgate::detect {
namespace {

constexpr std::size_t kMaxCodePoints = 2;  // one character with a mark

tl::unexpected<Error> unusable() {
  return fail(ErrorKind::Config, "detect.model_unusable", "the recognition model's dictionary cannot be read");
}

bool is_character(std::string_view text) {
  const auto starts = std::ranges::count_if(text, [](char byte) { return (byte & '\xC0') != '\x80'; });
  return starts >= 1 && static_cast<std::size_t>(starts) <= kMaxCodePoints;
}

/// 'x' without its quotes; a quote in quotes is written twice.
std::string unquoted(std::string_view value) {
  if (value == "''''") return "'";
  if (value.size() >= 3 && value.front() == '\'' && value.back() == '\'') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

}  // namespace

Result<Alphabet> Alphabet::open(const std::filesystem::path& folder, const ModelFile& model) {
  VG_ASSIGN(const auto text, read_dictionary(folder, model));
  return parse(text);
}

Result<Alphabet> Alphabet::parse(std::string_view text) {
  // The digest pins the file, so only its two forms have to be read: a YAML's list to the end, or a character a line.
  constexpr std::string_view kList = "\n  character_dict:\n", kItem = "  - ";
  const auto begin = text.find(kList);
  const bool in_yaml = begin != std::string_view::npos;
  if (in_yaml) text.remove_prefix(begin + kList.size());
  Alphabet out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (in_yaml && !line.starts_with(kItem)) return unusable();
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto character = in_yaml ? unquoted(line.substr(kItem.size())) : std::string(line);
    if (!is_character(character)) return unusable();
    out.characters_.push_back(std::move(character));
  }
  if (out.characters_.empty()) return unusable();
  return out;
}

std::string_view Alphabet::character(std::size_t model_class) const {
  if (model_class == 0 || model_class >= classes()) return {};
  return model_class <= characters_.size() ? std::string_view(characters_[model_class - 1]) : std::string_view(" ");
}

}  // namespace veilgate::detect
