#include "config/load_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/limits.h"

namespace veilgate::config {
namespace {

constexpr std::size_t kMaxAeChars = 16, kMaxModalityChars = 16;

using Check = std::string (*)(const std::string&);  // what is wrong with a pattern; empty when nothing is

std::size_t letters(const std::string& pattern) {
  return pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
}

std::string check_ae(const std::string& pattern) {
  const bool printable =
      std::all_of(pattern.begin(), pattern.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
  if (printable && letters(pattern) <= kMaxAeChars && pattern.front() != ' ' && pattern.back() != ' ') return "";
  return "no AE title can match: 1 to 16 printable characters, no backslash, no outer spaces";
}

std::string check_modality(const std::string& pattern) {
  const bool code = std::all_of(pattern.begin(), pattern.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == ' ' || c == '*' || c == '?';
  });
  return code && letters(pattern) <= kMaxModalityChars ? "" : "no modality can match: write it like XC or ES";
}

std::string check_sop_class(const std::string& pattern) {
  const bool good = std::all_of(pattern.begin(), pattern.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '*' || c == '?';
  });
  return good ? "" : "a SOP class is a UID or a keyword like VLPhotographicImageStorage";
}

std::string check_value(const std::string&) { return ""; }

// The empty list and the empty text are refused: they look like "nothing" and would mean "everything" or "never".
std::vector<std::string> load_patterns(const YamlNode& node, Check check) {
  const auto patterns = node.texts();
  if (node.is_list() && node.items().empty()) {
    node.problem(fmt::format("'{}' is an empty list", node.label()), "remove the key to match everything");
  }
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const YamlNode place = node.is_list() && i < node.items().size() ? node.items()[i] : node;
    std::string wrong = patterns[i].empty() ? "an empty text matches nothing" : "";
    if (wrong.empty() && patterns[i].size() > limits::kMaxPatternBytes) wrong = "the pattern is too long";
    if (wrong.empty()) wrong = check(patterns[i]);
    if (!wrong.empty()) place.problem(fmt::format("'{}': {}", node.label(), wrong));
  }
  return patterns;
}

std::vector<std::string> load_peers(const YamlNode& node) {
  const auto peers = node.texts();
  if (node.is_list() && node.items().empty()) {
    node.problem("'peer' is an empty list", "remove the key to match everything");
  }
  for (const std::string& peer : peers) check_peer(node, peer);
  return peers;
}

}  // namespace

Match load_match(const YamlNode& section, std::vector<DicomWord>& words) {
  Match out;
  out.calling_ae = load_patterns(section["calling_ae"], check_ae);
  out.called_ae = load_patterns(section["called_ae"], check_ae);
  out.peer = load_peers(section["peer"]);
  const YamlNode sop_class = section["sop_class"];
  out.sop_class = load_patterns(sop_class, check_sop_class);
  for (const YamlNode& node : sop_class.is_list() ? sop_class.items() : std::vector{sop_class}) {
    if (node.is_scalar()) words.push_back({DicomWord::Kind::SopClass, node.text().value_or(""), place_of(node)});
  }
  out.modality = load_patterns(section["modality"], check_modality);
  const YamlNode attributes = section["attributes"];
  for (const std::string& name : attributes.keys()) {
    words.push_back({DicomWord::Kind::Attribute, name, place_of(attributes.key_node(name))});
    out.attributes[name] = load_patterns(attributes[name], check_value);
  }
  section.refuse_unknown_keys();
  return out;
}

}  // namespace veilgate::config
