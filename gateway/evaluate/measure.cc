#include "evaluate/measure.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "evaluate/outline.h"
#include "mask/plan.h"

namespace veilgate::evaluate {
namespace {

std::int64_t area(const Box& box) { return box.empty() ? 0 : std::int64_t{box.w} * box.h; }

double share_under(const Box& box, std::span<const Box> masks) {
  return area(box) == 0 ? 0 : static_cast<double>(covered_pixels(box, masks)) / static_cast<double>(area(box));
}

/// Of the thing itself where its outline is known, of its box otherwise.
double share_under(const TruthBox& one, std::span<const Box> masks) {
  return share_of(one.outline, one.box, masks).value_or(share_under(one.box, masks));
}

std::vector<Box> boxes_of(std::span<const Region> regions) {
  std::vector<Box> out;
  for (const auto& region : regions) out.push_back(region.box);
  return out;
}

std::vector<Box> near(const Box& box, std::span<const Box> others) {
  const int reach = std::max(box.w, box.h);
  const Box around{box.x - reach, box.y - reach, box.w + 2 * reach, box.h + 2 * reach};
  std::vector<Box> out;
  std::copy_if(others.begin(), others.end(), std::back_inserter(out),
               [&](const Box& other) { return !intersection(around, other).empty(); });
  return out;
}

/// May a mask of this kind lie on the box? What must be kept is no finding of the text detector's making, since only
/// a text policy keeps it; what is printed on a label belongs to it.
bool excuses(const TruthBox& box, RegionKind kind) {
  if (box.keep) return kind == RegionKind::Text;
  if (!box.kind || *box.kind == kind) return true;
  return *box.kind == RegionKind::Label && kind != RegionKind::Face;
}

/// The labelled boxes of one look, turned and clipped.
struct Drawn {
  std::vector<TruthBox> boxes;
  std::size_t outside = 0;

  std::vector<Box> allowed(RegionKind kind) const {  // where a mask of this kind is no false alarm
    std::vector<Box> out;
    for (const auto& one : boxes) {
      if (excuses(one, kind)) out.push_back(one.box);
    }
    return out;
  }
};

Drawn drawn_on(const Look& look, const Truth& truth) {
  Drawn out;
  const auto known = truth.boxes.find(look.file);
  if (known == truth.boxes.end()) return out;
  const bool lying = look.quarter_turns % 2 != 0;
  const int width = lying ? look.height : look.width, height = lying ? look.width : look.height;
  for (auto one : known->second) {
    one.box = turned_box(one.box, look.quarter_turns, width, height);
    one.outline = turned_outline(std::move(one.outline), look.quarter_turns, width, height);
    one.box = intersection(one.box, {0, 0, look.width, look.height});
    if (one.box.empty()) {
      ++out.outside;
    } else {
      out.boxes.push_back(one);
    }
  }
  return out;
}

/// A mask may be burned as many boxes that follow a slanted line: they count as one.
struct BurnedThing {
  std::vector<Box> boxes;
  Box around;
  double score = 0;
  std::string source;
};

std::vector<BurnedThing> burned_things(std::span<const Region> masks, RegionKind kind) {
  std::vector<BurnedThing> out;
  for (const auto& mask : masks) {
    if (mask.kind != kind || mask.box.empty()) continue;
    const Box near{mask.box.x - 1, mask.box.y - 1, mask.box.w + 2, mask.box.h + 2};
    const auto same = std::find_if(out.rbegin(), out.rend(), [&](const BurnedThing& one) {
      return one.score == mask.score && one.source == mask.source &&
             std::ranges::any_of(one.boxes, [&](const Box& box) { return !intersection(near, box).empty(); });
    });
    if (same == out.rend()) {
      out.push_back({{mask.box}, mask.box, mask.score, mask.source});
    } else {
      same->boxes.push_back(mask.box);
      same->around = hull(same->around, mask.box);
    }
  }
  return out;
}

bool is_alarm(const BurnedThing& thing, std::span<const Box> allowed) {
  std::vector<Box> common;
  for (const auto& box : allowed) {
    if (share_under(box, thing.boxes) >= kAlarmTouches) return false;
    for (const auto& mask : thing.boxes) {
      if (const Box both = intersection(mask, box); !both.empty()) common.push_back(both);
    }
  }
  const auto whole = static_cast<double>(covered_pixels(thing.around, thing.boxes));
  return static_cast<double>(covered_pixels(thing.around, common)) < kAlarmOnTruth * whole;
}

std::size_t size_class(double size) {
  return static_cast<std::size_t>(std::upper_bound(kSizeBorders.begin(), kSizeBorders.end(), size) -
                                  kSizeBorders.begin());
}

class Measuring {
 public:
  Measuring(const Truth* truth, const Settings& settings) : truth_(truth), settings_(settings) {}

