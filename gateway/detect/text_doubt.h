#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "detect/picture.h"
#include "detect/text_boxes.h"
#include "detect/text_reader.h"

namespace veilgate::detect {

/// Tells writing from texture in one frame. Wounds, hair and cloth look like text to one network at some scale, and a
/// mask on each would destroy the photograph; writing is seen by both networks, or can be read, and large writing both.
class TextDoubt {
 public:
  explicit TextDoubt(Picture& picture) : picture_(picture) {}
  /// What a network says of the whole picture: CV_32FC1, of any size, turned clockwise by quarter turns.
  void saw(bool large_model, const cv::Mat& probability, int quarter_turns);
  /// Whether a box that this network found, in the picture's pixels, is writing. True whenever that is open: no other
  /// network looked, or too many boxes are in doubt.
  Result<bool> is_writing(const TextBox& text, bool large_model, TextReader& reader);
  /// The same of a part of a bowed line, which must be read a little whatever its size.
  Result<bool> is_written_part(const TextBox& part, bool large_model, TextReader& reader);
  /// As TextReader has it, of the box or of the slanted line in it by itself.
  Result<bool> is_legible(const TextBox& text, double least, TextReader& reader);
  /// The same of a part of a bowed line; true for what is left after a limit.
  Result<bool> part_is_legible(const TextBox& part, double least, TextReader& reader);

 private:
  struct Map {
    bool large_model;
    cv::Mat upright;
  };
  Result<bool> is_read(const TextBox& text, bool seen, bool cut, TextReader& reader);
  Result<bool> line_is_legible(const TextBox& text, double least, TextReader& reader);
  bool another_looked(bool large_model) const;
  bool another_saw_it(const Rect& box, bool large_model) const;

  Picture& picture_;
  std::vector<Map> maps_;
  int doubted_ = 0, parts_ = 0;
};

}  // namespace veilgate::detect
