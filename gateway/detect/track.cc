#include "detect/track.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace veilgate::detect {
namespace {

/// Distance of two sightings, in sides of a square as large as the larger box, at which they may be one thing: at
/// once...
constexpr double kNear = 0.6;
/// ...more for each frame between them...
constexpr double kNearPerFrame = 0.1;
/// ...up to this.
constexpr double kFarthest = 2.0;
/// Ratio of widths, and of heights, up to which they may be one thing.
constexpr double kLikeSide = 2.0;
/// Share of the smaller box that two of one frame have in common when they are one thing, seen by two models.
constexpr double kSameShare = 0.6;
/// Where a thing is between two sightings is uncertain by this share of the way, and by this share of its size.
constexpr double kUncertainWay = 0.25, kUncertainSize = 0.1;
/// Growth per frame before the first and after the last sighting, as a share of its size.
constexpr double kGrowth = 0.02;
/// How far a thing is followed beyond its sightings, in its size: what seems to go faster was two things.
constexpr double kFarthestBeyond = 1.5;
/// Frames over which motion is measured: over fewer a box's own jitter looks like motion.
constexpr int kMinMotionFrames = 3;

double area(const Box& box) { return box.empty() ? 0.0 : static_cast<double>(box.w) * box.h; }

/// Side of a square as large as the box.
double size_of(const Box& box) { return std::sqrt(area(box)); }

/// By a share of its size.
Box grown_by(const Box& box, double share) {
  const int by = static_cast<int>(std::ceil(share * size_of(box)));
  return {box.x - by, box.y - by, box.w + 2 * by, box.h + 2 * by};
}

struct Point {
  double x = 0, y = 0;
};

Point center(const Box& box) { return {box.x + box.w / 2.0, box.y + box.h / 2.0}; }

Box moved(const Box& box, double x, double y) {
  Box out = box;
  out.x += static_cast<int>(std::lround(x));
  out.y += static_cast<int>(std::lround(y));
  return out;
}

Box between(const Box& a, const Box& b, double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(std::lround(from + share * (to - from))); };
  return {mix(a.x, b.x), mix(a.y, b.y), mix(a.w, b.w), mix(a.h, b.h)};
}

auto order(const Region& one) {
  return std::tie(one.frame, one.kind, one.box.y, one.box.x, one.box.h, one.box.w, one.source, one.score, one.reason);
}

/// First frame of the scene in which the frame lies.
int scene_start(const Series& series, int frame) {
  const auto next = std::ranges::upper_bound(series.cuts, frame);
  return next == series.cuts.begin() ? 0 : *std::prev(next);
}

/// Its last one.
int scene_end(const Series& series, int frame) {
  const auto next = std::ranges::upper_bound(series.cuts, frame);
  return next == series.cuts.end() ? series.frames - 1 : *next - 1;
}

/// One thing: its sightings by frame.
class Track {
 public:
  explicit Track(Region first) { seen_.push_back(std::move(first)); }

  const Region& last() const { return seen_.back(); }

  void add(const Region& region) { seen_.push_back(region); }

  /// The same thing on the same frame, seen otherwise.
  void widen(const Region& region) {
    seen_.back().box = hull(seen_.back().box, region.box);
    seen_.back().score = std::max(seen_.back().score, region.score);
  }

  void fill(const Series& series, const TrackRule& rule, std::vector<Region>& out) const {
    const int first =
        std::max({0, seen_.front().frame - rule.reach, scene_start(series, seen_.front().frame) - rule.over_cut});
    const int end =
        std::min({series.frames - 1, last().frame + rule.reach, scene_end(series, last().frame) + rule.over_cut});
    std::size_t next = 0;  // first sighting after the frame
    for (int frame = first; frame <= end; ++frame) {
      while (next < seen_.size() && seen_[next].frame <= frame) ++next;
      Box box = at(frame);
      if (frame > first) box = hull(box, at(frame - 1));
      if (frame < end) box = hull(box, at(frame + 1));
      box = intersection(box, {0, 0, series.columns, series.rows});
      if (box.empty()) continue;
      Region region = seen_[next == 0 ? 0 : next - 1];
      if (region.frame != frame) region.reason = "tracked";
      region.frame = frame;
      region.box = box;
      region.eyes.reset();
      out.push_back(std::move(region));
    }
  }

 private:
  Box at(int frame) const {
    const auto after = std::ranges::upper_bound(seen_, frame, {}, &Region::frame);
    if (after == seen_.begin()) return beyond(seen_.front(), motion(seen_.begin(), 1), seen_.front().frame - frame);
    const Region& from = *std::prev(after);
    if (from.frame == frame) return from.box;
    if (after == seen_.end()) return beyond(from, motion(std::prev(seen_.end()), -1), frame - from.frame);
    const double share = static_cast<double>(frame - from.frame) / (after->frame - from.frame);
    const Box early = between(from.box, after->box, std::max(0.0, share - kUncertainWay));
    const Box late = between(from.box, after->box, std::min(1.0, share + kUncertainWay));
    return grown_by(hull(early, late), kUncertainSize);
  }

