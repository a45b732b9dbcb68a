#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "verify/verify.h"

/// What verification finds in the pixels is masked as well, and verified anew.
namespace veilgate::worker {

/// Regions that an earlier stage ("detect", "mask") recorded. Bug when there are none.
Result<std::vector<Region>> regions_of(const nlohmann::json& facts, const char* stage);

/// How often it was done to this object.
int mask_rounds(const nlohmann::json& facts);

/// Detected regions with the newly found ones, when masking them too may make the output clean; nullopt when it was
/// tried often enough, when a finding is none of pixels, or when it is so much of a frame that a person must judge.
std::optional<std::vector<Region>> regions_to_mask_again(const nlohmann::json& facts,
                                                         std::span<const verify::Finding> findings);

}  // namespace veilgate::worker
