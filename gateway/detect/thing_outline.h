#pragma once
#include <opencv2/core.hpp>
#include <optional>
#include <vector>

#include "detect/geometry.h"

namespace veilgate::detect {

/// How far a thing reaches.
struct Outline {
  cv::Mat1b cover;  ///< 255 on the thing, in the size of the picture that was searched
  cv::Rect bounds;
  double score = 0;      ///< how much like a rectangle it is, 0..1
  bool by_edge = false;  ///< an edge ends it; otherwise its colour does
};

/// Looks for the thing under a written box in one small picture (8-bit BGR).
class OutlineSearch {
 public:
  /// `written`: 255 where text and codes were found; judges how large a thing may be.
  OutlineSearch(const cv::Mat& bgr, const cv::Mat1b& written);
  /// The largest acceptable outline around the middle of `start`; nullopt where there is none.
  std::optional<Outline> around(const cv::Rect& start, bool barcode) const;

 private:
  struct Paper {
    cv::Vec3f lab;
  };
  std::vector<Paper> papers(const cv::Rect& start, bool barcode) const;
  std::optional<Outline> judged(const cv::Mat1b& like_paper, const cv::Rect& start, bool by_edge) const;
  bool has_a_things_shape(const std::vector<cv::Point>& contour, const cv::Rect& bounds) const;

  cv::Mat3b lab_;
  cv::Mat1b smooth_;  ///< 255 where no edge runs
  const cv::Mat1b& written_;
};

}  // namespace veilgate::detect
