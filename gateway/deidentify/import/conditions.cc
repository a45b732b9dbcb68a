#include "deidentify/import/conditions.h"

#include <algorithm>
#include <regex>

#include "deidentify/import/import_limits.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

using Kind = Condition::Kind;

constexpr std::uint32_t kImageTypeTag = 0x00080008, kModalitiesInStudyTag = 0x00080061;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A pattern for exactly this text in any case, readable by any regular expression engine.
std::string in_any_case(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_letter(c)) {
      out += "[" + raised(std::string_view(&c, 1)) + lowered(std::string_view(&c, 1)) + "]";
    } else if ((c >= '0' && c <= '9') || c == ' ' || c == '_' || c == '-') {
      out.push_back(c);
    } else {
      out += std::string("[") + (c == '^' || c == ']' || c == '[' || c == '\\' ? "\\" : "") + c + "]";
    }
  }
  return out;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
}

/// A Java pattern that means the same in ECMAScript, as far as can be seen.
bool is_common_pattern(const std::string& pattern) {
  const bool special = pattern.find("(?") != std::string::npos || pattern.find_first_of("{}/\"") != std::string::npos ||
                       pattern.find("++") != std::string::npos || pattern.find("*+") != std::string::npos;
  if (special || !is_ascii(pattern)) return false;
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] == '\\' && std::string_view("dDwWsS.\\[]()*+?|^$-").find(pattern[++at]) == std::string_view::npos) {
      return false;
    }
  }
  try {
    const std::regex checked(pattern, std::regex::ECMAScript);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

bool is_plain_value(std::string_view value) {
  return value != "present" && value != "absent" && !value.starts_with('/');
}

}  // namespace

Asked condition_of(const CtpCall& call, const Target& self,
                   const std::function<std::string(const std::string&)>& resolve) {
  Asked out;
  if (call.arguments.size() < 2) {
    out.why = "the condition is incomplete";
    return out;
  }
  std::string_view element = trimmed(call.arguments[0]);
  if (element.starts_with("root:")) element.remove_prefix(5);
  const auto asked = element == "this" || element.empty() ? std::optional(self) : target_named(element);
  if (!asked || !asked->tag || asked->vr == "SQ" || !is_letter(asked->match[0])) {
    out.why = "conditions ask for attributes that have a keyword and a value";
    return out;
  }
  const std::string& test = call.arguments[1];
  const std::string value = call.arguments.size() > 2 ? resolve(call.arguments[2]) : std::string();
  Condition condition{asked->match, Kind::Pattern, {}};
  if (test == "exists") {
    condition.kind = Kind::Present;
  } else if (test == "isblank") {
    condition.text = ".*[^ ].*";
    out.holds_for_second = true;
  } else if (call.arguments.size() < 3 || !is_ascii(value) || value.find('\\') != std::string::npos) {
    if (test != "matches" || call.arguments.size() < 3) {
      out.why = "the value cannot be asked for";
      return out;
    }
  }
  if (test == "equals") {
    const bool has_letters = std::ranges::any_of(value, is_letter);
    // A plain value is compared with each of several, CTP compares them joined.
    const bool several = asked->is(kImageTypeTag) || asked->is(kModalitiesInStudyTag);
    const bool plain = is_plain_value(value) && !value.empty() && !several && (!has_letters || asked->vr == "CS");
    condition.kind = plain ? Kind::Value : Kind::Pattern;
    condition.text = plain ? raised(value) : "^" + in_any_case(value) + "$";
  } else if (test == "contains") {
    condition.text = ".*" + in_any_case(value) + ".*";
  } else if (test == "matches") {
    const std::string pattern(trimmed(value));
    if (pattern.empty() || pattern.size() > import_limits::kMaxRegexBytes || !is_common_pattern(pattern)) {
      out.why = "the regular expression is not one that both programs read alike";
      return out;
    }
    condition.text = "^(" + pattern + ")$";
  } else if (test != "exists" && test != "isblank") {
    out.why = test == "greaterthan" ? "numbers are not compared" : "there is no such test";
    return out;
  }
  if (condition.text.size() > import_limits::kMaxRegexBytes) {
    out.why = "the value is too long to ask for";
    return out;
  }
  out.condition = std::move(condition);
  return out;
}

std::optional<std::vector<Clause>> either(const std::vector<Clause>& base, const std::vector<Clause>& special,
                                          const Condition& condition) {
  if (base == special) return base;
  std::vector<Clause> out = base;
  for (Clause each : special) {
    const auto found = std::ranges::find(each.when, condition.keyword, &Condition::keyword);
    if (found != each.when.end() && *found != condition) return std::nullopt;
    if (found == each.when.end()) each.when.insert(each.when.begin(), condition);
    out.push_back(std::move(each));
  }
  if (out.size() > import_limits::kMaxClauses) return std::nullopt;
  return out;
}

std::vector<Clause> strictest(const std::vector<Clause>& first, const std::vector<Clause>& second) {
  const Clause* out = nullptr;
  for (const auto* list : {&first, &second}) {
    for (const Clause& each : *list) {
      if (out == nullptr || strictness(each.action) > strictness(out->action)) out = &each;
    }
  }
  return out == nullptr ? std::vector<Clause>{{{}, "remove", {}}} : std::vector<Clause>{{{}, out->action, out->value}};
}

}  // namespace veilgate::deidentify::importing
