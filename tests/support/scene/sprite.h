#pragma once
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "support/scene/lettering.h"
#include "support/scene/random.h"

namespace veilgate::test::scene {

/// Things are drawn this much larger than they appear, so that letters keep their form through every turn.
inline constexpr int kFine = 2;

/// What lies where on a thing or a picture. `kind` is a word of `veilgate evaluate --truth`.
struct Mark {
  std::string kind;  ///< text, label, barcode, face, keep, label_ignore
  /// "wristband", "ruler_digits", "colour_card", ...: for a person who reads the list. What is to be kept: "wound",
  /// "ruler" (its scale), "ruler_digits", "colour_card" and each "colour_patch" of it, "scale_bar", "laterality".
  std::string what;
  std::vector<cv::Point2f> outline;
  std::string text{};  ///< of a word
  double degrees = 0;  ///< clockwise, of the thing it stands on
};

/// A flat thing, before it is bent, turned and laid onto a picture.
struct Sprite {
  cv::Mat3b bgr;
  cv::Mat1b alpha;
  std::vector<Mark> marks;

  Sprite(int width, int height, const cv::Scalar& colour)
      : bgr(height, width,
            cv::Vec3b(cv::saturate_cast<uchar>(colour[0]), cv::saturate_cast<uchar>(colour[1]),
                      cv::saturate_cast<uchar>(colour[2]))),
        alpha(height, width, uchar{255}) {}
  int width() const { return bgr.cols; }
  int height() const { return bgr.rows; }
  cv::Rect whole() const { return {0, 0, bgr.cols, bgr.rows}; }

  void mark(const std::string& kind, const std::string& what, const cv::Rect& box, const std::string& text = {});
  /// One line; shrunk until it fits into `max_width`. Its words are marked. Returns the size used.
  int line(const std::string& typeface, const std::string& text, cv::Point at, int size_px, const cv::Scalar& colour,
           int max_width, const std::string& kind = "text", const std::string& what = "word");
  /// A barcode's modules in black on white, at most this large, with its quiet zone; marked. False when it does not
  /// fit.
  bool code(bool square, const std::string& content, const cv::Rect& area);
  void round_corners(int radius);
};

/// Rolled around a cylinder (upright axis) of this radius and bowed by `bow` pixels in its middle; darker to the ends.
Sprite curved(const Sprite& flat, double radius, double bow);

/// Where a thing is laid down: its corners in the picture, clockwise from its top left.
using Quad = std::array<cv::Point2f, 4>;
Quad quad_at(cv::Point2f centre, double width, double height, double degrees, double perspective, Random& random);
/// Adds the thing's marks, in pixels of the picture, to `marks`.
void lay(cv::Mat3b& picture, const Sprite& sprite, const Quad& quad, std::vector<Mark>& marks, double opacity = 1);
cv::Rect hull_of(const Quad& quad);

}  // namespace veilgate::test::scene
