#include <algorithm>
#include <set>

#include "deidentify/import/ctp_script.h"
#include "deidentify/import/import_limits.h"
#include "deidentify/import/importers.h"
#include "deidentify/import/mapping.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

using Kind = CtpStatement::Kind;

constexpr std::string_view kUnspecified = "unspecifiedelements", kPrivate = "privategroups", kOverlays = "overlays",
                           kCurves = "curves", kSafe = "safe";
constexpr std::uint16_t kImageGroup = 0x0028;

class CtpImport {
 public:
  explicit CtpImport(std::vector<CtpStatement> statements) : statements_(std::move(statements)) {}

  Draft run() {
    read_parameters();
    for (const CtpStatement& each : statements_) {
      const bool remembered = each.kind == Kind::Element || each.kind == Kind::Remove || each.kind == Kind::Keep;
      if (!each.enabled && remembered) note_switched_off(each);
      if (!each.enabled) continue;
      ++draft_.statements;
      if (each.kind == Kind::Element) translate_ctp_element(each, parameters_, draft_);
      if (each.kind == Kind::Remove) remove(each);
      if (each.kind == Kind::Keep) keep(each);
      if (each.kind == Kind::Other) say(each, kNotExpressed, "this is no statement of a DicomAnonymizer script");
    }
    finish_unlisted();
    note_parameters();
    describe();
    return std::move(draft_);
  }

 private:
  void say(const CtpStatement& each, std::string_view kind, std::string_view why) {
    draft_.add({each.source, {}, {}, {std::string(kind) + std::string(why)}});
  }

  void read_parameters() {
    for (const CtpStatement& each : statements_) {
      if (each.kind == Kind::Parameter) parameters_.entries[each.name] = {each.text, each.source};
    }
  }

  /// What CTP would keep and this program does not.
  void note_switched_off(const CtpStatement& each) {
    ++switched_off_;
    if (each.kind != Kind::Remove) return;
    if (each.name == kPrivate) draft_.remark(each.source, text_of(kDifference, "private attributes go all the same"));
    if (each.name == kOverlays) draft_.remark(each.source, text_of(kDifference, "overlays go all the same"));
    if (each.name == kCurves) draft_.remark(each.source, text_of(kDifference, "curves go all the same"));
  }

  static std::string text_of(std::string_view kind, std::string_view why) {
    return std::string(kind) + std::string(why);
  }

  void rule(const CtpStatement& each, std::vector<Target> targets, std::string action,
            std::vector<std::string> remarks) {
    draft_.add({each.source, std::move(targets), {{{}, std::move(action), {}}}, std::move(remarks)});
  }

  void remove(const CtpStatement& each) {
    if (each.name == kPrivate) return;  // always so
    if (each.name == kOverlays) return rule(each, {wildcard_target("60xx,xxxx")}, "remove", {});
    if (each.name == kCurves) return rule(each, {wildcard_target("50xx,xxxx")}, "remove", {});
    if (each.name != kUnspecified) return say(each, kNotExpressed, "CTP removes nothing of this name");
    draft_.unlisted = "remove";
    unlisted_ = &each;
    draft_.remark(each.source,
                  text_of(kDifference,
                          "`unlisted` removes what neither the script nor Table E.1-1 names; what the table "
                          "names goes by the table, dates move where they do, and group 0028 stays as in CTP"));
  }

  void keep(const CtpStatement& each) {
    if (std::string_view(each.name).starts_with(kSafe)) {
      draft_.retain_safe_private = true;
      draft_.remark(each.source, text_of(kDifference, "the list of safe private attributes is PS3.15's, E.3.10"));
      return;
    }
    std::uint16_t group = 0;
    for (char c : each.name) {
      const auto digit = std::string_view("0123456789abcdef").find(lowered(std::string_view(&c, 1)));
      if (digit == std::string_view::npos || each.name.size() > 4) return say(each, kNotExpressed, "this is no group");
      group = static_cast<std::uint16_t>(group << 4 | digit);
    }
    if (group % 2 == 1)
      return say(each, kNotExpressed, "private groups are not kept whole; name creators, or retain_safe_private");
    groups_.emplace_back(group, &each);
  }

  /// Groups matter only where everything else that is unnamed goes.
  void finish_unlisted() {
    if (unlisted_ == nullptr) return;
    const std::set<std::string> spoken_of = scripted();
    auto image = harmless_of_group(kImageGroup);
    std::erase_if(image, [&](const Target& target) {
      return spoken_of.contains(target.key) || !decided_elsewhere(target).empty();
    });
    draft_.add_kept_group({unlisted_->source, std::move(image), {}, {"group 0028, the description of the image"}});
    for (const auto& [group, each] : groups_) {
      if (group == kImageGroup) continue;
      auto targets = harmless_of_group(group);
      std::erase_if(targets, [&](const Target& target) { return spoken_of.contains(target.key); });
      const std::string why = "what Table E.1-1 names in the group, long texts and bytes go all the same";
      if (targets.empty()) {
        say(*each, kDifference, why);
      } else {
        draft_.add_kept_group({each->source, std::move(targets), {}, {text_of(kDifference, why)}});
      }
    }
  }

  /// What elements of the script speak of: their word comes before their group's.
  std::set<std::string> scripted() const {
    std::set<std::string> out;
    for (const CtpStatement& each : statements_) {
      const auto named = each.kind == Kind::Element && each.enabled ? target_named(each.name) : std::nullopt;
      if (named) out.insert(named->key);
    }
    return out;
  }

  void note_parameters() {
    for (const auto& [name, each] : parameters_.entries) {
      if (each.is_uid_root) {
        draft_.remark(each.source,
                      text_of(kDifference, "UIDs become 2.25 and a keyed hash, not hashes under this root"));
      }
      if (!each.counts_days) continue;
      const auto days = whole_number(each.value);
      draft_.max_days = std::max(draft_.max_days, std::abs(days.value_or(0)));
      draft_.remark(each.source, text_of(kDifference,
                                         "dates move back by a secret number of days that is each patient's own, up to "
                                         "max_days, not by one number for all" +
                                             std::string(days == 0 ? "; the script's 0 would keep them" : "")));
    }
  }

  void describe() {
    const auto profile = parameters_.entries.find("PROFILENAME");
    draft_.description = "Imported from a CTP DicomAnonymizer script";
    if (profile != parameters_.entries.end() && !trimmed(profile->second.value).empty()) {
      draft_.description += ": " + profile->second.value;
    }
    draft_.heading = "Imported from a CTP DicomAnonymizer script. Read it before use.";
    if (switched_off_ > 0)
      draft_.heading += " " + std::to_string(switched_off_) + " switched-off statements are left out.";
  }

  std::vector<CtpStatement> statements_;
  CtpParameters parameters_;
  Draft draft_{Draft::Merge::LastWins};
  std::vector<std::pair<std::uint16_t, const CtpStatement*>> groups_;
  const CtpStatement* unlisted_ = nullptr;
  int switched_off_ = 0;
};

}  // namespace

Result<Draft> import_ctp_script(std::string_view text) {
  VG_ASSIGN(std::vector<CtpStatement> statements, read_ctp_script(text));
  return CtpImport(std::move(statements)).run();
}

}  // namespace veilgate::deidentify::importing
