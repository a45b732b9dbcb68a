#include <algorithm>
#include <map>
#include <optional>

#include "deidentify/import/import_limits.h"
#include "deidentify/import/importers.h"
#include "deidentify/import/mapping.h"
#include "deidentify/import/plain_text.h"
#include "deidentify/tag_pattern.h"

namespace veilgate::deidentify::importing {
namespace {

constexpr std::uint16_t kImageGroup = 0x0028;

/// Takes the first word off; quotes hold a private creator's spaces together.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  bool in_quotes = false;
  std::size_t end = 0;
  for (; end < text.size() && (in_quotes || (text[end] != ' ' && text[end] != '\t')); ++end) {
    if (text[end] == '"') in_quotes = !in_quotes;
  }
  const std::string_view out = text.substr(0, end);
  text = trimmed(text.substr(end));
  return out;
}

/// Which attributes an expression stands for.
struct Names {
  std::vector<Target> targets;
  bool expression = false;  ///< not a single name
  bool everything = false;  ///< ALL, or all but `targets`
  std::string why;          ///< when nobody can tell
};

/// `contains:date|time`: words over lower-case keywords and tags. Other regular expressions are not taken over.
class Words {
 public:
  enum class Where { Anywhere, Start, End };
  static std::optional<Words> parse(std::string_view text, Where where) {
    Words out;
    out.where_ = where;
    std::string lower = lowered(trimmed(text));
    if (lower.size() > 1 && lower.front() == '(' && lower.back() == ')') lower = lower.substr(1, lower.size() - 2);
    const auto words = split(lower, '|');
    if (words.size() > import_limits::kMaxAlternatives) return std::nullopt;
    for (std::string_view word : words) {
      const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
      if (!plain) return std::nullopt;
      out.words_.emplace_back(word);
    }
    return out;
  }
  bool match(std::string_view keyword) const { return in(lowered(keyword)); }
  bool match_digits(const Target& target) const {
    std::string digits = target.key;  // "gggg,eeee"
    std::erase(digits, ',');
    return in(digits);
  }
  /// A group's four digits, when the expression is nothing else.
  std::optional<std::uint16_t> group() const {
    const bool four = words_.size() == 1 && words_[0].size() == 4;
    const auto pattern = four ? TagPattern::parse(words_[0] + "0000") : std::nullopt;
    return pattern && pattern->exact() ? std::optional(static_cast<std::uint16_t>(pattern->value >> 16)) : std::nullopt;
  }

 private:
  bool in(std::string_view name) const {
    return std::ranges::any_of(words_, [&](const std::string& word) {
      return where_ == Where::Start ? name.starts_with(word)
             : where_ == Where::End ? name.ends_with(word)
                                    : name.find(word) != std::string_view::npos;
    });
  }
  Where where_ = Where::Anywhere;
  std::vector<std::string> words_;
};

/// Less what no rule decides.
std::vector<Target> ruled(std::vector<Target> targets) {
  std::erase_if(targets, [](const Target& each) { return !decided_elsewhere(each).empty(); });
  return targets;
}

/// (0033,"CREATOR",1E)
std::optional<Target> quoted_private(std::string_view field) {
  const auto open = field.find('"'), close = field.rfind('"');
  if (open == std::string_view::npos || close <= open) return std::nullopt;
  std::string_view group = field.substr(0, open), element = field.substr(close + 1);
  if (group.starts_with('(')) group.remove_prefix(1);
  if (element.ends_with(')')) element.remove_suffix(1);
  if (!group.ends_with(',') || !element.starts_with(',')) return std::nullopt;
  return private_target(trimmed(group.substr(0, group.size() - 1)), field.substr(open + 1, close - open - 1),
                        trimmed(element.substr(1)));
}

class DeidImport {
 public:
  Result<Draft> run(std::string_view text) {
    const std::vector<std::string_view> lines = split(text, '\n');
    read_groups(lines);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const std::string_view line = trimmed(lines[at]);
      if (line.empty() || line[0] == '#') continue;
      const Source source{static_cast<int>(at) + 1, one_line(line)};
      if (section_line(line) || starts_with_word(line, "FORMAT")) continue;
      if (static_cast<std::size_t>(++draft_.statements) > import_limits::kMaxStatements) {
        return fail(ErrorKind::Config, "import.too_many_statements", "the recipe has too many statements");
      }
      if (section_ == "header") {
        header(source, line);
      } else if (section_ == "filter") {
        filter(source, lines, at);
      } else if (section_ == "labels") {
        say(source, kNotExpressed, "labels are notes about the recipe; profiles have a description");
      } else if (section_ == "fields" || section_ == "values") {
        continue;  // spoken of where it is used
      } else {
        say(source, kNotExpressed, "it stands in no section");
      }
      VG_TRY(in_bounds());
    }
    keep_images();
    draft_.description = "Imported from a pydicom/deid recipe";
    draft_.heading =
        "Imported from a pydicom/deid recipe. Read it before use. Of two statements for one attribute the "
        "stricter one is taken, and a single name goes before an expression.";
    return std::move(draft_);
  }

