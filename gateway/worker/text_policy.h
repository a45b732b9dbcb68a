#pragma once
#include <span>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "deidentify/engine.h"
#include "detect/text_judge.h"
#include "pixel/frame.h"
#include "verify/verify.h"

/// What a route's text policy means beyond judging lines: what is looked for, what the output may say of itself, and
/// what verification may see.
namespace veilgate::worker {

/// The policy with all that the received object tells of its patient and of others.
detect::TextRules text_rules(const config::TextPolicy& policy, const deidentify::Cleaning& cleaning);

/// Whether text stays that only matched none of the object's identifiers: it may still say who somebody is, so the
/// output must not claim to be free of it. What `identifying` keeps identifies nobody.
bool leaves_unknown_text(std::span<const Region> detected, const config::TextPolicy& policy);

/// The findings but for text that the policy keeps, as read anew from the output's frame. `seen`: text that
/// verification found at full size, with its lines. `detected`: a ruler of which masks beside it now hide a part may
/// not be found as one again; on what Detect kept, findings are dropped that still say no more than a ruler does.
/// What really hides (`masks`) counts as neither, and is painted over before anything is read: a mask's shape beside
/// digits is no letter. Nothing is dropped where there are too many findings to be sure of all.
Result<std::vector<verify::Finding>> without_kept_text(const pixel::Frame& output, const verify::Masks& masks,
                                                       const detect::TextRules& rules, detect::TextJudge& judge,
                                                       std::span<const Region> detected, std::vector<Region> seen,
                                                       std::vector<verify::Finding> findings);

}  // namespace veilgate::worker
