#include "deidentify/rule_target.h"

#include <algorithm>

#include "deidentify/dictionary.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kAnyDepth = "**/";
constexpr std::uint32_t kBlock = 0x0000FF00;  ///< which of a group's private blocks is chance

ParsedTarget no_attribute(std::string_view name) {
  return {std::nullopt, "no attribute is called '" + std::string(name) + "'", suggestion_for(name)};
}

ParsedTarget wrong(std::string problem, std::string hint) {
  return {std::nullopt, std::move(problem), std::move(hint)};
}

/// Whether the pattern can only match private attributes.
bool is_private(const TagPattern& pattern) {
  return pattern.odd || ((pattern.mask >> 16 & 1) != 0 && (pattern.value >> 16 & 1) != 0);
}

std::optional<ParsedTarget> read_path(std::string_view& text, RuleTarget& target) {
  if (text.starts_with(kAnyDepth)) {
    target.path_from_top = false;
    text.remove_prefix(kAnyDepth.size());
  }
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
    const std::string_view name = text.substr(0, slash);
    const auto pattern = pattern_from(name);
    if (!pattern || !pattern->exact()) return no_attribute(name);
    const std::string vr = vr_of_packed(pattern->value);
    if (!vr.empty() && vr != "SQ") {
      return wrong(std::string(name) + " has VR " + vr + " and is no sequence", "a path leads through sequences");
    }
    target.path.push_back(unpacked(pattern->value));
    text.remove_prefix(slash + 1);
  }
  return std::nullopt;
}

}  // namespace

bool RuleTarget::path_matches(const std::vector<dicom::Tag>& above) const {
  if (path.empty()) return true;
  if (path_from_top) return path == above;
  return above.size() >= path.size() && std::equal(path.rbegin(), path.rend(), above.rbegin());
}

ParsedTarget parse_target(std::string_view text) {
  RuleTarget target;
  std::string_view head = text.substr(0, text.find(' '));
  if (head.size() < text.size()) target.creator = text.substr(head.size() + 1);
  if (auto problem = read_path(head, target)) return std::move(*problem);
  const auto pattern = pattern_from(head);
  if (!pattern && !target.creator.empty()) {  // a name with blanks in it, or no private attribute
    std::string joined(text);
    std::erase(joined, ' ');
    auto whole = no_attribute(text);
    whole.hint = suggestion_for(joined);
    return whole;
  }
  if (!pattern) return no_attribute(head);
  target.pattern = *pattern;
  if (is_private(*pattern) == target.creator.empty()) {
    return target.creator.empty() ? wrong("a private attribute needs its Private Creator", "like 0019,xx10 ACME 1.1")
                                  : wrong(std::string(head) + " is not private and has no creator", {});
  }
  if (!target.creator.empty()) {
    if ((pattern->mask & ~kBlock) != ~kBlock)
      return wrong("a private attribute is written like 0019,xx10 ACME 1.1", {});
    target.pattern.mask = ~kBlock;
    target.pattern.value &= ~kBlock;
  }
  return {std::move(target), {}, {}};
}

}  // namespace veilgate::deidentify