 private:
  void say(const Source& source, std::string_view kind, std::string_view why) {
    draft_.add({source, {}, {}, {std::string(kind) + std::string(why)}});
  }

  Result<void> in_bounds() const {
    if (expanded_ <= import_limits::kMaxExpanded) return {};
    return fail(ErrorKind::Config, "import.too_many_attributes",
                "the recipe's expressions stand for too many attributes");
  }

  bool section_line(std::string_view line) {
    if (!line.starts_with('%')) return false;
    line = line.substr(1, line.find('#') - 1);
    section_ = lowered(take_word(line));
    section_name_ = std::string(trimmed(line));
    return true;
  }

  /// %fields groups may stand below their use.
  void read_groups(const std::vector<std::string_view>& lines) {
    for (std::string_view line : lines) {
      line = trimmed(line);
      if (line.empty() || line[0] == '#' || section_line(line) || section_ != "fields") continue;
      line = line.substr(0, line.find('#'));
      if (raised(take_word(line)) != "FIELD") continue;
      auto& members = groups_[section_name_];
      if (members.size() < import_limits::kMaxAlternatives) members.emplace_back(take_word(line));
    }
    section_.clear();
  }

  Names names_of(std::string_view field, bool inside_group = false) {
    const std::string lower = lowered(field);
    const auto colon = field.find(':');
    if (lower == "all" || lower == "allfields") return {{}, true, true, {}};
    if (auto found = quoted_private(field)) return {{*found}, false, false, {}};
    if (colon == std::string_view::npos) return single(field);
    const std::string expander = lower.substr(0, colon);
    const std::string_view rest = field.substr(colon + 1);
    if (expander == "fields" && !inside_group) return group(std::string(rest));
    if (expander == "values")
      return {{},
              true,
              false,
              "attributes are not chosen by what other ones say; free text is cleaned of "
              "the patient's identifiers with clean_descriptors"};
    if (expander == "select") return select(rest);
    if (expander == "contains") return by_words(rest, Words::Where::Anywhere);
    if (expander == "startswith") return by_words(rest, Words::Where::Start);
    if (expander == "endswith") return by_words(rest, Words::Where::End);
    if (expander == "except" || expander == "allexcept") {
      Names out = by_words(rest, Words::Where::Anywhere);
      out.everything = out.why.empty();
      return out;
    }
    return {{}, true, false, "deid has no expander of this name"};
  }

  static Names single(std::string_view field) {
    auto found = field.find("__") == std::string_view::npos ? target_named(field) : path_target(field, "__");
    if (found) return {{*found}, false, false, {}};
    return {{},
            false,
            false,
            "there is no standard attribute of this name, and private attributes go unless named with "
            "their creator"};
  }

