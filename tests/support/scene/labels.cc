#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "support/scene/drawing.h"
#include "support/scene/makers.h"

namespace veilgate::test::scene {

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
  if (random.chance(0.4)) gloss(band, random);
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

/// Surgical tape with a name on it: nearly as dark as the skin it sticks to.
Sprite tape(const Materials&, Random& random) {
  static const std::vector<cv::Scalar> weaves{{196, 208, 226}, {168, 190, 216}, {140, 166, 202}, {216, 220, 226}};
  const auto person = somebody(random);
  Sprite strip(fine(random.between(260, 420)), fine(random.between(62, 96)), random.one_of(weaves));
  for (int x = 0; x < strip.width(); x += fine(3)) {
    cv::Mat thread = strip.bgr(cv::Rect(x, 0, 1, strip.height()));
    thread -= cv::Scalar::all(9);
  }
  lines(strip, {person.family + " " + person.given, person.born}, random.one_of(typefaces(Hand::Written)),
        {fine(14), fine(5), strip.width() - fine(28), strip.height() - fine(6)}, strip.height() * 2 / 5, pen(random));
  strip.mark("label", "tape", strip.whole());
  return random.chance(0.3) ? curved(strip, strip.width() * random.between(0.5, 1.5), 0) : strip;
}

/// Pale letters on a dark plate.
Sprite name_plate(const Materials&, Random& random) {
  static const std::vector<cv::Scalar> plates{{110, 60, 20}, {45, 45, 45}, {60, 40, 120}, {80, 95, 30}};
  const auto person = somebody(random);
  Sprite plate(fine(random.between(230, 330)), fine(random.between(80, 110)), random.one_of(plates));
  lines(plate, {"Dr. " + person.given + " " + person.family, "Dept. of Surgery"},
        random.one_of(typefaces(Hand::Printed)),
        {fine(16), fine(12), plate.width() - fine(32), plate.height() - fine(16)}, plate.height() / 3,
        cv::Scalar::all(240));
  plate.mark("label", "name plate", plate.whole());
  plate.round_corners(fine(6));
  if (random.chance(0.4)) gloss(plate, random);
  return plate;
}

}  // namespace veilgate::test::scene
