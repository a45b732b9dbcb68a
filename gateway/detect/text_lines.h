#pragma once
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "base/region.h"

namespace veilgate::detect {

/// A possibly slanted piece of text.
struct Slab {
  cv::Point2f centre;
  cv::Point2f along;  ///< unit vector of its longer side; to the right, or down
  float length = 0, thickness = 0;

  cv::Point2f across() const { return {-along.y, along.x}; }
  /// Its extent along a direction (unit vector).
  float reach(const cv::Point2f& direction) const {
    return std::abs(along.dot(direction)) * length + std::abs(across().dot(direction)) * thickness;
  }
  cv::RotatedRect rect(float grow = 0) const;
};

/// Of the region's corners, or of its box.
Slab slab_of(const Region& region);
/// Gives the region this line: its corners, and the box around them on a picture of this size.
void set_slab(const Slab& slab, const cv::Size& picture, Region& region);
/// Parts of a slanted slab that the boxes around them fit well; the slab itself where it runs along rows or columns.
std::vector<Slab> upright_parts(const Slab& slab);
/// The smallest one around both, along `along`.
Slab hull(const Slab& a, const Slab& b, const cv::Point2f& along);
/// Share of `inner`'s area that lies in `outer`.
float share_inside(const Slab& inner, const Slab& outer);
bool touch(const Slab& a, const Slab& b);
/// Whether one is about as thick as the other, i.e. set in the same size.
bool same_size(const Slab& a, const Slab& b);

/// A line of text: pieces on one baseline without a gap of a word's size.
struct TextLine {
  Slab slab;
  std::vector<std::size_t> pieces;  ///< indices into what was grouped
};
std::vector<TextLine> group_lines(std::span<const Slab> pieces);

/// The pixels of a slab with a little around it, upright in one of two ways (`turns` 0 or 2) or, for what is no longer
/// than thick, also turned by quarters; BGR. Empty when nothing of it is on the picture.
cv::Mat cut_out(const cv::Mat& bgr, const Slab& slab, int turns);
/// Of what cut_out() cuts, along the slab, in the picture's pixels.
float cut_length(const Slab& slab);

}  // namespace veilgate::detect
