#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "evaluate/truth.h"

/// Recall and false alarms of what was found against what people drew. No pixels, no files.
namespace veilgate::evaluate {

// A truth box is covered when at least this share of its area (of its outline's where the truth has one; of the part
// inside the picture) lies under the union of the final masks: found regions with the margin that the gateway would
// burn.
/// Eyes, nose and mouth lie in the middle half; what labellers differ about is forehead, hair and ears.
inline constexpr double kFaceCovered = 0.7;
/// Boxes around slanted words hold empty corners, which need no mask. As published figures for these detectors count.
inline constexpr double kTextCovered = 0.6;
/// A strip across a linear code's bars is all of its content.
inline constexpr double kBarcodeCovered = 0.95;
/// A label's corners hold nothing; what is written on it is labelled word by word.
inline constexpr double kLabelCovered = 0.8;
double needed_cover(RegionKind kind);
/// What is to be kept counts as kept while no more than this share of it lies under masks.
inline constexpr double kKeptMasked = 0.25;

// A final mask is a false alarm when neither of these holds for the labelled and ignored boxes of its kind:
/// it covers this share of one of them (a line of text over short words), or
inline constexpr double kAlarmTouches = 0.5;
/// this share of the mask lies on them (part of a large face).
inline constexpr double kAlarmOnTruth = 0.25;

/// Faces from this share of the picture's longer side count as large: recognisable in any version of the picture.
inline constexpr double kLarge = 0.05;
/// Size classes: the truth box's longer side as a share of the picture's. Class i ends below kSizeBorders[i].
inline constexpr std::array kSizeBorders{0.02, 0.05, 0.10, 0.25};
inline constexpr std::size_t kSizeClasses = kSizeBorders.size() + 1;
std::string_view size_class_name(std::size_t size_class);
/// How the recall depends on the share that must be covered.
inline constexpr std::array kCoverSteps{0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};
/// Scores below which regions are dropped, one after the other. Below the detectors' own thresholds nothing was found.
inline constexpr std::array kSweep{0.0,  0.3, 0.35, 0.4, 0.45,  0.5,  0.55, 0.6,  0.65, 0.7,
                                   0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99};

/// Quarter turns clockwise: where a box of a width x height picture lies once the picture is turned.
Box turned_box(const Box& box, int quarter_turns, int width, int height);
/// Pixels of `box` under the union of `masks`.
std::int64_t covered_pixels(const Box& box, std::span<const Box> masks);

/// One frame of one picture, looked at in one orientation.
struct Look {
  std::string file;              ///< as Truth names it
  int quarter_turns = 0;         ///< clockwise, before detection
  int width = 0, height = 0;     ///< of the turned frame
  std::vector<Region> found;     ///< in the turned frame, without margin, frame 0
  double wall_s = 0, cpu_s = 0;  ///< of the detection alone
};

struct Share {
  std::size_t hits = 0, of = 0;
  void add(bool hit) { hits += hit ? 1 : 0, ++of; }
  double value() const { return of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of); }
  bool operator==(const Share&) const = default;
};

/// One kind, at one orientation or all.
struct Tally {
  std::size_t pictures = 0;                        ///< on which the kind is labelled
  Share covered, large_covered;                    ///< by masks of any kind: what stays hidden
  Share own, large_own;                            ///< by masks of this kind alone: what its detector is worth
  std::array<Share, kSizeClasses> by_size;         ///< covered
  std::array<Share, kCoverSteps.size()> by_cover;  ///< covered, were this share enough
  std::size_t alarms = 0;
  double alarms_per_picture() const;
};

struct SweepPoint {
  double score = 0;
  Share own, large_own;
  std::size_t pictures = 0, alarms = 0;
};

struct KindReport {
  RegionKind kind = RegionKind::Face;
  Tally all;
  std::map<int, Tally> by_turn;
  std::vector<SweepPoint> sweep;
};

/// Something for the contact sheet; boxes in the turned frame.
struct Sighting {
  std::size_t look = 0;  ///< index of the Look
  RegionKind kind = RegionKind::Face;
  Box box;                  ///< the truth that was missed, or the mask that is a false alarm
  double size = 0;          ///< longer side as a share of the picture's
  double score = 0;         ///< of a false alarm; of a miss the share that is covered
  std::string source;       ///< of a false alarm
  std::vector<Box> others;  ///< masks near a miss, labelled boxes near a false alarm
};

struct Spread {
  double mean = 0, median = 0, p95 = 0;
};
Spread spread(std::vector<double> values);

struct Report {
  std::vector<KindReport> kinds;  ///< those looked for and labelled
  std::vector<Sighting> misses, alarms;
  std::map<std::string, Share> kept;  ///< of what must not be masked, by the truth's word for it
  double masked_share = 0;            ///< mean over the looks
  Spread wall_s, cpu_s;               ///< per look
  std::size_t outside = 0;            ///< truth boxes that lie outside their picture: left out
  std::vector<std::string> unlooked;  ///< names in the truth that no look has
};

struct Settings {
  config::Mask mask;
  std::vector<RegionKind> kinds{RegionKind::Face, RegionKind::Text, RegionKind::Barcode,
                                RegionKind::Label};  ///< looked for
  std::vector<RegionKind> labelled;                  ///< overrides Truth::labelled_kinds()
};

/// Without truth only masked share and times. Errors as mask::plan.
Result<Report> measure(std::span<const Look> looks, const Truth* truth, const Settings& settings);

}  // namespace veilgate::evaluate
