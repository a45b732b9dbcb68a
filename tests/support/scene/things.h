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

/// How a thing lies in a picture.
enum class Lies {
  OnTop,     ///< and throws a shadow
  Around,    ///< the same, often around the limb where there is one
  InGroups,  ///< the same, often touching others of its kind
  Hangs,     ///< from a lanyard
  InIt,      ///< ink: it needs a light ground
};

/// One kind of thing that lies in clinical pictures.
struct Kind {
  const char* name;
  Sprite (*make)(const Materials&, Random&);
  double largest;  ///< its longer side as a share of the picture's shorter, at most
  Lies lies;
};
/// Every kind; a new one is a function of makers.h and a line there.
const std::vector<Kind>& kinds();

}  // namespace veilgate::test::scene
