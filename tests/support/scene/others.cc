#include <opencv2/imgproc.hpp>

#include "support/scene/background.h"
#include "support/scene/drawing.h"
#include "support/scene/makers.h"

namespace veilgate::test::scene {

/// Written on the skin itself: there is nothing that it could widen to.
Sprite skin_marker(const Materials&, Random& random) {
  const auto person = somebody(random);
  Sprite marker(fine(300), fine(110), cv::Scalar::all(255));
  marker.line(random.one_of(typefaces(Hand::Written)), person.family + " " + person.born.substr(0, 5),
              {fine(10), fine(24)}, fine(46), cv::Scalar::all(0), marker.width() - fine(20));
  return ink_of(marker, {110, 40, 70}, 0.85);
}

/// A tray, a lamp or a mirror in which somebody is seen.
Sprite reflection(const Materials& materials, Random& random) {
  const int w = fine(random.between(180, 320)), h = w * 5 / 4;
  Sprite mirror(w, h, {205, 200, 195});
  cv::Mat1f sheen = smooth_noise(mirror.bgr.size(), w / 3.0, 14, random);
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) mirror.bgr(y, x) += cv::Vec3b::all(cv::saturate_cast<uchar>(20 + sheen(y, x)));
  }
  reflect_face(mirror, {w / 8, h / 8, w * 6 / 8, h * 6 / 8}, random.between(0.55, 0.85), materials, random);
  return mirror;
}

}  // namespace veilgate::test::scene
