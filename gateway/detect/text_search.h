#pragma once
#include <vector>

#include "base/result.h"
#include "detect/inference.h"
#include "detect/picture.h"
#include "detect/text_boxes.h"

namespace veilgate::detect {

/// One run of a text network: at this scale, upright or turned by a quarter (the networks read text lying down badly).
struct TextLook {
  bool large_model;  ///< PP-OCRv5 mobile; otherwise PP-OCRv6 tiny
  int long_side;
  int quarter_turns;
};

/// What a text network says about the whole (turned, shrunk) picture.
struct TextMap {
  cv::Mat probability;  ///< CV_32FC1, turned
  cv::Size level;       ///< the shrunk picture, not turned
  int quarter_turns = 0;
  float back_x = 1, back_y = 1;  ///< picture pixels per pixel of the level
};

/// Config when the model has other outputs than expected; otherwise as Session::run().
Result<TextMap> map_text(Picture& picture, Session& session, const TextLook& how);
/// Its boxes in the picture's own pixels.
std::vector<TextBox> boxes_of(const TextMap& map, const TextRule& rule);

}  // namespace veilgate::detect
