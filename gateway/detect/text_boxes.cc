#include "detect/text_boxes.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "detect/bowed_line.h"

namespace veilgate::detect {
namespace {

/// Shapes looked at per map, as in PP-OCR; a page of print has a few hundred words.
constexpr std::size_t kMaxShapes = 1000;
/// A box this much inside another is already hidden by it.
constexpr float kHidden = 0.85F;
constexpr double kSlanted = 1.2;  // of a box, to its line

/// Mean probability inside the shape.
float score_of(const cv::Mat& probability, const std::vector<cv::Point>& shape) {
  const cv::Rect around = cv::boundingRect(shape) & cv::Rect({}, probability.size());
  if (around.empty()) return 0;
  cv::Mat inside = cv::Mat::zeros(around.size(), CV_8U);
  cv::fillPoly(inside, std::vector<std::vector<cv::Point>>{shape}, cv::Scalar(255), cv::LINE_8, 0, -around.tl());
  return static_cast<float>(cv::mean(probability(around), inside)[0]);
}

cv::RotatedRect unclipped(cv::RotatedRect shape, float ratio) {
  const float width = shape.size.width, height = shape.size.height;
  const float grow = 2 * width * height * ratio / (2 * (width + height));
  shape.size = {width + grow, height + grow};
  return shape;
}

}  // namespace

TextRule text_rule(double threshold) {
  TextRule rule;
  rule.pixel = static_cast<float>(std::clamp(threshold, 0.01, 0.99));
  rule.box = std::min(0.95F, rule.pixel * 1.5F);
  return rule;
}

std::vector<TextBox> text_boxes(const cv::Mat& probability, const TextRule& rule) {
  const cv::Mat bitmap = probability >= rule.pixel;
  std::vector<std::vector<cv::Point>> shapes;
  cv::findContours(bitmap, shapes, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  if (shapes.size() > kMaxShapes) {
    // The largest ones: on a wild map, small specks must not push out a word.
    std::nth_element(
        shapes.begin(), shapes.begin() + static_cast<std::ptrdiff_t>(kMaxShapes), shapes.end(),
        [](const auto& a, const auto& b) { return cv::boundingRect(a).area() > cv::boundingRect(b).area(); });
    shapes.resize(kMaxShapes);
  }
  std::vector<TextBox> boxes;
  for (const auto& shape : shapes) {
    const auto slanted = cv::minAreaRect(shape);
    if (std::min(slanted.size.width, slanted.size.height) < rule.min_side) continue;
    const float score = score_of(probability, shape);
    if (!(score >= rule.box)) continue;
    const auto whole = unclipped(slanted, rule.unclip);
    boxes.push_back({whole.boundingRect2f(), score, std::min(whole.size.width, whole.size.height), {}});
    whole.points(boxes.back().corners.data());
    for (const auto& part : straight_parts(shape)) {
      unclipped(part, rule.unclip).points(boxes.back().parts.emplace_back().data());
    }
  }
  return boxes;
}

TextBox part_of(const TextBox& bowed, const Quad& part) {
  const auto side = [&](std::size_t i) { return static_cast<float>(cv::norm(part[i + 1] - part[i])); };
  const auto [left, right] = std::ranges::minmax(part, {}, &cv::Point2f::x);
  const auto [top, bottom] = std::ranges::minmax(part, {}, &cv::Point2f::y);
  return {Rect(left.x, top.y, right.x - left.x, bottom.y - top.y), bowed.score, std::min(side(0), side(1)), part, {}};
}

bool is_slanted(const TextBox& text) {
  const double line = cv::norm(text.corners[1] - text.corners[0]) * cv::norm(text.corners[2] - text.corners[1]);
  return static_cast<double>(text.box.area()) > kSlanted * line;
}

Parted united(std::vector<TextBox> boxes) {
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const auto& a, const auto& b) { return a.box.area() > b.box.area(); });
  Parted out;
  for (const auto& box : boxes) {
    const auto hides = [&](const TextBox& other) { return covered(box.box, other.box) >= kHidden; };
    const auto hider = std::find_if(out.kept.begin(), out.kept.end(), hides);
    if (hider == out.kept.end()) {
      out.kept.push_back(box);
    } else {
      hider->score = std::max(hider->score, box.score);
      out.hidden.push_back(box);
    }
  }
  return out;
}

}  // namespace veilgate::detect
