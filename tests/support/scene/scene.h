#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "support/scene/things.h"

/// Clinical pictures that nobody took: labels, rulers, screens and the like on skin, wounds and cloth, with what must
/// be hidden and what must stay. The seed alone decides them.
namespace veilgate::test::scene {

struct TruthRow {
  cv::Rect box;                    ///< inside the picture
  std::vector<cv::Point> outline;  ///< of the thing itself, which may be slanted or bent and reach over the edge
  std::string kind, what;
  std::string text;    ///< of a word
  double degrees = 0;  ///< clockwise, of the thing it stands on
};

struct Scene {
  std::uint64_t seed = 0;
  std::vector<unsigned char> jpeg;
  cv::Mat3b picture;  ///< as the JPEG decodes
  std::vector<TruthRow> truth;
};

/// Seeds that follow each other begin with one kind of thing after the other.
Scene make_scene(std::uint64_t seed, const Materials& materials);
/// The same, but that it begins with this kind.
Scene make_scene(std::uint64_t seed, const Materials& materials, const Kind& first);
std::string file_name(std::uint64_t seed);
/// Header and rows for `veilgate evaluate --truth`. Labels have their outline besides: "x y x y ...".
std::string truth_header();
std::string truth_rows(const Scene& scene);

}  // namespace veilgate::test::scene
