#include "verify/views.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "pixel/sizes.h"

namespace veilgate::verify {
namespace {

using pixel::at_most;
using pixel::scaled;

struct Thumbnail {
  double scale;
  const char* name;
};
constexpr std::array kThumbnails{Thumbnail{0.5, "50 % thumbnail"}, Thumbnail{0.25, "25 % thumbnail"},
                                 Thumbnail{0.12, "12 % thumbnail"}};
/// Under this side a thumbnail shows nothing that a person could recognise.
constexpr int kMinSide = 24;
/// The networks are shown thumbnails at this side at most: the larger thumbnails of a large photograph are one look.
constexpr int kThumbnailSide = 512;
/// Sizes within this factor show a network the same.
constexpr double kSameSize = 1.15;
/// A side of its own, so that the recompressed preview is another scale too.
constexpr int kPreviewSide = 384;
/// Four tiles of the face networks' inputs have half of it: mirroring 12 megapixels would cost more than the look.
constexpr int kMirroredSide = 1120;

// Edges. A face is shown at the size the networks know best, a line of text as high as they read well, both with as
// much around the mask as is under it; never more than twice as large as it is.
constexpr double kMaxZoom = 2;
constexpr int kFaceEdgeSide = 320;
constexpr double kFaceReach = 1;  // of the mask's longer side: a face beside it is shown whole
constexpr int kLineHeight = 32;
constexpr double kLineReach = 1;  // of the mask's shorter side
constexpr int kTextEdgeSide = 640;
constexpr int kMinReach = 24;  // pixels of the frame
/// Neighbours are shown together where their hull holds no more than this beside them...
constexpr double kUniteWaste = 1.3;
/// ...and everything is, two by two, when there are more than this: a look costs 20 to 40 ms.
constexpr std::size_t kMaxEdges = 8;

struct Edge {
  cv::Rect area;
  double scale = 1;
};

cv::Rect grown(const Box& box, int by, const cv::Size& frame) {
  return cv::Rect(box.x - by, box.y - by, box.w + 2 * by, box.h + 2 * by) & cv::Rect({}, frame);
}

double fitting(const cv::Rect& area, double scale, int side) {
  return std::min({scale, kMaxZoom, side / static_cast<double>(std::max({area.width, area.height, 1}))});
}

Edge edge_of(const Region& mask, const cv::Size& frame) {
  const int shorter = std::min(mask.box.w, mask.box.h), longer = std::max(mask.box.w, mask.box.h);
  const bool face = mask.kind == RegionKind::Face;
  const double reach = face ? kFaceReach * longer : kLineReach * shorter;
  const cv::Rect area = grown(mask.box, std::max(kMinReach, cvRound(reach)), frame);
  if (face) return {area, fitting(area, kMaxZoom, kFaceEdgeSide)};
  // A label or a code has lines of its own height beside it.
  const double scale =
      mask.kind == RegionKind::Text ? kLineHeight / static_cast<double>(std::max(1, shorter)) : kMaxZoom;
  return {area, fitting(area, scale, kTextEdgeSide)};
}

Edge united(const Edge& a, const Edge& b, int side) {
  const cv::Rect area = a.area | b.area;
  return {area, fitting(area, std::max(a.scale, b.scale), side)};
}

/// Without losing the scale of either.
bool belong_together(const Edge& a, const Edge& b, int side) {
  if ((a.area & b.area).empty()) return false;
  const auto both = united(a, b, side);
  return both.area.area() <= kUniteWaste * (a.area.area() + b.area.area()) &&
         both.scale * 2 >= std::max(a.scale, b.scale);
}

std::vector<Edge> united(std::vector<Edge> edges, int side) {
  std::sort(edges.begin(), edges.end(),
            [](const Edge& a, const Edge& b) { return std::pair(a.area.y, a.area.x) < std::pair(b.area.y, b.area.x); });
  std::vector<Edge> out;
  for (const auto& edge : edges) {
    const auto home =
        std::find_if(out.begin(), out.end(), [&](const Edge& o) { return belong_together(edge, o, side); });
    if (home == out.end()) {
      out.push_back(edge);
    } else {
      *home = united(*home, edge, side);
    }
  }
  while (out.size() > kMaxEdges) {
    std::vector<Edge> fewer;
    for (std::size_t i = 0; i < out.size(); i += 2)
      fewer.push_back(i + 1 < out.size() ? united(out[i], out[i + 1], side) : out[i]);
    out = std::move(fewer);
  }
  return out;
}

void add_edges(const cv::Size& frame, std::span<const Region> masks, View view, std::vector<Shown>& out) {
  std::vector<Edge> edges;
  for (const auto& mask : masks) {
    const bool face = mask.kind == RegionKind::Face;
    if (mask.box.empty() || face != (view == View::FaceEdge)) continue;
    const Edge edge = edge_of(mask, frame);
    if (!edge.area.empty()) edges.push_back(edge);
  }
  for (const auto& edge : united(std::move(edges), view == View::FaceEdge ? kFaceEdgeSide : kTextEdgeSide))
    out.push_back({view, "edge of a mask", edge.area, scaled(edge.area.size(), edge.scale)});
}

bool shows_the_same(const cv::Size& a, const cv::Size& b) {
  const double ratio = static_cast<double>(std::max(a.width, a.height)) / std::max(b.width, b.height);
  return ratio <= kSameSize && ratio >= 1 / kSameSize;
}

}  // namespace

std::vector<Shown> edge_views(const cv::Size& frame, std::span<const Region> masks) {
  std::vector<Shown> out;
  add_edges(frame, masks, View::FaceEdge, out);
  add_edges(frame, masks, View::TextEdge, out);
  return out;
}

std::vector<Shown> views_of(const cv::Size& frame, std::span<const Region> masks) {
  const cv::Rect whole({}, frame);
  std::vector<Shown> out{{View::Full, "full size", whole, frame},
                         {View::Mirrored, "mirrored", whole, at_most(frame, kMirroredSide), true}};
  std::vector<cv::Size> thumbnails;
  for (const auto& [scale, name] : kThumbnails) {
    const auto size = at_most(scaled(frame, scale), kThumbnailSide);
    const bool known = std::ranges::any_of(thumbnails, [&](const auto& other) { return shows_the_same(size, other); });
    if (known || std::min(size.width, size.height) < kMinSide) continue;
    thumbnails.push_back(size);
    out.push_back({View::Preview, name, whole, size});
  }
  out.push_back({View::Preview, "recompressed preview", whole, at_most(frame, kPreviewSide), false, true});
  for (auto& edge : edge_views(frame, masks)) out.push_back(std::move(edge));
  return out;
}

Region in_frame(Region region, const Shown& shown, const cv::Size& frame) {
  const double x = static_cast<double>(shown.area.width) / shown.size.width;
  const double y = static_cast<double>(shown.area.height) / shown.size.height;
  if (shown.mirrored) region.box.x = shown.size.width - region.box.right();
  const auto place = [](double value, int origin, int limit) {
    return static_cast<int>(std::clamp(value + origin, 0.0, static_cast<double>(limit)));
  };
  const int left = place(std::floor(region.box.x * x), shown.area.x, frame.width);
  const int top = place(std::floor(region.box.y * y), shown.area.y, frame.height);
  const int right = place(std::ceil(region.box.right() * x), shown.area.x, frame.width);
  const int bottom = place(std::ceil(region.box.bottom() * y), shown.area.y, frame.height);
  region.box = {left, top, right - left, bottom - top};
  const auto move_points = [&](auto& points) {  // x, y, x, y, ...
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
      if (shown.mirrored) points[i] = shown.size.width - points[i];
      points[i] = cvRound(points[i] * x) + shown.area.x;
      points[i + 1] = cvRound(points[i + 1] * y) + shown.area.y;
    }
  };
  if (region.eyes) move_points(*region.eyes);
  if (region.corners) move_points(*region.corners);
  return region;
}

}  // namespace veilgate::verify
