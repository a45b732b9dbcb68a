#include "detect/thing_outline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

// Limits set by judgement on a few generated scenes, for most of the labels without a loss of what lies beside
// them.
constexpr double kMaxTimesWritten = 40;  // as large as what is written on it
constexpr double kMaxSpan = 0.97;        // of the picture's width or height: it is no thing in the picture
constexpr double kMaxRagged = 1.30;      // outline against that of its convex hull: a leak is ragged
constexpr double kMinSolid = 0.40;       // of its rotated rectangle: a bowed wristband has half of it
constexpr double kMinMiddle = 0.80;      // of the middle of what is written must lie on it
constexpr int kEdge = 28;                // step between neighbours that ends a thing, in levels
constexpr int kBridged = 3;              // pixels: lines drawn across a thing do not part it; wider, skin joins

/// How far a pixel may be from the paper's colour: light varies more than colour does.
struct Tolerance {
  double light, colour;
  bool by_edge;
};
constexpr std::array kTolerances{Tolerance{100, 13, true}, Tolerance{45, 9, true}, Tolerance{36, 10, false},
                                 Tolerance{22, 7, false}, Tolerance{12, 5, false}};
/// A second paper is tried when a slanted line's box holds more of the background than of the label.
constexpr std::size_t kMaxPapers = 2;
constexpr int kBin = 16;           // levels of one bin of the colour histogram
constexpr float kOtherPaper = 24;  // apart, in levels

cv::Rect grown_in(const cv::Rect& box, int by, const cv::Size& size) {
  return (box - cv::Point(by, by) + cv::Size(2 * by, 2 * by)) & cv::Rect({}, size);
}

Patch middle(const Slab& slab, const cv::Size& size) {
  constexpr float kMiddle = 0.4F;
  auto rect = slab.rect();
  rect.size = {std::max(1.0F, kMiddle * rect.size.width), std::max(1.0F, kMiddle * rect.size.height)};
  return patch_of(rect, size);
}

cv::Mat1b without_edges(const cv::Mat3b& lab) {
  cv::Mat1b smooth(lab.size(), uchar{255});
  std::array<cv::Mat1b, 3> planes;
  cv::split(lab, planes.data());
  const cv::Mat kernel = cv::getStructuringElement(cv::MORPH_CROSS, {3, 3});
  for (const auto& plane : planes) {
    cv::Mat1b calm, steps;
    cv::medianBlur(plane, calm, 3);
    cv::morphologyEx(calm, steps, cv::MORPH_GRADIENT, kernel);
    smooth.setTo(0, steps > kEdge);
  }
  return smooth;
}

}  // namespace

Patch patch_of(const cv::RotatedRect& rect, const cv::Size& picture) {
  Patch out{rect.boundingRect() & cv::Rect({}, picture), {}};
  out.mask = cv::Mat1b::zeros(out.box.size());
  std::array<cv::Point2f, 4> corners;
  rect.points(corners.data());
  std::vector<cv::Point> outline;
  for (const auto& corner : corners) outline.emplace_back(cvRound(corner.x) - out.box.x, cvRound(corner.y) - out.box.y);
  if (!out.box.empty()) cv::fillConvexPoly(out.mask, outline, 255);
  return out;
}

double share_on(const Patch& patch, const cv::Mat1b& cover) {
  const int all = cv::countNonZero(patch.mask);
  return all == 0 ? 0 : cv::countNonZero(cover(patch.box) & patch.mask) / static_cast<double>(all);
}

OutlineSearch::OutlineSearch(const cv::Mat& bgr, const cv::Mat1b& written) : written_(written) {
  cv::cvtColor(bgr, lab_, cv::COLOR_BGR2Lab);
  smooth_ = without_edges(lab_);
}

std::vector<OutlineSearch::Paper> OutlineSearch::papers(const Slab& start, bool barcode) const {
  // Paper is what most of a line's surroundings are; a barcode itself is half ink.
  const float around = std::max(2.0F, start.thickness * (barcode ? 2.0F : 1.0F) / 4);
  const auto area = patch_of(start.rect(around), lab_.size());
  const cv::Rect code = start.rect().boundingRect();
  struct Bin {
    int count = 0;
    cv::Vec3f sum;
  };
  std::map<std::array<int, 3>, Bin> bins;
  for (int y = area.box.y; y < area.box.br().y; ++y) {
    for (int x = area.box.x; x < area.box.br().x; ++x) {
      if (area.mask(y - area.box.y, x - area.box.x) == 0 || (barcode && code.contains({x, y}))) continue;
      const auto& pixel = lab_(y, x);
      auto& bin = bins[{pixel[0] / kBin, pixel[1] / (kBin / 2), pixel[2] / (kBin / 2)}];
      ++bin.count;
      bin.sum += cv::Vec3f(pixel);
    }
  }
  std::vector<Bin> common;
  for (const auto& [key, bin] : bins) common.push_back(bin);
  std::stable_sort(common.begin(), common.end(), [](const Bin& a, const Bin& b) { return a.count > b.count; });
  std::vector<Paper> out;
  for (const auto& bin : common) {
    const cv::Vec3f lab = bin.sum / static_cast<float>(bin.count);
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const Paper& one) { return cv::norm(one.lab - lab) < kOtherPaper; });
    if (!known) out.push_back({lab});
    if (out.size() == kMaxPapers) break;
  }
  return out;
}

