#pragma once
#include <opencv2/core.hpp>

#include "base/phi.h"
#include "detect/ruler.h"

namespace veilgate::detect {

/// Whether a piece beside the ruler's row is the ruler's strokes and nothing else: a comb throughout whose teeth stand
/// at a tenth or a fifth of the way from one number to the next, in step with what goes on to both sides. Letters do
/// not stand so. `bgr`: CV_8UC3.
bool are_ticks(const cv::Mat& bgr, const Ruler& ruler, const Slab& piece);

/// Whether recognition, which has no word for strokes, makes letters of upright strokes of them ("mpmpm", "unlum").
bool reads_like_strokes(const Phi<std::string>& read);
/// Whether the text is a unit or numbers that go on evenly, or strokes where they are known to be, and nothing else.
bool is_ruler_text(const Phi<std::string>& read, bool on_strokes);

}  // namespace veilgate::detect
