#include "deidentify/condition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "deidentify/text_of.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr std::int64_t kMaxExpressionBytes = 1 << 20;  ///< compiled; a profile's expressions are short

bool is_expression(const std::string& text) { return text.size() > 2 && text.front() == '/' && text.back() == '/'; }

ParsedCondition parse_expression(dicom::Tag tag, const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxExpressionBytes);
  auto expression = std::make_shared<RE2>(text.substr(1, text.size() - 2), options);
  std::string problem;
  if (!expression->ok()) problem = "not a regular expression: " + expression->error();
  return {{tag, Condition::Kind::Matches, {}, std::move(expression)}, std::move(problem)};
}

}  // namespace

bool Condition::holds(const dicom::Item& dataset) const {
  const auto element = dataset.find(tag);
  if (kind == Kind::Absent) return !element;
  if (!element) return false;
  if (kind == Kind::Present) return true;
  const auto text = text_of(*element, character_sets_of(dataset));
  if (kind == Kind::Matches) return RE2::PartialMatch(text.reveal(), *expression);
  return std::ranges::any_of(split_values(text.reveal()), [&](const std::string& value) {
    return std::ranges::find(values, value) != values.end();
  });
}

std::string Condition::text() const {
  const std::string keyword = dicom::keyword_of(tag);
  const std::string name = (keyword.empty() ? tag.str() : keyword) + ": ";
  if (kind == Kind::Present) return name + "present";
  if (kind == Kind::Absent) return name + "absent";
  if (kind == Kind::Matches) return name + "/" + expression->pattern() + "/";
  const std::set<std::string> sorted(values.begin(), values.end());
  return name + (sorted.size() == 1 ? *sorted.begin() : fmt::format("[{}]", fmt::join(sorted, ", ")));
}

ParsedCondition parse_condition(dicom::Tag tag, const std::vector<std::string>& texts) {
  if (texts.size() == 1) {
    const std::string& text = texts.front();
    if (text == "present") return {{tag, Condition::Kind::Present, {}, nullptr}, {}};
    if (text == "absent") return {{tag, Condition::Kind::Absent, {}, nullptr}, {}};
    if (is_expression(text)) return parse_expression(tag, text);
  }
  for (const std::string& text : texts) {
    if (text == "present" || text == "absent" || is_expression(text)) {
      return {{}, "'" + text + "' stands alone, not in a list; an expression says or with |"};
    }
  }
  if (texts.empty()) return {{}, "needs a value, a list of values, present, absent or /expression/"};
  return {{tag, Condition::Kind::OneOf, texts, nullptr}, {}};
}

}  // namespace veilgate::deidentify
