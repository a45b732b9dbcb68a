#pragma once
#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace veilgate::test::scene {

/// What a text was drawn with: printed faces, and faces that imitate a hand.
enum class Hand { Printed, Written };
/// Paths of the typefaces (conf/packages.txt, [test]); never empty.
const std::vector<std::string>& typefaces(Hand hand);

struct Word {
  std::string text;
  cv::Rect box;  ///< around its ink
};

/// Width of `text` (ASCII) at this pixel size.
int text_width(const std::string& typeface, const std::string& text, int size_px);
/// Draws one line of ASCII text in `colour` (BGR), its top left corner at `at`; the words that are wholly inside.
/// Throws std::runtime_error when the typeface is not installed.
std::vector<Word> write(cv::Mat3b& image, const std::string& typeface, const std::string& text, cv::Point at,
                        int size_px, const cv::Scalar& colour);

}  // namespace veilgate::test::scene
