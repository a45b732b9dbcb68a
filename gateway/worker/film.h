#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "pixel/codec.h"

namespace veilgate::worker {

/// Regions that one object of this codec may have: a film has some on each of its frames.
std::size_t max_regions(const pixel::Codec& codec);

/// Refused, for more than those.
tl::unexpected<Error> too_many_regions();

/// mask::plan() for any object. Of a film, what was seen is masked on the frames around too (detect::tracked), each
/// frame planned by itself; Detect's `facts` tell where it was cut. Errors as mask::plan(); Bug without those.
Result<std::vector<Region>> plan_masks(const pixel::Codec& codec, const std::vector<Region>& found,
                                       const nlohmann::json& facts, const config::Mask& style,
                                       const pixel::Layout& layout);

}  // namespace veilgate::worker
