#include "support/scene/things.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "support/scene/background.h"

namespace veilgate::test::scene {
namespace {

const cv::Scalar kInk(25, 25, 25);

cv::Scalar paper(Random& random) {
  static const std::vector<cv::Scalar> tones{{245, 245, 245}, {228, 238, 244}, {200, 235, 250}, {240, 232, 220}};
  return random.one_of(tones);
}

cv::Scalar pen(Random& random) {
  static const std::vector<cv::Scalar> tones{{25, 25, 25}, {130, 50, 20}, {40, 30, 150}, {60, 60, 60}};
  return random.one_of(tones);
}

int fine(double pixels) { return static_cast<int>(pixels * kFine); }

/// Lines of text below each other, left-aligned, as many as fit into `area`.
void lines(Sprite& sprite, const std::vector<std::string>& texts, const std::string& typeface, const cv::Rect& area,
           int size_px, const cv::Scalar& colour) {
  int y = area.y;
  for (const auto& text : texts) {
    if (y + size_px > area.br().y) return;
    sprite.line(typeface, text, {area.x, y}, size_px, colour, area.width);
    y += size_px * 5 / 4;
  }
}

std::vector<std::string> identity_lines(const Person& person) {
  return {person.name(), "DOB " + person.born, "MRN " + person.number, person.ward};
}

Sprite wristband(const Materials&, Random& random) {
  static const std::vector<cv::Scalar> plastics{
      {245, 245, 245}, {170, 240, 250}, {200, 225, 200}, {235, 215, 190}, {170, 170, 240}};
  const auto person = somebody(random);
  Sprite band(fine(random.between(460, 760)), fine(random.between(64, 110)), random.one_of(plastics));
  const auto face = random.one_of(typefaces(Hand::Printed));
  const int h = band.height();
  cv::Rect text(h / 2, h / 8, band.width() - h, h * 7 / 8);
  if (random.chance(0.6)) {
    const bool square = random.chance(0.5);
    const int width = square ? h * 8 / 10 : band.width() / 3;
    if (band.code(square, person.number, {text.br().x - width, h / 10, width, h * 8 / 10})) text.width -= width + h / 8;
  }
  lines(band, {person.name(), "DOB " + person.born + " MRN " + person.number}, face, text, h * 4 / 13, kInk);
  band.mark("label", "wristband", band.whole());
  band.round_corners(h / 3);
  return curved(band, band.width() * random.between(0.40, 1.2), random.between(-0.12, 0.12) * band.width());
}

Sprite badge(const Materials& materials, Random& random) {
  const auto person = somebody(random);
  Sprite card(fine(230), fine(340), {248, 246, 244});
  const cv::Scalar house(random.whole(90, 200), random.whole(60, 140), random.whole(10, 90));
  cv::rectangle(card.bgr, cv::Rect(0, 0, card.width(), fine(58)), house, cv::FILLED);
  const auto face = random.one_of(typefaces(Hand::Printed));
  card.line(face, "City Hospital", {fine(14), fine(16)}, fine(24), cv::Scalar::all(255), card.width() - fine(28));
  const cv::Rect photo(fine(65), fine(76), fine(100), fine(120));
  if (const auto portrait = sample_face(materials.samples, random)) {
    cv::Mat3b small;
    cv::resize(*portrait, small, photo.size(), 0, 0, cv::INTER_AREA);
    small.copyTo(card.bgr(photo));
    card.mark("face", "badge",
              photo - cv::Point(-photo.width / 6, -photo.height / 6) - cv::Size(photo.width / 3, photo.height / 3));
  } else {
    cv::rectangle(card.bgr, photo, cv::Scalar(190, 185, 180), cv::FILLED);
  }
  lines(card, {person.given + " " + person.family, "Staff Nurse", "ID " + person.number}, face,
        {fine(16), fine(214), card.width() - fine(32), fine(110)}, fine(26), kInk);
  cv::rectangle(card.bgr, cv::Rect(fine(95), fine(6), fine(40), fine(8)), cv::Scalar::all(60), cv::FILLED);
  card.mark("label", "badge", card.whole());
  card.round_corners(fine(12));
  return card;
}

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

Sprite sticky_note(const Materials&, Random& random) {
  static const std::vector<cv::Scalar> colours{{130, 240, 250}, {200, 180, 250}, {190, 240, 190}, {240, 215, 170}};
  const auto person = somebody(random);
  const int side = fine(random.between(170, 300));
  Sprite note(side, side, random.one_of(colours));
  const auto hand = random.chance(0.75) ? Hand::Written : Hand::Printed;
  lines(note, {person.given, person.family, person.born, person.ward}, random.one_of(typefaces(hand)),
        {side / 12, side / 10, side * 10 / 12, side * 8 / 10}, side / 6, pen(random));
  note.mark("label", "sticky note", note.whole());
  return random.chance(0.4) ? curved(note, side * random.between(0.6, 2), 0) : note;
}

Sprite paper_label(const Materials&, Random& random) {
  const auto person = somebody(random);
  Sprite label(fine(random.between(280, 460)), fine(random.between(130, 200)), paper(random));
  const auto face = random.one_of(typefaces(random.chance(0.85) ? Hand::Printed : Hand::Written));
  const int pad = fine(12), code_height = label.height() / 3;
  cv::Rect text(pad, pad, label.width() - 2 * pad, label.height() - 2 * pad);
  if (random.chance(0.5)) {
    if (label.code(false, person.number, {pad, label.height() - code_height - pad / 2, text.width, code_height}))
      text.height -= code_height;
  } else if (label.code(true, person.number + person.family,
                        {label.width() - 2 * code_height - pad, pad, 2 * code_height, 2 * code_height})) {
    text.width -= 2 * code_height + pad;
  }
  lines(label, identity_lines(person), face, text, std::max(fine(15), text.height / 6), kInk);
  if (random.chance(0.5)) cv::rectangle(label.bgr, label.whole(), cv::Scalar::all(70), kFine);
  label.mark("label", "paper label", label.whole());
  return label;
}

/// Grey on grey: thermal paper that has faded.
Sprite faded_label(const Materials&, Random& random) {
  const auto person = somebody(random);
  const int tone = random.whole(150, 225);
  Sprite label(fine(320), fine(150), {double(tone), double(tone + 4), double(tone + 8)});
  lines(label, identity_lines(person), random.one_of(typefaces(Hand::Printed)),
        {fine(14), fine(14), label.width() - fine(28), label.height() - fine(20)}, fine(24),
        cv::Scalar::all(tone - random.whole(40, 60)));
  label.mark("label", "faded label", label.whole());
  return label;
}

/// A container with a label around it.
Sprite tube(const Materials&, Random& random) {
  const auto person = somebody(random);
  Sprite label(fine(random.between(230, 320)), fine(random.between(150, 240)), paper(random));
  lines(label, identity_lines(person), random.one_of(typefaces(Hand::Printed)),
        {fine(22), fine(16), label.width() - fine(44), label.height() - fine(30)}, fine(27), kInk);
  label.mark("label", "tube label", label.whole());
  return curved(label, label.width() * random.between(0.42, 0.6), random.between(0, 0.08) * label.width());
}

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

Sprite monitor(const Materials&, Random& random) {
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
  cv::rectangle(screen.bgr, screen.whole(), cv::Scalar::all(30), 2 * bezel);
  screen.mark("label", "screen", screen.whole() - cv::Point(-bezel, -bezel) - cv::Size(2 * bezel, 2 * bezel));
  return screen;
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

/// Only what is dark on the white sprite, in this colour: ink without anything that it stands on.
Sprite ink_of(const Sprite& on_white, const cv::Scalar& colour, double opacity) {
  Sprite ink(on_white.width(), on_white.height(), colour);
  cv::Mat grey;
  cv::cvtColor(on_white.bgr, grey, cv::COLOR_BGR2GRAY);
  cv::bitwise_not(grey, grey);
  ink.alpha = cv::Mat1b(grey * opacity);
  ink.marks = on_white.marks;
  return ink;
}

/// Written on the skin itself: there is nothing that it could widen to.
Sprite skin_marker(const Materials&, Random& random) {
  const auto person = somebody(random);
  Sprite marker(fine(300), fine(110), cv::Scalar::all(255));
  marker.line(random.one_of(typefaces(Hand::Written)), person.family + " " + person.born.substr(0, 5),
              {fine(10), fine(24)}, fine(46), cv::Scalar::all(0), marker.width() - fine(20));
  return ink_of(marker, {110, 40, 70}, 0.85);
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

/// A tray, a lamp or a mirror in which somebody is seen.
Sprite reflection(const Materials& materials, Random& random) {
  const int w = fine(random.between(180, 320)), h = w * 5 / 4;
  Sprite mirror(w, h, {205, 200, 195});
  cv::Mat1f sheen = smooth_noise(mirror.bgr.size(), w / 3.0, 14, random);
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) mirror.bgr(y, x) += cv::Vec3b::all(cv::saturate_cast<uchar>(20 + sheen(y, x)));
  }
  if (const auto face = sample_face(materials.samples, random)) {
    cv::Mat3b mirrored;
    cv::flip(*face, mirrored, 1);
    const cv::Rect area(w / 8, h / 8, w * 6 / 8, h * 6 / 8);
    cv::resize(mirrored, mirrored, area.size(), 0, 0, cv::INTER_AREA);
    const double strength = random.between(0.55, 0.85);
    cv::Mat part = mirror.bgr(area);
    cv::addWeighted(mirrored, strength, part, 1 - strength, 0, part);
    mirror.mark("face", "reflection",
                {area.x + area.width / 6, area.y + area.height / 6, area.width * 4 / 6, area.height * 4 / 6});
  }
  return mirror;
}

}  // namespace

Person somebody(Random& random) {
  static const std::vector<std::string> given{"Anna",   "Kunigunde", "Marek",  "Fatima", "Jonas", "Aylin",
                                              "Pierre", "Giulia",    "Tomasz", "Ruth",   "Emeka", "Sofia"};
  static const std::vector<std::string> family{"Zwiebelsberg", "Kowalski", "Obermoser", "Okafor",
                                               "Lindqvist",    "Moreau",   "Bianchi",   "Yilmaz",
                                               "Nguyen",       "Harrison", "Petrov",    "Schneider"};
  static const std::vector<std::string> wards{"Ward 7B", "ICU 2", "Surgery 4", "Dermatology", "Room 312"};
  Person out{random.one_of(given), random.one_of(family), "", "", random.one_of(wards)};
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  out.born = two(random.whole(1, 28)) + (random.chance(0.5) ? "." : "/") + two(random.whole(1, 12));
  out.born += out.born.substr(2, 1) + std::to_string(random.whole(1931, 2019));
  out.number = std::to_string(random.whole(1'000'000, 9'999'999));
  return out;
}

std::optional<cv::Mat3b> sample_face(const std::string& samples, Random& random) {
  struct Place {
    int sample;
    cv::Rect box;
  };
  static const std::vector<Place> places{
      {1, {835, 434, 202, 223}}, {1, {411, 382, 209, 222}},  {1, {1469, 201, 224, 251}}, {2, {1428, 155, 231, 244}},
      {2, {880, 237, 205, 232}}, {3, {1067, 195, 242, 308}}, {4, {661, 60, 187, 267}},   {5, {342, 864, 242, 302}},
      {6, {237, 479, 230, 289}}, {6, {1144, 282, 240, 304}}};
  const auto& place = random.one_of(places);
  const cv::Mat photo = cv::imread(samples + "/sample" + std::to_string(place.sample) + ".jpg");
  if (photo.empty()) return std::nullopt;
  const cv::Size more(place.box.width / 2, place.box.height / 2);
  const cv::Rect around = (place.box - cv::Point(more.width / 2, more.height / 2) + more) & cv::Rect({}, photo.size());
  return cv::Mat3b(photo(around).clone());
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{{"wristband", wristband, 0.85},
                                     {"badge", badge, 0.45, true, true},
                                     {"ruler", ruler, 0.85},
                                     {"sticky note", sticky_note, 0.35},
                                     {"paper label", paper_label, 0.5},
                                     {"faded label", faded_label, 0.45},
                                     {"tube", tube, 0.4},
                                     {"whiteboard", whiteboard, 0.75},
                                     {"screen", monitor, 0.75},
                                     {"colour card", colour_card, 0.5},
                                     {"skin marker", skin_marker, 0.4, false},
                                     {"scale bar", scale_bar, 0.3, false},
                                     {"laterality", laterality, 0.15},
                                     {"reflection", reflection, 0.4}};
  return all;
}

}  // namespace veilgate::test::scene
