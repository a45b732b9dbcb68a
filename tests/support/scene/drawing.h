#pragma once
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "support/scene/random.h"
#include "support/scene/sprite.h"
#include "support/scene/things.h"

/// What the makers of things share.
namespace veilgate::test::scene {

inline const cv::Scalar kInk(25, 25, 25);

cv::Scalar paper(Random& random);
cv::Scalar pen(Random& random);
/// Pixels of the picture as pixels of a sprite.
int fine(double pixels);
/// Lines of text below each other, left-aligned, as many as fit into `area`.
void lines(Sprite& sprite, const std::vector<std::string>& texts, const std::string& typeface, const cv::Rect& area,
           int size_px, const cv::Scalar& colour);
std::vector<std::string> identity_lines(const Person& person);
/// Only what is dark on the white sprite, in this colour: ink without anything that it stands on.
Sprite ink_of(const Sprite& on_white, const cv::Scalar& colour, double opacity);
/// A streak of light along plastic or foil, in which what is written grows pale.
void gloss(Sprite& sprite, Random& random);
/// Somebody's face, mirrored and as pale as this (0..1), over part of a thing; marked "face" when it can be recognised.
void reflect_face(Sprite& sprite, const cv::Rect& area, double strength, const Materials& materials, Random& random);

}  // namespace veilgate::test::scene
