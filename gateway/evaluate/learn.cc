#include "evaluate/learn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace veilgate::evaluate {
namespace {

/// Places are compared on a grid of this many cells along the longer side: a line wanders by a letter's width.
constexpr int kCells = 200;

using Size = std::pair<int, int>;  // rows, columns

class Grid {
 public:
  explicit Grid(Size size)
      : size_(size),
        cell_(std::max(1, (std::max(size.first, size.second) + kCells - 1) / kCells)),
        counts_(cv::Mat1i::zeros((size.first + cell_ - 1) / cell_, (size.second + cell_ - 1) / cell_)) {}

  void add(const Look& look) {
    cv::Mat1i here = cv::Mat1i::zeros(counts_.size());
    for (const auto& region : look.found) {
      if (region.kept || (region.kind != RegionKind::Text && region.kind != RegionKind::Barcode)) continue;
      const Box box = intersection(region.box, {0, 0, size_.second, size_.first});
      if (box.empty()) continue;
      const int x = box.x / cell_, y = box.y / cell_;
      here(cv::Rect(x, y, (box.right() - 1) / cell_ + 1 - x, (box.bottom() - 1) / cell_ + 1 - y)) = 1;
    }
    counts_ += here;
    ++pictures_;
  }

  void teach(std::vector<LearnedRegion>& out) const {
    if (pictures_ < kMinTeachers) return;
    const double needed = std::ceil(kTaughtShare * static_cast<double>(pictures_));
    cv::Mat1i labels;
    cv::Mat stats, centres;
    const int pieces = cv::connectedComponentsWithStats(counts_ >= needed, labels, stats, centres, 8);
    std::vector<LearnedRegion> found;
    for (int i = 1; i < pieces; ++i) {
      const cv::Rect cells(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                           stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
      const Box box = grown({cells.x * cell_, cells.y * cell_, cells.width * cell_, cells.height * cell_}, cell_,
                            size_.second, size_.first);
      if (static_cast<double>(box.w) * box.h > kMaxTaughtShare * size_.first * size_.second) continue;
      double most = 0;
      cv::minMaxLoc(counts_(cells), nullptr, &most);
      found.push_back({size_.first, size_.second, box, static_cast<std::size_t>(most), pictures_});
    }
    std::sort(found.begin(), found.end(), [](const LearnedRegion& a, const LearnedRegion& b) {
      return std::pair(a.box.y, a.box.x) < std::pair(b.box.y, b.box.x);
    });
    out.insert(out.end(), found.begin(), found.end());
  }

 private:
  Size size_;
  int cell_;
  cv::Mat1i counts_;
  std::size_t pictures_ = 0;
};

}  // namespace

std::vector<LearnedRegion> learn_regions(std::span<const Look> looks) {
  std::map<Size, Grid> grids;
  for (const auto& look : looks) {
    if (look.quarter_turns != 0 || look.width <= 0 || look.height <= 0) continue;
    const Size size(look.height, look.width);
    grids.try_emplace(size, size).first->second.add(look);
  }
  std::vector<LearnedRegion> out;
  for (const auto& [size, grid] : grids) grid.teach(out);
  return out;
}

std::string learned_yaml(std::span<const LearnedRegion> regions) {
  if (regions.empty()) {
    return fmt::format(
        "# Nothing learnt: no place has text in {:.0f} % of at least {} pictures of one size.\n"
        "# The pictures should come from one device.\n",
        100 * kTaughtShare, kMinTeachers);
  }
  std::string out =
      "# Text occurs here in most of the pictures. Paste below a route, look at each region, name the device.\n"
      "fixed_regions:\n";
  int number = 0;
  for (const auto& one : regions) {
    out += fmt::format(
        "  - name: learned-{}  # in {} of {} pictures\n"
        "    relative: false\n"
        "    x: {}\n    y: {}\n    w: {}\n    h: {}\n"
        "    rows: {}\n    columns: {}\n"
        "    # match: {{attributes: {{ManufacturerModelName: \"...\"}}}}\n",
        ++number, one.seen, one.of, one.box.x, one.box.y, one.box.w, one.box.h, one.rows, one.columns);
  }
  return out;
}

}  // namespace veilgate::evaluate