  Names group(const std::string& name) {
    const auto found = groups_.find(name);
    if (found == groups_.end()) return {{}, true, false, "there is no such group of fields"};
    Names out{{}, true, false, {}};
    for (const std::string& member : found->second) {
      Names more = names_of(member, true);
      if (!more.why.empty() || more.everything)
        return {{}, true, false, "the group holds what cannot be listed: " + member};
      out.targets.insert(out.targets.end(), more.targets.begin(), more.targets.end());
    }
    return out;
  }

  static Names by_words(std::string_view text, Words::Where where) {
    const auto words = Words::parse(text, where);
    if (!words)
      return {{},
              true,
              false,
              "only words with | between them are taken over, no other regular expressions; Table "
              "E.1-1 and other rules decide"};
    if (const auto number = words->group()) {  // of tags, as in contains:0019; private groups have no keywords
      Names out{ruled(targets_of_group(*number)), true, false, {}};
      std::erase_if(out.targets, [&](const Target& each) { return !words->match_digits(each); });
      return out;
    }
    return {ruled(targets_called([&](std::string_view keyword) { return words->match(keyword); })), true, false, {}};
  }

  static Names select(std::string_view text) {
    const std::string lower = lowered(text);
    if (lower.starts_with("vr:") && lower.size() >= 5) {
      Names out{ruled(targets_called([](std::string_view) { return true; })), true, false, {}};
      std::erase_if(out.targets, [vr = raised(lower.substr(3, 2))](const Target& each) { return each.vr != vr; });
      return out;
    }
    const auto group = TagPattern::parse(lower.starts_with("group:") ? lower.substr(6) + "0000" : "");
    if (group && group->exact()) return {ruled(targets_of_group(group->value >> 16 & 0xFFFF)), true, false, {}};
    return {{}, true, false, "only VR and GROUP select attributes"};
  }

  void header(const Source& source, std::string_view line) {
    std::string_view rest = line;
    const std::string action = raised(take_word(rest));
    const std::string field(take_word(rest));
    const std::string value(trimmed(rest.substr(0, rest.find('#'))));
    if (field.empty()) return say(source, kNotExpressed, "it names no field");
    const Names names = names_of(field);
    if (!names.why.empty()) return say(source, kNotExpressed, names.why);
    if (names.everything) return everything(source, action, value, names.targets);
    if (action == "KEEP" && names.expression) {
      return say(source, kNotExpressed, "deid keeps single fields only; Table E.1-1 and other rules decide");
    }
    std::map<std::string, Draft::Entry> entries;  // by what is to be done
    bool done_anyway = names.expression && names.targets.empty() && (action == "REMOVE" || action == "BLANK");
    for (const Target& target : names.targets) {
      Draft::Entry one = entry_for(source, action, value, target, names.expression);
      if (one.clauses.empty() && one.remarks.empty()) {
        done_anyway = done_anyway || action == "KEEP";
        continue;
      }
      const std::string key = one.clauses.empty() ? "" : one.clauses[0].action + "\n" + one.clauses[0].value;
      const auto [found, fresh] = entries.try_emplace(key, one);
      if (fresh) continue;
      found->second.targets.insert(found->second.targets.end(), one.targets.begin(), one.targets.end());
      for (const std::string& why : one.remarks) {
        if (std::ranges::find(found->second.remarks, why) == found->second.remarks.end())
          found->second.remarks.push_back(why);
      }
    }
    if (entries.empty() && !done_anyway)
      return say(source, kNotExpressed, "no attribute that this could be done to has such a name");
    for (auto& [key, each] : entries) {
      expanded_ += each.targets.size();
      draft_.add(std::move(each));
    }
  }

  struct Said {
    Clause clause;
    std::string remark;
    bool nothing = false;  ///< deid does nothing here
  };