  Result<Report> run(std::span<const Look> looks) {
    std::vector<double> wall, cpu;
    double masked = 0;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      VG_ASSIGN(const double share, add(looks[i], i));
      masked += share;
      wall.push_back(looks[i].wall_s);
      cpu.push_back(looks[i].cpu_s);
    }
    report_.masked_share = looks.empty() ? 0 : masked / static_cast<double>(looks.size());
    report_.wall_s = spread(std::move(wall));
    report_.cpu_s = spread(std::move(cpu));
    name_unlooked(looks);
    return std::move(report_);
  }

 private:
  Result<std::vector<Region>> planned(const Look& look, std::span<const Region> found) const {
    pixel::Layout layout;
    layout.rows = look.height;
    layout.columns = look.width;
    return mask::plan(found, settings_.mask, layout);
  }

  /// Returns the share of the picture under masks.
  Result<double> add(const Look& look, std::size_t index) {
    VG_ASSIGN(const auto masks, planned(look, look.found));
    const auto boxes = boxes_of(masks);
    if (truth_ != nullptr) VG_TRY(compare(look, index, masks, boxes));
    return share_under(Box{0, 0, look.width, look.height}, boxes);
  }

  Result<void> compare(const Look& look, std::size_t index, std::span<const Region> masks, std::span<const Box> boxes) {
    const auto drawn = drawn_on(look, *truth_);
    report_.outside += drawn.outside;
    for (const auto& one : drawn.boxes) {
      if (one.keep) report_.kept[one.what].add(share_under(one, boxes) <= kKeptMasked);
    }
    const auto labelled = settings_.labelled.empty() ? kinds_in_folder(look.file) : settings_.labelled;
    for (const auto kind : settings_.kinds) {
      if (std::find(labelled.begin(), labelled.end(), kind) == labelled.end()) continue;
      auto& kinds = report_.kinds;
      auto at = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.kind == kind; });
      if (at == kinds.end()) at = kinds.insert(at, {kind, {}, {}, empty_sweep()});
      count(look, index, drawn, masks, boxes, *at);
      VG_TRY(sweep(look, drawn, *at));
    }
    return {};
  }

  const std::vector<RegionKind>& kinds_in_folder(const std::string& file) {
    const auto slash = file.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash);
    const auto known = folders_.find(folder);
    return known != folders_.end() ? known->second : folders_[folder] = truth_->labelled_kinds(file);
  }

  void count(const Look& look, std::size_t index, const Drawn& drawn, std::span<const Region> masks,
             std::span<const Box> boxes, KindReport& report) {
    std::vector<Box> own;
    for (const auto& mask : masks) {
      if (mask.kind == report.kind) own.push_back(mask.box);
    }
    const double side = std::max(look.width, look.height);
    std::array<Tally*, 2> tallies{&report.all, &report.by_turn[look.quarter_turns]};
    for (auto* tally : tallies) ++tally->pictures;
    for (const auto& one : drawn.boxes) {
      if (one.ignored || one.kind != report.kind) continue;
      const double size = std::max(one.box.w, one.box.h) / side;
      const double cover = share_under(one, boxes);
      const bool by_own = share_under(one, own) >= needed_cover(report.kind);
      for (auto* tally : tallies) add_truth(*tally, report.kind, size, cover, by_own);
      if (cover >= needed_cover(report.kind)) continue;
      report_.misses.push_back({index, report.kind, one.box, size, cover, {}, near(one.box, boxes)});
    }
    const auto allowed = drawn.allowed(report.kind);
    for (const auto& thing : burned_things(masks, report.kind)) {
      if (!is_alarm(thing, allowed)) continue;
      for (auto* tally : tallies) ++tally->alarms;
      report_.alarms.push_back({index, report.kind, thing.around, std::max(thing.around.w, thing.around.h) / side,
                                thing.score, thing.source, near(thing.around, allowed)});
    }
  }

  static void add_truth(Tally& tally, RegionKind kind, double size, double cover, bool own) {
    const bool covered = cover >= needed_cover(kind);
    tally.covered.add(covered);
    tally.own.add(own);
    if (size >= kLarge) tally.large_covered.add(covered), tally.large_own.add(own);
    tally.by_size[size_class(size)].add(covered);
    for (std::size_t i = 0; i < kCoverSteps.size(); ++i) tally.by_cover[i].add(cover >= kCoverSteps[i]);
  }

  static std::vector<SweepPoint> empty_sweep() {
    std::vector<SweepPoint> out;
    for (const double score : kSweep) out.push_back({score, {}, {}, 0, 0});
    return out;
  }

  Result<void> sweep(const Look& look, const Drawn& drawn, KindReport& report) const {
    const auto allowed = drawn.allowed(report.kind);
    const double side = std::max(look.width, look.height);
    for (auto& point : report.sweep) {
      std::vector<Region> kept;
      std::copy_if(look.found.begin(), look.found.end(), std::back_inserter(kept),
                   [&](const Region& one) { return one.kind == report.kind && one.score >= point.score; });
      VG_ASSIGN(const auto masks, planned(look, kept));
      const auto boxes = boxes_of(masks);
      ++point.pictures;
      for (const auto& thing : burned_things(masks, report.kind)) point.alarms += is_alarm(thing, allowed) ? 1 : 0;
      for (const auto& one : drawn.boxes) {
        if (one.ignored || one.kind != report.kind) continue;
        const bool own = share_under(one, boxes) >= needed_cover(report.kind);
        point.own.add(own);
        if (std::max(one.box.w, one.box.h) >= kLarge * side) point.large_own.add(own);
      }
    }
    return {};
  }

  void name_unlooked(std::span<const Look> looks) {
    if (truth_ == nullptr) return;
    std::set<std::string_view> seen;
    for (const auto& look : looks) seen.insert(look.file);
    for (const auto& [file, boxes] : truth_->boxes) {
      if (!seen.contains(file)) report_.unlooked.push_back(file);
    }
  }

  const Truth* truth_;
  const Settings& settings_;
  std::map<std::string, std::vector<RegionKind>> folders_;
  Report report_;
};

}  // namespace

