#include <fmt/format.h>

#include <algorithm>

#include "config/load_parts.h"

namespace veilgate::config {
namespace {

using Patterns = std::vector<std::string>;

// Everything that `narrow` lets through `wide` lets through too. Only what is certain counts: patterns are compared as
// text.
bool covers(const Patterns& wide, const Patterns& narrow) {
  if (wide.empty()) return true;
  if (narrow.empty()) return false;
  return std::all_of(narrow.begin(), narrow.end(),
                     [&](const std::string& one) { return std::find(wide.begin(), wide.end(), one) != wide.end(); });
}

bool covers(const Match& wide, const Match& narrow) {
  const bool lists = covers(wide.calling_ae, narrow.calling_ae) && covers(wide.called_ae, narrow.called_ae) &&
                     covers(wide.peer, narrow.peer) && covers(wide.sop_class, narrow.sop_class) &&
                     covers(wide.modality, narrow.modality);
  return lists && std::all_of(wide.attributes.begin(), wide.attributes.end(), [&](const auto& attribute) {
           const auto found = narrow.attributes.find(attribute.first);
           return found != narrow.attributes.end() && covers(attribute.second, found->second);
         });
}

}  // namespace

void check_reach(const std::vector<Route>& routes, const std::vector<YamlNode>& nodes) {
  for (std::size_t late = 1; late < routes.size(); ++late) {
    for (std::size_t early = 0; early < late; ++early) {
      if (!covers(routes[early].match, routes[late].match)) continue;
      nodes[late].problem(fmt::format("route '{}' is never reached: '{}' on line {} takes all that it matches",
                                      routes[late].name, routes[early].name, routes[early].place.line),
                          "put the special route before the general one");
      break;
    }
  }
}

}  // namespace veilgate::config
