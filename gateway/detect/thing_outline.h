#pragma once
#include <opencv2/core.hpp>
#include <optional>
#include <vector>

#include "detect/text_lines.h"

namespace veilgate::detect {

/// No more of the picture than this is a thing in it: more is a wall, a page, the background.
inline constexpr double kMaxThingShare = 0.40;

/// What told how far a thing reaches.
enum class EndsAt {
  Edge,   ///< steps between pixels
  Paper,  ///< its colour
  Sides,  ///< straight sides, each seen by its whole length
};

/// How far a thing reaches.
struct Outline {
  cv::Mat1b cover;  ///< 255 on the thing, in the size of the picture that was searched
  cv::Rect bounds;
  double score = 0;  ///< how much like a rectangle it is, 0..1
  EndsAt ends_at = EndsAt::Edge;
};

/// The pixels of a slanted rectangle.
struct Patch {
  cv::Rect box;    ///< around it, inside the picture
  cv::Mat1b mask;  ///< 255 on it, in the size of `box`
};
Patch patch_of(const cv::RotatedRect& rect, const cv::Size& picture);
/// Share of the patch that is 255 in `cover`; 0 where nothing of it lies in the picture.
double share_on(const Patch& patch, const cv::Mat1b& cover);

/// Looks for the thing under what is written in one small picture (8-bit BGR).
class OutlineSearch {
 public:
  /// `written`: 255 where text and codes were found; judges how large a thing may be.
  OutlineSearch(const cv::Mat& bgr, const cv::Mat1b& written);
  /// The largest acceptable outline around the middle of `start`; nullopt where there is none.
  std::optional<Outline> around(const Slab& start, bool barcode) const;
  /// The searched picture as CIE Lab.
  const cv::Mat3b& lab() const { return lab_; }

 private:
  struct Paper {
    cv::Vec3f lab;
  };
  std::vector<Paper> papers(const Slab& start, bool barcode) const;
  std::optional<Outline> judged(const cv::Mat1b& candidate, const Slab& start, EndsAt ends_at) const;
  bool has_a_things_shape(const std::vector<cv::Point>& contour, const cv::Rect& bounds) const;

  cv::Mat3b lab_;
  cv::Mat1b smooth_;  ///< 255 where no edge runs
  const cv::Mat1b& written_;
};

}  // namespace veilgate::detect
