#include "deidentify/import/target.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>

#include "config/yaml_reader.h"
#include "deidentify/annex_e.h"
#include "deidentify/dictionary.h"
#include "deidentify/embedded.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

/// Keywords of attributes that stand alone, and what they mean.
class Keywords {
 public:
  static const Keywords& instance() {
    static const Keywords it;
    return it;
  }
  const std::vector<std::string>& all() const { return all_; }

  std::optional<std::uint32_t> tag(const std::string& keyword) const {
    if (!std::ranges::binary_search(all_, keyword)) return std::nullopt;
    const auto pattern = pattern_from(keyword);
    return pattern && pattern->exact() ? std::optional(pattern->value) : std::nullopt;
  }

 private:
  Keywords() : all_(dicom::all_keywords()) {
    for (const AnnexRow& row : AnnexE::instance().rows()) {
      if (row.pattern.exact() && !row.keyword.empty()) all_.push_back(row.keyword);
    }
    std::ranges::sort(all_);
    const auto twice = std::ranges::unique(all_);
    all_.erase(twice.begin(), twice.end());
  }

  std::vector<std::string> all_;
};

bool names(const std::string& keyword, dicom::Tag tag) {
  return !keyword.empty() && Keywords::instance().tag(keyword) == packed(tag);
}

std::string digits_of(dicom::Tag tag) {
  const std::string text = tag.str();  // "(gggg,eeee)"
  return lowered(text.substr(1, text.size() - 2));
}

std::string match_of(dicom::Tag tag) {
  const AnnexRow* row = AnnexE::instance().find(tag);
  if (row != nullptr && row->pattern.exact() && names(row->keyword, tag)) return row->keyword;
  std::string keyword = dicom::keyword_of(tag);
  return names(keyword, tag) ? keyword : digits_of(tag);
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

std::string bare(std::string_view word) {
  std::string out;
  for (char c : word) {
    if (std::string_view("()[], ").find(c) == std::string_view::npos) out.push_back(c);
  }
  return out;
}

std::optional<Target> standard(std::optional<std::uint32_t> packed_tag) {
  if (!packed_tag || unpacked(*packed_tag).is_private()) return std::nullopt;
  return target_of(unpacked(*packed_tag));
}

std::optional<Target> by_keyword(std::string_view word) {
  return standard(Keywords::instance().tag(std::string(word)));
}

/// Whether basic.yaml itself says something of the attribute.
bool has_basic_rule(std::uint32_t packed_tag) {
  static const std::vector<TagPattern> kPatterns = [] {
    std::vector<TagPattern> out;
    const auto basic = config::YamlDocument::parse(std::string(embedded("basic.yaml")), "basic");
    for (const config::YamlNode& rule : basic.root()["rules"].items()) {
      for (const std::string& text : rule["match"].texts()) {
        if (const auto pattern = pattern_from(text)) out.push_back(*pattern);
      }
    }
    return out;
  }();
  return std::ranges::any_of(kPatterns, [&](const TagPattern& each) { return each.matches(unpacked(packed_tag)); });
}

/// The names that CTP's library (dcm4che 1) gave before keywords were part of the standard.
std::string modern(std::string_view word) {
  struct Change {
    std::string_view old, now;
  };
  constexpr std::array<Change, 6> kChanges = {{{"Seq", "Sequence"},
                                               {"Datetime", "DateTime"},
                                               {"Id", "ID"},
                                               {"OperatorName", "OperatorsName"},
                                               {"SoftwareVersion", "SoftwareVersions"},
                                               {"PhysicianOfRecord", "PhysiciansOfRecord"}}};
  std::string out(word);
  for (const Change& change : kChanges) {
    if (!out.ends_with(change.old)) continue;
    out.replace(out.size() - change.old.size(), change.old.size(), change.now);
    break;
  }
  if (out.starts_with("Ref") && out.size() > 3 && out[3] >= 'A' && out[3] <= 'Z') out.replace(0, 3, "Referenced");
  return out;
}

}  // namespace

Target target_of(dicom::Tag tag) {
  Target out;
  out.match = match_of(tag);
  out.key = digits_of(tag);
  out.tag = packed(tag);
  out.vr = vr_known(tag);
  out.in_table = AnnexE::instance().find(tag) != nullptr;
  return out;
}