  Draft::Entry entry_for(const Source& source, const std::string& action, const std::string& value,
                         const Target& target, bool expression) {
    Draft::Entry out{source, {target}, {}, {}, expression};
    if (const std::string elsewhere = decided_elsewhere(target); !elsewhere.empty()) {
      out.targets.clear();
      if (action != "KEEP" || target.is(0x00080005)) out.remarks.push_back(std::string(kDifference) + elsewhere);
      return out;
    }
    Said said = meaning(action, value, target);
    if (said.nothing) return {};
    const bool writes = said.clause.action != "keep" && said.clause.action != "remove" && said.clause.action != "empty";
    if (target.is_private && writes) {
      said = {{{}, "remove", {}},
              std::string(kNotExpressed) + "private attributes are kept or removed, not written; removed instead"};
    }
    const bool left_to_table =
        said.clause.action == "remove" && said.remark.starts_with(kNotExpressed) && target.in_table;
    if (left_to_table) {
      out.targets.clear();
      const auto instead = said.remark.rfind("; removed instead");
      if (instead != std::string::npos)
        said.remark.replace(instead, std::string::npos, "; Table E.1-1 decides instead");
    } else {
      out.clauses.push_back(said.clause);
    }
    if (!said.remark.empty()) out.remarks.push_back(said.remark);
    return out;
  }

  Said meaning(const std::string& action, const std::string& value, const Target& target) {
    if (action == "KEEP") {
      const bool sequence = target.vr == "SQ";
      return {{{}, "keep", {}},
              sequence ? std::string(kDifference) + "the sequence is kept and its items are cleaned one by one" : ""};
    }
    if (action == "BLANK") return {{{}, "empty", {}}, {}};
    if (action == "REMOVE") {
      if (value.empty()) return {{{}, "remove", {}}, {}};
      return {{{}, "remove", {}}, std::string(kDifference) + "removed always; the recipe's function is not asked"};
    }
    if (action == "JITTER") return jitter(value, target);
    if (action == "REPLACE" || action == "ADD") return replace(value, target, action == "ADD");
    return {{{}, "remove", {}}, std::string(kNotExpressed) + "deid has no action of this name; removed instead"};
  }

  Said jitter(const std::string& value, const Target& target) {
    if (!holds_date(target.vr)) return {{}, {}, true};
    draft_.shift_dates = true;
    draft_.max_days = std::max(draft_.max_days, std::abs(whole_number(value).value_or(0)));
    return {
        {{}, "shift_date", {}},
        std::string(kDifference) + "moved back by a secret number of days that is each patient's own, up to max_days"};
  }

  Said replace(const std::string& value, const Target& target, bool add) {
    const std::string lower = lowered(value);
    const auto colon = lower.find(':');
    const std::string how = colon == std::string::npos ? "" : lower.substr(0, colon);
    if (how == "deid_func" && starts_with_word(lower.substr(colon + 1), "jitter"))
      return jitter(days_in(lower), target);
    if (how == "var" || how == "func" || how == "deid_func") {
      const Clause clause = hiding(target);
      const std::string what = how == "var" ? "a value that the caller gave" : "the result of a function";
      if (clause.action == "remove") {
        return {clause, std::string(kNotExpressed) + what + " is not known here; removed instead"};
      }
      const std::string instead = clause.action == "pseudonym" ? "the project's pseudonym of the patient"
                                  : clause.action == "uid"     ? "a UID by the project's key"
                                                               : "16 characters of a keyed hash";
      return {clause, std::string(kDifference) + instead + ", not " + what};
    }
    if (value.find_first_of("{}") != std::string::npos || !fits_vr(value, target.vr) ||
        value.size() > import_limits::kMaxReplacement) {
      return {{{}, "remove", {}},
              std::string(kNotExpressed) + "the text is too long or no value of VR " +
                  (target.vr.empty() ? "unknown" : target.vr) + "; removed instead"};
    }
    if (value.empty()) return {{{}, "empty", {}}, {}};
    return {{{}, "replace", value},
            add ? std::string(kDifference) + "done only where the object has the attribute" : ""};
  }

  /// "deid_func:jitter days=31 years=1"
  static std::string days_in(const std::string& text) {
    const auto at = text.find("days=");
    const std::string rest = at == std::string::npos ? "" : text.substr(at + 5);
    return rest.substr(0, rest.find(' '));
  }

