#include <cmath>
#include <opencv2/imgproc.hpp>

#include "support/scene/drawing.h"
#include "support/scene/makers.h"

namespace veilgate::test::scene {

Sprite whiteboard(const Materials&, Random& random) {
  Sprite board(fine(random.between(520, 760)), fine(random.between(320, 460)), {236, 238, 236});
  const cv::Rect inside(fine(36), fine(30), board.width() - fine(72), board.height() - fine(60));
  int y = inside.y;
  for (int row = random.whole(3, 6); row > 0 && y + fine(44) < inside.br().y; --row) {
    const auto person = somebody(random);
    board.line(random.one_of(typefaces(random.chance(0.8) ? Hand::Written : Hand::Printed)),
               "Bed " + std::to_string(row) + "  " + person.family + "  " + person.born, {inside.x, y},
               fine(random.between(34, 46)), pen(random), inside.width);
    y += fine(58);
  }
  cv::rectangle(board.bgr, board.whole(), cv::Scalar(150, 150, 145), fine(20));
  board.mark("label", "whiteboard", board.whole() - cv::Point(-fine(10), -fine(10)) - cv::Size(fine(20), fine(20)));
  return board;
}

Sprite monitor(const Materials& materials, Random& random) {
  const auto person = somebody(random);
  const bool dark = random.chance(0.6);
  Sprite screen(fine(random.between(560, 760)), fine(random.between(360, 460)),
                dark ? cv::Scalar(38, 28, 20) : cv::Scalar(240, 236, 232));
  const auto face = random.one_of(typefaces(Hand::Printed));
  const int bezel = fine(22), banner = fine(52), w = screen.width() - 2 * bezel;
  cv::rectangle(screen.bgr, cv::Rect(bezel, bezel, w, banner), cv::Scalar(140, 80, 20), cv::FILLED);
  screen.line(face, person.name() + "  " + person.born + "  " + person.number, {bezel + fine(12), bezel + fine(10)},
              fine(27), cv::Scalar::all(245), w - fine(24));
  static const std::vector<cv::Scalar> traces{{60, 200, 60}, {200, 190, 40}, {60, 60, 220}};
  const int rows = 3, height = (screen.height() - 2 * bezel - banner) / rows;
  for (int row = 0; row < rows; ++row) {
    const int base = bezel + banner + row * height + height * 6 / 10;
    const auto& colour = traces[static_cast<std::size_t>(row)];
    std::vector<cv::Point> trace;
    for (int x = 0; x < w * 7 / 10; x += kFine) {
      const double beat = std::fmod(x, fine(90)) / fine(90);
      const double spike = row == 0 ? std::exp(-std::pow((beat - 0.5) * 28, 2)) : 0.5 * std::sin(beat * 2 * CV_PI);
      trace.emplace_back(bezel + x, base - static_cast<int>(spike * height * 0.45));
    }
    cv::polylines(screen.bgr, trace, false, colour, kFine, cv::LINE_AA);
    screen.line(face, std::to_string(random.whole(50, 130)), {bezel + w * 3 / 4, base - height * 4 / 10}, fine(48),
                colour, w / 4);
  }
  if (random.chance(0.3)) {  // of whoever holds the camera
    const int side = (screen.height() - 2 * bezel - banner) * 8 / 10;
    reflect_face(screen, {bezel + w / 4, bezel + banner + side / 10, side * 4 / 5, side}, random.between(0.3, 0.7),
                 materials, random);
  }
  cv::rectangle(screen.bgr, screen.whole(), cv::Scalar::all(30), 2 * bezel);
  screen.mark("label", "screen", screen.whole() - cv::Point(-bezel, -bezel) - cv::Size(2 * bezel, 2 * bezel));
  return screen;
}

/// A sheet of paper: small print, a name somewhere in it.
Sprite form(const Materials&, Random& random) {
  const auto person = somebody(random);
  Sprite sheet(fine(random.between(420, 520)), fine(random.between(560, 680)), paper(random));
  const auto face = random.one_of(typefaces(Hand::Printed));
  const cv::Rect inside(fine(36), fine(34), sheet.width() - fine(72), sheet.height() - fine(68));
  sheet.line(face, "Consent to photography", inside.tl(), fine(30), kInk, inside.width);
  lines(sheet,
        {"Patient: " + person.name(), "Date of birth: " + person.born, "Record: " + person.number,
         "I agree that photographs are taken", "and used for teaching and research."},
        face, {inside.x, inside.y + fine(60), inside.width, fine(170)}, fine(random.between(19, 25)), kInk);
  sheet.line(random.one_of(typefaces(Hand::Written)), person.given + " " + person.family,
             {inside.x + fine(20), inside.br().y - fine(70)}, fine(44), pen(random), inside.width);
  cv::line(sheet.bgr, {inside.x, inside.br().y - fine(12)}, {inside.br().x, inside.br().y - fine(12)}, kInk, kFine);
  sheet.mark("label", "form", sheet.whole());
  return sheet;
}

}  // namespace veilgate::test::scene
