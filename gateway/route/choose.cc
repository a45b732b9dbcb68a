#include <algorithm>

#include "base/limits.h"
#include "base/net_address.h"
#include "dicom/charset.h"
#include "dicom/uids.h"
#include "route/pattern.h"
#include "route/route.h"

namespace veilgate::route {
namespace {

using Patterns = std::vector<std::string>;
constexpr std::string_view kPadding("\0 ", 2);
constexpr dicom::Tag kModality{0x0008, 0x0060}, kSopClass{0x0008, 0x0016}, kCharacterSet{0x0008, 0x0005};

bool any_matches(const Patterns& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& one) { return matches_pattern(one, text); });
}

bool peer_matches(const Patterns& blocks, const std::string& peer) {
  if (blocks.empty()) return true;
  // A link-local address may carry its interface ("fe80::1%eth0"), which rules do not know.
  const auto address = IpAddress::parse(peer.substr(0, peer.find('%')));
  return address && std::any_of(blocks.begin(), blocks.end(), [&](const std::string& text) {
           const auto block = IpBlock::parse(text);
           return block && block->contains(*address);
         });
}

bool sop_class_matches(const Patterns& patterns, const std::string& uid) {
  if (patterns.empty()) return true;
  const auto* known = dicom::storage_class(uid);
  return any_matches(patterns, uid) || (known != nullptr && any_matches(patterns, known->keyword));
}

std::string_view trimmed(std::string_view value) {
  const auto first = value.find_first_not_of(kPadding);
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(kPadding) - first + 1);
}

// Any of the values, by any of the patterns. An empty value is no value, and one too long for a rule matches none.
template <typename Matches>
bool value_matches(const Patterns& patterns, const std::string& values, Matches matches) {
  for (std::size_t start = 0; start <= values.size();) {
    const std::size_t end = std::min(values.find('\\', start), values.size());
    const auto value = trimmed(std::string_view(values).substr(start, end - start));
    start = end + 1;
    if (value.empty() || value.size() > limits::kMaxMatchedBytes) continue;
    if (std::any_of(patterns.begin(), patterns.end(), [&](const auto& one) { return matches(one, value); }))
      return true;
  }
  return false;
}

std::string value_of(const RouteFacts& facts, dicom::Tag tag) {
  return facts.attribute ? facts.attribute(tag).reveal() : std::string();
}

bool attributes_match(const config::Match& match, const RouteFacts& facts) {
  return std::all_of(match.attributes.begin(), match.attributes.end(), [&](const auto& rule) {
    const auto tag = dicom::tag_from(rule.first);
    return tag && value_matches(rule.second, value_of(facts, *tag), matches_pattern);
  });
}

// From what costs least to what costs most.
bool matches(const config::Match& match, const RouteFacts& facts) {
  const auto ae_matches = [](const Patterns& patterns, const std::string& title) {
    return patterns.empty() || any_matches(patterns, title);
  };
  if (!ae_matches(match.calling_ae, facts.calling_ae) || !ae_matches(match.called_ae, facts.called_ae)) return false;
  if (!sop_class_matches(match.sop_class, facts.sop_class) || !peer_matches(match.peer, facts.peer)) return false;
  if (!match.modality.empty() && !value_matches(match.modality, value_of(facts, kModality), matches_pattern_folded)) {
    return false;
  }
  return attributes_match(match, facts);
}

// Rules are written in UTF-8. Text that cannot be decoded is no value: such an object is rather held than guessed at.
Phi<std::string> decoded(const dicom::Item& dataset, dicom::Tag tag) {
  const auto element = dataset.find(tag);
  if (!element) return {};
  const auto raw = element->raw_text();
  const auto sets = dicom::split_character_sets(dataset.text(kCharacterSet).reveal());
  const auto text = dicom::to_utf8(raw.reveal(), sets, element->vr());
  return text && text->exact ? Phi<std::string>(text->text) : Phi<std::string>();
}

RouteFacts facts_of(const Sender& sender, const dicom::Item& dataset) {
  RouteFacts facts{sender.calling_ae.str(), sender.called_ae.str(), sender.peer, {}, {}};
  facts.sop_class = trimmed(dataset.text(kSopClass).reveal());
  facts.attribute = [&dataset](dicom::Tag tag) { return decoded(dataset, tag); };
  return facts;
}

}  // namespace

const config::Route* choose(const config::Config& config, const RouteFacts& facts) {
  const auto found = std::find_if(config.routes.begin(), config.routes.end(),
                                  [&](const config::Route& route) { return matches(route.match, facts); });
  return found == config.routes.end() ? nullptr : &*found;
}

const config::Route* choose(const config::Config& config, const Sender& sender, const dicom::Item& dataset) {
  return choose(config, facts_of(sender, dataset));
}

std::vector<std::string> matching_regions(const config::Route& route, const Sender& sender,
                                          const dicom::Item& dataset) {
  const auto facts = facts_of(sender, dataset);
  std::vector<std::string> names;
  for (const auto* regions : {&route.fixed_regions, &route.protected_regions}) {
    for (const auto& region : *regions) {
      if (region.match && matches(*region.match, facts)) names.push_back(region.name);
    }
  }
  return names;
}

}  // namespace veilgate::route