std::optional<Target> private_target(std::string_view group, std::string_view creator, std::string_view element) {
  constexpr std::size_t kMaxCreator = 64;  // LO
  const std::string owner(trimmed(creator));
  if (group.empty() || group.size() > 4 || element.size() != 2 || !is_hex(group) || !is_hex(element))
    return std::nullopt;
  if (std::string_view("13579bdfBDF").find(group.back()) == std::string_view::npos) return std::nullopt;
  if (owner.empty() || owner.size() > kMaxCreator || owner.find_first_of("\\\n\t") != std::string::npos) {
    return std::nullopt;
  }
  Target out;
  out.match = lowered(std::string(4 - group.size(), '0') + std::string(group)) + ",xx" + lowered(element) + " " + owner;
  out.key = raised(out.match);
  out.is_private = true;
  return out;
}

Target wildcard_target(std::string_view pattern) {
  Target out;
  out.match = out.key = pattern;
  return out;
}

std::optional<Target> target_named(std::string_view word) {
  word = trimmed(word);
  const std::string digits = bare(word);
  if (digits.size() == 8 && is_hex(digits)) return standard(TagPattern::parse(digits)->value);
  if (word.empty() || digits != word) return std::nullopt;
  if (auto found = by_keyword(word)) return found;
  return by_keyword(modern(word));
}

std::optional<Target> path_target(std::string_view path, std::string_view separator) {
  Target out;
  while (!path.empty()) {
    const auto at = path.find(separator);
    const auto part = target_named(path.substr(0, at));
    if (!part || (at != std::string_view::npos && part->vr != "SQ")) return std::nullopt;
    out.match += (out.match.empty() ? "" : "/") + part->match;
    out.key += "/" + part->key;
    out.vr = part->vr;
    out.in_table = part->in_table;
    path = at == std::string_view::npos ? std::string_view() : path.substr(at + separator.size());
  }
  return out.match.empty() ? std::nullopt : std::optional(out);
}

std::vector<Target> harmless_of_group(std::uint16_t group) {
  // What basic.yaml's `unlisted` lets through. A sequence's items are cleaned one by one.
  constexpr std::array<std::string_view, 16> kKept = {"AS", "AT", "CS", "DS", "FD", "FL", "IS", "LO",
                                                      "SH", "SL", "SQ", "SS", "SV", "UL", "US", "UV"};
  std::vector<Target> out = targets_of_group(group);
  std::erase_if(out, [&](const Target& each) {
    const bool kept = std::ranges::find(kKept, each.vr) != kKept.end();
    return !kept || each.in_table || has_basic_rule(*each.tag);
  });
  return out;
}

std::vector<Target> targets_of_group(std::uint16_t group) {
  // The dictionary tells no tags of a group, so every one is tried, once.
  static std::mutex mutex;
  static std::unordered_map<std::uint16_t, std::vector<Target>> known;
  if (group % 2 == 1) return {};
  const std::lock_guard lock(mutex);
  const auto [found, fresh] = known.try_emplace(group);
  for (std::uint32_t element = 1; fresh && element <= 0xFFFF; ++element) {
    const dicom::Tag tag{group, static_cast<std::uint16_t>(element)};
    if (dicom::vr_of(tag).empty() && AnnexE::instance().find(tag) == nullptr) continue;
    Target each = target_of(tag);
    if (each.match != each.key) found->second.push_back(std::move(each));
  }
  return found->second;
}

std::vector<Target> targets_called(const std::function<bool(std::string_view)>& wanted) {
  std::vector<Target> out;
  for (const std::string& keyword : Keywords::instance().all()) {
    auto each = wanted(keyword) ? by_keyword(keyword) : std::nullopt;
    // Command sets and file meta information are nobody's to keep or remove.
    if (each && *each->tag >= 0x00080000 && each->match == keyword) out.push_back(std::move(*each));
  }
  std::ranges::sort(out, {}, [](const Target& each) { return *each.tag; });
  return out;
}

}  // namespace veilgate::deidentify::importing
