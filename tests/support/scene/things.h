#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>

#include "support/scene/random.h"
#include "support/scene/sprite.h"

namespace veilgate::test::scene {

/// Somebody who does not exist.
struct Person {
  std::string given, family, born, number, ward;
  std::string name() const { return family + ", " + given; }
};
Person somebody(Random& random);

/// Faces of the sample photographs; empty without them (conf/fetch.sh), then nothing reflects.
std::optional<cv::Mat3b> sample_face(const std::string& samples, Random& random);

struct Materials {
  std::string samples;  ///< folder of the sample photographs
};

/// One kind of thing that lies in clinical pictures.
struct Kind {
  const char* name;
  Sprite (*make)(const Materials&, Random&);
  double largest;           ///< its longer side as a share of the picture's shorter, at most
  bool lies_on_top = true;  ///< and throws a shadow
  bool hangs = false;       ///< from a lanyard
};
/// Every kind; a new one is a function in things.cc and a line there.
const std::vector<Kind>& kinds();

}  // namespace veilgate::test::scene
