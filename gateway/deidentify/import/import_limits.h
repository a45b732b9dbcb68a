#pragma once
#include <cstddef>

/// Bounds on what is imported, each with its reason.
namespace veilgate::deidentify::import_limits {

/// CTP's own example script, which names nearly every attribute, has 60 KB.
inline constexpr std::size_t kMaxScriptBytes = 1 << 20;
/// The data dictionary has about 5,000 attributes.
inline constexpr std::size_t kMaxStatements = 10'000;
/// Attributes that expressions such as contains:Date may stand for, all together; the profile stays under
/// limits::kMaxYamlNodes.
inline constexpr std::size_t kMaxExpanded = 50'000;
/// Bytes of the profile written; readers refuse more (limits::kMaxConfigBytes).
inline constexpr std::size_t kMaxProfileBytes = 4 << 20;
/// Conditions inside each other; people write one or two, and each level calls itself.
inline constexpr int kMaxIfDepth = 8;
/// Rules that nested conditions of one statement may become: they can double with each level.
inline constexpr std::size_t kMaxClauses = 32;
/// Characters of a statement shown in notes and comments.
inline constexpr std::size_t kMaxShown = 200;
/// A regular expression taken over into a condition.
inline constexpr std::size_t kMaxRegexBytes = 200;
/// Alternatives in one expression over attribute names.
inline constexpr std::size_t kMaxAlternatives = 64;
/// What `replace` takes (actions/replace.cc).
inline constexpr std::size_t kMaxReplacement = 64;
/// Name of a profile (profile_reader.cc).
inline constexpr std::size_t kMaxName = 40;
/// Longest date shift of the profile language, and its default.
inline constexpr int kLongestShiftDays = 3650, kDefaultShiftDays = 730;

}  // namespace veilgate::deidentify::import_limits
