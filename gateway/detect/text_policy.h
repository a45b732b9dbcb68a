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

/// What becomes of a line, and the rule that says so; never what was read, nor which identifier it matched.
struct Verdict {
  bool stays = false;
  std::string_view reason;
};

/// A line stays when it was read with certainty, when each policy lets it, and when it makes no identifier of the
/// object, alone or together with a line beside it. `identifying` also masks what stands beside a masked line: it may
/// belong to it.
std::vector<Verdict> judge_lines(std::span<const ReadLine> lines, const TextRules& rules);

inline constexpr std::string_view kRulerReason = "kept: ruler digits", kTicksReason = "kept: ruler strokes";
inline constexpr std::string_view kUncertain = "masked: not certainly read",
                                  kIdentifier = "masked: matches an identifier of the object",
                                  kNoPatient = "masked: patient not known",
                                  kNothingPlain = "masked: no measurement, side or scale",
                                  kBesideMasked = "masked: beside masked text",
                                  kDoubtfulRow = "masked: doubtful row of numbers",
                                  kTooMuch = "masked: too much text to judge";
/// Why a row of numbers may stay as such.
std::optional<std::string_view> judge_scale(const Phi<std::string>& numbers, const TextRules& rules);

}  // namespace veilgate::detect