  /// ALL, and all but some.
  void everything(const Source& source, const std::string& action, const std::string& value,
                  const std::vector<Target>& but) {
    if (action == "JITTER") {
      draft_.shift_dates = true;
      draft_.max_days = std::max(draft_.max_days, std::abs(whole_number(value).value_or(0)));
      return say(source, kDifference, "every date moves, by a secret number of days that is each patient's own");
    }
    if (action == "KEEP") return say(source, kNotExpressed, "Table E.1-1 decides what nobody names");
    if ((action != "REMOVE" && action != "BLANK") || !value.empty()) {
      return say(source, kNotExpressed,
                 "attributes are not judged one by one by a function; other rules and Table E.1-1 decide");
    }
    everything_source_ = source;
    draft_.unlisted = action == "REMOVE" || draft_.unlisted == "remove" ? "remove" : "empty";
    const std::string why =
        "`unlisted` does it to what no rule and not Table E.1-1 names; the table decides what it names, and the "
        "description of the image, group 0028, stays";
    if (but.empty()) return say(source, kDifference, why);
    expanded_ += but.size();
    std::vector<Target> kept;
    std::ranges::copy_if(but, std::back_inserter(kept), [](const Target& each) { return !each.in_table; });
    if (kept.empty()) return say(source, kDifference, why);
    draft_.add({source, kept, {{{}, "keep", {}}}, {std::string(kDifference) + why}, true});
  }

  /// Without them no reader could show what is left; deid needs them too.
  void keep_images() {
    if (draft_.unlisted.empty()) return;
    draft_.add_kept_group({everything_source_,
                           ruled(harmless_of_group(kImageGroup)),
                           {},
                           {"group 0028, the description of the image"},
                           true});
  }

  /// LABEL and what belongs to it: rules about pixels.
  void filter(const Source& source, const std::vector<std::string_view>& lines, std::size_t& at) {
    std::vector<std::string> regions;
    while (at + 1 < lines.size()) {
      const std::string_view next = trimmed(lines[at + 1]);
      if (starts_with_word(next, "LABEL") || next.starts_with('%')) break;
      ++at;
      if (const auto region = region_of(next); !region.empty() && regions.size() < kMaxRegions)
        regions.push_back(region);
    }
    std::string why = "pixels are masked by routes; what is burned in is looked for by text detection";
    for (std::size_t each = 0; each < regions.size(); ++each) {
      why += (each == 0 ? ". As fixed_regions of a route: " : ", ") + regions[each];
    }
    say(source, kNotExpressed, why);
  }

  /// deid says corners, CTP's way says width and height.
  static std::string region_of(std::string_view line) {
    std::string_view rest = line;
    const std::string kind = lowered(take_word(rest));
    if (kind != "coordinates" && kind != "ctpcoordinates") return {};
    const auto parts = split(rest.substr(0, rest.find('#')), ',');
    std::vector<int> numbers;
    for (std::string_view part : parts) {
      if (const auto number = whole_number(part)) numbers.push_back(*number);
    }
    if (parts.size() != 4 || numbers.size() != 4) return {};
    if (kind == "coordinates") numbers[2] -= numbers[0], numbers[3] -= numbers[1];
    return "{x: " + std::to_string(numbers[0]) + ", y: " + std::to_string(numbers[1]) +
           ", w: " + std::to_string(numbers[2]) + ", h: " + std::to_string(numbers[3]) + "}";
  }

  static constexpr std::size_t kMaxRegions = 16;
  Draft draft_{Draft::Merge::StricterWins};
  std::map<std::string, std::vector<std::string>> groups_;
  std::string section_, section_name_;
  Source everything_source_;  ///< the statement that `unlisted` comes from
  std::size_t expanded_ = 0;
};

}  // namespace

Result<Draft> import_pydicom_deid(std::string_view text) { return DeidImport().run(text); }

}  // namespace veilgate::deidentify::importing
