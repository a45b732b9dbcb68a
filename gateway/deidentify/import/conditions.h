#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/import/ctp_calls.h"
#include "deidentify/import/draft.h"

namespace veilgate::deidentify::importing {

/// What `@if(Element,test,"value")` asks.
struct Asked {
  std::optional<Condition> condition;  ///< empty: it cannot be asked here
  bool holds_for_second = false;       ///< the condition speaks of the second clause (isblank)
  std::string why;                     ///< when it cannot be asked
};
/// `self` is the element the script is for; `resolve` gives a parameter's value for an argument that names one.
Asked condition_of(const CtpCall& call, const Target& self,
                   const std::function<std::string(const std::string&)>& resolve);

/// `base`, and `special` where the condition holds; nullopt when conditions would contradict each other.
std::optional<std::vector<Clause>> either(const std::vector<Clause>& base, const std::vector<Clause>& special,
                                          const Condition& condition);
/// The one clause that leaves least.
std::vector<Clause> strictest(const std::vector<Clause>& first, const std::vector<Clause>& second);

}  // namespace veilgate::deidentify::importing
