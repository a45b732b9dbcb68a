#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/models.h"

namespace veilgate::detect {

/// What the classes of a recognition model stand for.
class Alphabet {
 public:
  /// Reads a PP-OCR dictionary (the list `character_dict` of its YAML, or a text with a character a line), verified by
  /// digest. Config errors.
  static Result<Alphabet> open(const std::filesystem::path& folder, const ModelFile& model);
  /// Of the dictionary's text. Config "detect.model_unusable".
  static Result<Alphabet> parse(std::string_view text);

  /// Blank, the dictionary's characters, space: what the model must give per step.
  std::size_t classes() const { return characters_.size() + 2; }
  /// UTF-8; empty for the blank class and beyond the end.
  std::string_view character(std::size_t model_class) const;

 private:
  std::vector<std::string> characters_;
};

}  // namespace veilgate::detect
