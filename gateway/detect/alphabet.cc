#include "detect/alphabet.h"

#include "base/files.h"
#include "base/hash.h"

namespace veilgate::detect {
namespace {

constexpr std::uint64_t kMaxDictionaryBytes = 1 << 20;  // Chinese and Japanese ones have 150 KB
constexpr std::size_t kMaxCharacterBytes = 16;          // one character with its marks

tl::unexpected<Error> unusable() {
  return fail(ErrorKind::Config, "detect.model_unusable", "the recognition model's dictionary cannot be read");
}

/// 'x' without its quotes; a quote in quotes is written twice.
std::string unquoted(std::string_view value) {
  if (value == "''''") return "'";
  if (value.size() >= 3 && value.front() == '\'' && value.back() == '\'') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

}  // namespace

Result<Alphabet> Alphabet::open(const std::filesystem::path& folder, const ModelFile& file) {
  const auto text = read_file(folder / file.file, kMaxDictionaryBytes);
  if (!text) {
    return fail(ErrorKind::Config, "detect.model_missing", file.file + " cannot be read: run  bash conf/fetch.sh");
  }
  if (sha256(std::string_view(*text)) != file.sha256) {
    return fail(ErrorKind::Config, "detect.model_altered",
                file.file + " is not the file that was tested (sha256 differs): run  bash conf/fetch.sh");
  }
  return parse(*text);
}

Result<Alphabet> Alphabet::parse(std::string_view yaml) {
  // The digest pins the file, so its one form is all that has to be read: a list to the end of the text.
  constexpr std::string_view kList = "\n  character_dict:\n", kItem = "  - ";
  const auto begin = yaml.find(kList);
  if (begin == std::string_view::npos) return unusable();
  yaml.remove_prefix(begin + kList.size());
  Alphabet out;
  while (!yaml.empty()) {
    const auto end = std::min(yaml.find('\n'), yaml.size());
    const auto line = yaml.substr(0, end);
    yaml.remove_prefix(std::min(end + 1, yaml.size()));
    if (!line.starts_with(kItem)) return unusable();
    auto character = unquoted(line.substr(kItem.size()));
    if (character.empty() || character.size() > kMaxCharacterBytes) return unusable();
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
