#pragma once
#include <array>
#include <vector>

#include "detect/geometry.h"

namespace veilgate::detect {

using Quad = std::array<cv::Point2f, 4>;

struct TextBox {
  Rect box;
  float score = 0;
  float thickness = 0;  ///< across the (possibly slanted) line
  Quad corners{};       ///< of the line itself
  /// Of a bowed line, whose corners hold more ground than writing: straight parts of it, which overlap a little.
  std::vector<Quad> parts{};
};

/// A part of a bowed line by itself.
TextBox part_of(const TextBox& bowed, const Quad& part);
/// Whether the line is so slanted that the box around it shows much beside it.
bool is_slanted(const TextBox& text);

/// Reason of a region that is wholly inside another: it changes no mask, and lets lines be judged one by one.
inline constexpr const char* kInsideReason = "inside";

/// How a text probability map becomes boxes (differentiable binarisation, as PP-OCR does it).
struct TextRule {
  float pixel = 0.3F;   ///< a pixel at or above belongs to text
  float box = 0.45F;    ///< mean probability a shape needs
  float unclip = 1.6F;  ///< the network draws text shrunk: grown back by area * unclip / perimeter
  float min_side = 3;   ///< shapes thinner than this, in map pixels, are noise
};

/// The rule for config::Detect::text_threshold: 0.3 gives the values above; lower finds more.
TextRule text_rule(double threshold);

/// Boxes in map pixels around the (possibly slanted) shapes of a CV_32FC1 probability map.
std::vector<TextBox> text_boxes(const cv::Mat& probability, const TextRule& rule);

struct Parted {
  std::vector<TextBox> kept;    ///< none hides another; each with the best score of what it hides
  std::vector<TextBox> hidden;  ///< inside one of them
};
/// Parts boxes from those that larger ones hide.
Parted united(std::vector<TextBox> boxes);

}  // namespace veilgate::detect