bool OutlineSearch::has_a_things_shape(const std::vector<cv::Point>& contour, const cv::Rect& bounds) const {
  const cv::Size size = lab_.size();
  if (bounds.width > kMaxSpan * size.width || bounds.height > kMaxSpan * size.height) return false;
  std::vector<cv::Point> hull, plain;
  cv::convexHull(contour, hull);
  cv::approxPolyDP(contour, plain, 2, true);
  if (cv::arcLength(plain, true) > kMaxRagged * cv::arcLength(hull, true)) return false;
  const auto turned = cv::minAreaRect(contour).size;
  return cv::contourArea(contour) >= kMinSolid * turned.width * turned.height;
}

std::optional<Outline> OutlineSearch::judged(const cv::Mat1b& candidate, const Slab& start, EndsAt ends_at) const {
  // The piece that most of what is written stands on, holes filled: letters, logos and photos are part of it.
  cv::Mat1i labels;
  const int pieces = cv::connectedComponents(candidate, labels, 4, CV_32S);
  std::vector<int> pixels(static_cast<std::size_t>(pieces), 0);
  const auto near = patch_of(start.rect(2), candidate.size());
  for (int y = near.box.y; y < near.box.br().y; ++y) {
    for (int x = near.box.x; x < near.box.br().x; ++x) {
      if (near.mask(y - near.box.y, x - near.box.x) != 0) ++pixels[static_cast<std::size_t>(labels(y, x))];
    }
  }
  pixels[0] = 0;  // the background's label
  const auto best = std::max_element(pixels.begin(), pixels.end());
  if (*best == 0) return std::nullopt;
  cv::Mat1b piece = labels == static_cast<int>(best - pixels.begin());
  cv::morphologyEx(piece, piece, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {kBridged, kBridged}));
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(piece, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
  if (contours.empty()) return std::nullopt;
  std::swap(contours.front(), *std::max_element(contours.begin(), contours.end(),
                                                [](const auto& a, const auto& b) { return a.size() < b.size(); }));
  const auto& contour = contours.front();
  const cv::Rect bounds = cv::boundingRect(contour);
  if (!has_a_things_shape(contour, bounds)) return std::nullopt;
  Outline out{cv::Mat1b::zeros(candidate.size()), bounds, 0, ends_at};
  cv::drawContours(out.cover, contours, 0, 255, cv::FILLED);
  // Edges are soft, and a barrier along them belongs to the thing.
  const int soft = ends_at == EndsAt::Paper ? 3 : 5;
  cv::dilate(out.cover, out.cover, cv::getStructuringElement(cv::MORPH_RECT, {soft, soft}));
  out.bounds = grown_in(bounds, soft / 2, candidate.size());
  const double area = cv::countNonZero(out.cover), written = cv::countNonZero(out.cover & written_);
  const double most = std::min(kMaxThingShare * static_cast<double>(candidate.total()), kMaxTimesWritten * written);
  if (area > most || share_on(middle(start, candidate.size()), out.cover) < kMinMiddle) return std::nullopt;
  const auto turned = cv::minAreaRect(contour).size;
  out.score = std::clamp(cv::contourArea(contour) / std::max(1.0F, turned.width * turned.height), 0.0, 1.0);
  return out;
}

std::optional<Outline> OutlineSearch::around(const Slab& start, bool barcode) const {
  std::optional<Outline> best;
  int best_area = 0;
  for (const auto& paper : papers(start, barcode)) {
    for (const auto& tolerance : kTolerances) {
      const cv::Scalar reach(tolerance.light, tolerance.colour, tolerance.colour);
      cv::Mat1b like;
      cv::inRange(lab_, cv::Scalar(paper.lab) - reach, cv::Scalar(paper.lab) + reach, like);
      if (tolerance.by_edge) like &= smooth_;
      auto outline = judged(like, start, tolerance.by_edge ? EndsAt::Edge : EndsAt::Paper);
      if (!outline) continue;
      const int area = cv::countNonZero(outline->cover);
      if (area <= best_area) continue;
      best_area = area;
      best = std::move(outline);
    }
  }
  return best;
}

}  // namespace veilgate::detect