double needed_cover(RegionKind kind) {
  if (kind == RegionKind::Text) return kTextCovered;
  if (kind == RegionKind::Label) return kLabelCovered;
  return kind == RegionKind::Barcode ? kBarcodeCovered : kFaceCovered;
}

std::string_view size_class_name(std::size_t size_class) {
  constexpr std::array<std::string_view, kSizeClasses> kNames{"below 2 %", "2 to 5 %", "5 to 10 %", "10 to 25 %",
                                                              "25 % and more"};
  return kNames.at(size_class);
}

double Tally::alarms_per_picture() const {
  return pictures == 0 ? 0 : static_cast<double>(alarms) / static_cast<double>(pictures);
}

Box turned_box(const Box& box, int quarter_turns, int width, int height) {
  switch (quarter_turns & 3) {
    case 1:
      return {height - box.bottom(), box.x, box.h, box.w};
    case 2:
      return {width - box.right(), height - box.bottom(), box.w, box.h};
    case 3:
      return {box.y, width - box.right(), box.h, box.w};
    default:
      return box;
  }
}

std::int64_t covered_pixels(const Box& box, std::span<const Box> masks) {
  std::vector<Box> parts;
  std::vector<int> borders;
  for (const auto& mask : masks) {
    const Box part = intersection(box, mask);
    if (part.empty()) continue;
    parts.push_back(part);
    borders.insert(borders.end(), {part.x, part.right()});
  }
  std::sort(borders.begin(), borders.end());
  std::sort(parts.begin(), parts.end(), [](const Box& a, const Box& b) { return a.y < b.y; });
  std::int64_t pixels = 0;
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {  // strips between two borders, in which parts differ only in y
    const int width = borders[i + 1] - borders[i];
    if (width == 0) continue;
    int below = box.y;
    std::int64_t rows = 0;
    for (const auto& part : parts) {
      if (part.x > borders[i] || part.right() < borders[i + 1] || part.bottom() <= below) continue;
      rows += part.bottom() - std::max(below, part.y);
      below = part.bottom();
    }
    pixels += rows * width;
  }
  return pixels;
}

Spread spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  // Nearest rank: a value that really occurred.
  const auto rank = [&](double share) {
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(at, 1, values.size()) - 1];
  };
  return {sum / static_cast<double>(values.size()), rank(0.5), rank(0.95)};
}

Result<Report> measure(std::span<const Look> looks, const Truth* truth, const Settings& settings) {
  return Measuring(truth, settings).run(looks);
}

}  // namespace veilgate::evaluate
