#include "detect/geometry.h"

#include <algorithm>
#include <cmath>

namespace veilgate::detect {

cv::Mat turned(const cv::Mat& image, int quarter_turns) {
  cv::Mat out;
  switch (quarter_turns & 3) {
    case 1:
      cv::rotate(image, out, cv::ROTATE_90_CLOCKWISE);
      return out;
    case 2:
      cv::rotate(image, out, cv::ROTATE_180);
      return out;
    case 3:
      cv::rotate(image, out, cv::ROTATE_90_COUNTERCLOCKWISE);
      return out;
    default:
      return image;
  }
}

Rect turned_back(const Rect& box, int quarter_turns, const cv::Size2f& upright) {
  switch (quarter_turns & 3) {
    case 1:
      return {box.y, upright.height - box.x - box.width, box.height, box.width};
    case 2:
      return {upright.width - box.x - box.width, upright.height - box.y - box.height, box.width, box.height};
    case 3:
      return {upright.width - box.y - box.height, box.x, box.height, box.width};
    default:
      return box;
  }
}

cv::Point2f turned_back(const cv::Point2f& point, int quarter_turns, const cv::Size2f& upright) {
  return turned_back(Rect(point.x, point.y, 0, 0), quarter_turns, upright).tl();
}

Rect scaled(const Rect& box, float x, float y) { return {box.x * x, box.y * y, box.width * x, box.height * y}; }

float iou(const Rect& a, const Rect& b) {
  // Most pairs of candidates; OpenCV would make an empty rectangle of them first.
  if (a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height) return 0;
  const float common = (a & b).area();
  const float both = a.area() + b.area() - common;
  return both > 0 ? common / both : 0;
}

float covered(const Rect& inner, const Rect& outer) {
  return inner.area() > 0 ? (inner & outer).area() / inner.area() : 0;
}

Rect hull(const Rect& a, const Rect& b) { return a | b; }

std::vector<cv::Rect> tiles(const cv::Size& image, int per_side, float overlap) {
  // n tiles of size t with (1 - overlap) * t between their starts: t + (n - 1)(1 - overlap) t = whole.
  const float parts = 1 + static_cast<float>(per_side - 1) * (1 - overlap);
  const int width = std::min(image.width, static_cast<int>(std::ceil(static_cast<float>(image.width) / parts)));
  const int height = std::min(image.height, static_cast<int>(std::ceil(static_cast<float>(image.height) / parts)));
  std::vector<cv::Rect> out;
  for (int row = 0; row < per_side; ++row) {
    for (int column = 0; column < per_side; ++column) {
      const int steps = std::max(1, per_side - 1);
      out.emplace_back((image.width - width) * column / steps, (image.height - height) * row / steps, width, height);
    }
  }
  return out;
}

Box clipped(const Rect& box, int width, int height) {
  // Clamped as float: a wild value would not fit into an int.
  const auto inside = [](float value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0F, static_cast<float>(limit)));
  };
  const auto low = [&](float value, int limit) { return inside(std::floor(value), limit); };
  const auto high = [&](float value, int limit) { return inside(std::ceil(value), limit); };
  if (!std::isfinite(box.x) || !std::isfinite(box.y) || !std::isfinite(box.width) || !std::isfinite(box.height))
    return {};
  const int x = low(box.x, width), y = low(box.y, height);
  return {x, y, high(box.x + box.width, width) - x, high(box.y + box.height, height) - y};
}

}  // namespace veilgate::detect
