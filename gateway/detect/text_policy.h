#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "detect/plain_text.h"
#include "detect/text_judge.h"
#include "detect/text_lines.h"

namespace veilgate::detect {

/// A line with what recognition makes of it in each of the ways it may stand.
struct ReadLine {
  Slab slab;
  std::vector<Reading> readings;
  std::vector<Reading> mirrored = {};  ///< the same of the picture mirrored
};

/// Why each line may stay; nullopt: it is masked. A line stays when it was read with certainty, when each policy lets
/// it, and when it makes no identifier of the object, alone or together with a line beside it. `identifying` also masks
/// what stands beside a masked line: it may belong to it.
std::vector<std::optional<std::string_view>> judge_lines(std::span<const ReadLine> lines, const TextRules& rules);

inline constexpr std::string_view kRulerReason = "kept: ruler digits", kTicksReason = "kept: ruler strokes";
/// Why a row of numbers may stay as such.
std::optional<std::string_view> judge_scale(const Phi<std::string>& numbers, const TextRules& rules);

}  // namespace veilgate::detect
