#include <opencv2/imgproc.hpp>

#include "support/scene/drawing.h"
#include "support/scene/makers.h"

namespace veilgate::test::scene {

/// Digits and unit are measures and stay under the text policy `identifying`; the name goes.
Sprite ruler(const Materials&, Random& random) {
  static const std::vector<cv::Scalar> plastics{{250, 250, 250}, {120, 225, 250}, {225, 225, 225}};
  const int centimetres = random.whole(8, 16), step = fine(random.between(38, 56));
  const bool named = random.chance(0.7);
  Sprite ruler(centimetres * step + fine(40), fine(named ? 92 : 64), random.one_of(plastics));
  const auto face = random.one_of(typefaces(Hand::Printed));
  for (int mm = 0; mm <= centimetres * 10; ++mm) {
    const int x = fine(20) + mm * step / 10;
    const int length = fine(mm % 10 == 0 ? 22 : mm % 5 == 0 ? 16 : 10);
    cv::line(ruler.bgr, {x, 0}, {x, length}, kInk, kFine);
    if (mm % 10 != 0) continue;
    const auto digit = std::to_string(mm / 10);
    ruler.line(face, digit, {x - text_width(face, digit, fine(20)) / 2, fine(23)}, fine(20), kInk, step, "keep",
               "ruler_digits");
  }
  ruler.line(face, "cm", {fine(2), fine(42)}, fine(15), kInk, fine(24), "keep", "ruler_digits");
  ruler.mark("keep", "ruler", {0, 0, ruler.width(), fine(48)});
  if (named) {
    const auto person = somebody(random);
    ruler.line(face,
               random.chance(0.5) ? person.name() + " " + person.born : "Pat. " + person.given + " " + person.family,
               {fine(60), fine(58)}, fine(24), kInk, ruler.width() - fine(90));
  }
  ruler.mark("label_ignore", "ruler", ruler.whole());
  return ruler;
}

/// Patches stay: colours are measured by them.
Sprite colour_card(const Materials&, Random& random) {
  const int cell = fine(random.between(36, 54)), gap = cell / 8, columns = 6, rows = 4;
  Sprite card(columns * cell + (columns + 1) * gap, rows * cell + (rows + 1) * gap,
              random.chance(0.7) ? cv::Scalar::all(28) : cv::Scalar::all(240));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const cv::Rect patch(gap + column * (cell + gap), gap + row * (cell + gap), cell, cell);
      const int grey = 245 - 42 * column;
      const cv::Scalar colour = row == rows - 1
                                    ? cv::Scalar::all(grey)
                                    : cv::Scalar(random.whole(20, 230), random.whole(20, 230), random.whole(20, 230));
      cv::rectangle(card.bgr, patch, colour, cv::FILLED);
      card.mark("keep", "colour_patch", patch);
    }
  }
  card.mark("keep", "colour_card", card.whole());
  return card;
}

/// What a camera or a viewer burns in: how long a millimetre is, or what was measured.
Sprite scale_bar(const Materials&, Random& random) {
  static const std::vector<std::string> lengths{"1 cm", "5 mm", "10 mm", "2 cm", "24.5 mm", "3.2 x 1.8 cm"};
  Sprite bar(fine(200), fine(70), cv::Scalar::all(255));
  const cv::Point left(fine(12), fine(54)), right(bar.width() - fine(12), fine(54)), tick(0, fine(8));
  cv::line(bar.bgr, left, right, cv::Scalar::all(0), 2 * kFine);
  for (const auto& end : {left, right}) cv::line(bar.bgr, end - tick, end + tick, cv::Scalar::all(0), 2 * kFine);
  bar.line(random.one_of(typefaces(Hand::Printed)), random.one_of(lengths), {fine(40), fine(10)}, fine(28),
           cv::Scalar::all(0), bar.width() - fine(60), "keep", "scale_bar");
  return ink_of(bar, cv::Scalar::all(15), 0.95);
}

/// Which side of the body this is.
Sprite laterality(const Materials&, Random& random) {
  static const std::vector<std::string> sides{"L", "R", "Left", "Right", "LEFT", "RIGHT"};
  static const std::vector<cv::Scalar> dyes{{160, 70, 20}, {40, 40, 170}, {35, 35, 35}};
  Sprite sticker(fine(110), fine(64), random.one_of(dyes));
  const auto face = random.one_of(typefaces(Hand::Printed));
  const auto side = random.one_of(sides);
  const int size = fine(side.size() == 1 ? 46 : 32), width = text_width(face, side, size);
  sticker.line(face, side, {(sticker.width() - width) / 2, (sticker.height() - size * 5 / 4) / 2}, size,
               cv::Scalar::all(245), sticker.width(), "keep", "laterality");
  sticker.mark("label_ignore", "laterality", sticker.whole());
  sticker.round_corners(fine(8));
  return sticker;
}

}  // namespace veilgate::test::scene
