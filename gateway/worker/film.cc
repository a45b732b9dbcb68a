#include "worker/film.h"

#include <span>

#include "base/limits.h"
#include "detect/track.h"
#include "mask/plan.h"

namespace veilgate::worker {
namespace {

// They must fit limits::kMaxWorkerMessageBytes with 200 bytes each.
constexpr std::size_t kMaxFilmRegions = 200'000;

}  // namespace

std::size_t max_regions(const pixel::Codec& codec) {
  return codec.is_time_series() ? kMaxFilmRegions : limits::kMaxRegions;
}

tl::unexpected<Error> too_many_regions() {
  return fail(ErrorKind::Refused, "detect.too_many", "more regions were found than an object may have");
}

Result<std::vector<Region>> plan_masks(const pixel::Codec& codec, const std::vector<Region>& found,
                                       const nlohmann::json& facts, const config::Mask& style,
                                       const pixel::Layout& layout) {
  if (!codec.is_time_series()) return mask::plan(found, style, layout, codec.mask_grid());
  detect::Series series{layout.frames, layout.columns, layout.rows};
  try {
    series.cuts = facts.at("detect").at("cuts").get<std::vector<int>>();
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorKind::Bug, "worker.facts", "the facts of an earlier stage are missing");
  }
  const auto all = detect::tracked(found, series);
  std::vector<Region> planned;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    while (to < all.size() && all[to].frame == all[from].frame) ++to;
    VG_ASSIGN(const auto here, mask::plan(std::span(all).subspan(from, to - from), style, layout, codec.mask_grid()));
    planned.insert(planned.end(), here.begin(), here.end());
    if (planned.size() > kMaxFilmRegions) return too_many_regions();
    from = to;
  }
  return planned;
}

}  // namespace veilgate::worker