  /// Motion per frame, away from the other sightings.
  Point motion(std::vector<Region>::const_iterator end, int step) const {
    for (auto other = end; other != seen_.end(); other += step) {
      const int frames = std::abs(other->frame - end->frame);
      if (frames >= kMinMotionFrames) {
        const Point here = center(end->box), there = center(other->box);
        return {(here.x - there.x) / frames, (here.y - there.y) / frames};
      }
      if (step < 0 && other == seen_.begin()) break;
    }
    return {};
  }

  static Box beyond(const Region& end, const Point& motion, int frames) {
    const double way = frames * std::hypot(motion.x, motion.y), farthest = kFarthestBeyond * size_of(end.box);
    const double part = way > farthest ? farthest / way : 1;
    const Box there = moved(end.box, motion.x * frames * part, motion.y * frames * part);
    return grown_by(hull(end.box, there), kGrowth * frames);
  }

  std::vector<Region> seen_;  ///< one a frame, in order
};

/// How far two sightings are from being the same place; nullopt when they are not one thing.
std::optional<double> distance(const Region& earlier, const Region& later) {
  const auto alike = [](int a, int b) { return std::max(a, b) <= kLikeSide * std::min(a, b); };
  if (earlier.kind != later.kind || !alike(earlier.box.w, later.box.w) || !alike(earlier.box.h, later.box.h))
    return std::nullopt;
  const Point a = center(earlier.box), b = center(later.box);
  const double side = std::sqrt(std::max(area(earlier.box), area(later.box)));
  const double limit = std::min(kFarthest, kNear + kNearPerFrame * (later.frame - earlier.frame));
  const double apart = std::hypot(a.x - b.x, a.y - b.y) / side;
  return apart <= limit ? std::optional(apart) : std::nullopt;
}

bool same_place(const Region& a, const Region& b) {
  return a.kind == b.kind && area(intersection(a.box, b.box)) >= kSameShare * std::min(area(a.box), area(b.box));
}

class Tracker {
 public:
  Tracker(const TrackRule& rule, const Series& series) : rule_(rule), series_(series) {}

  /// What was seen on one frame later than all before.
  void add(std::span<const Region> frame) {
    const int oldest = std::max(frame.front().frame - rule_.gap, scene_start(series_, frame.front().frame));
    std::erase_if(active_, [&](std::size_t i) { return tracks_[i].last().frame < oldest; });
    struct Pair {
      double apart;
      std::size_t track, sighting;
    };
    std::vector<Pair> pairs;
    for (const auto track : active_) {
      for (std::size_t sighting = 0; sighting < frame.size(); ++sighting) {
        if (const auto apart = distance(tracks_[track].last(), frame[sighting]))
          pairs.push_back({*apart, track, sighting});
      }
    }
    std::ranges::stable_sort(pairs, {}, &Pair::apart);
    std::vector<bool> placed(frame.size());
    for (const auto& pair : pairs) {
      if (placed[pair.sighting] || tracks_[pair.track].last().frame == frame.front().frame) continue;
      tracks_[pair.track].add(frame[pair.sighting]);
      placed[pair.sighting] = true;
    }
    for (std::size_t i = 0; i < frame.size(); ++i) {
      if (!placed[i]) add_alone(frame[i]);
    }
  }

  const std::vector<Track>& tracks() const { return tracks_; }

 private:
  /// A second look at a thing of this frame, or a new thing.
  void add_alone(const Region& region) {
    for (const auto i : active_) {
      if (tracks_[i].last().frame == region.frame && same_place(tracks_[i].last(), region))
        return tracks_[i].widen(region);
    }
    active_.push_back(tracks_.size());
    tracks_.emplace_back(region);
  }

  const TrackRule& rule_;
  const Series& series_;
  std::vector<Track> tracks_;
  std::vector<std::size_t> active_;  ///< seen within the gap
};

}  // namespace

std::vector<Region> tracked(std::span<const Region> seen, const Series& series, const TrackRule& rule) {
  std::vector<Region> out, sightings;
  for (const auto& region : seen) {
    if (region.frame < 0 || region.frame >= series.frames || region.box.empty()) continue;
    (region.kind == RegionKind::Fixed || region.kept ? out : sightings).push_back(region);
  }
  std::ranges::sort(sightings, [](const Region& a, const Region& b) { return order(a) < order(b); });
  Tracker tracker(rule, series);
  for (std::size_t from = 0; from < sightings.size();) {
    std::size_t to = from;
    while (to < sightings.size() && sightings[to].frame == sightings[from].frame) ++to;
    tracker.add(std::span(sightings).subspan(from, to - from));
    from = to;
  }
  for (const auto& track : tracker.tracks()) track.fill(series, rule, out);
  std::ranges::stable_sort(out, [](const Region& a, const Region& b) { return order(a) < order(b); });
  return out;
}

}  // namespace veilgate::detect
