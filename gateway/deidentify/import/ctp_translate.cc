#include <algorithm>
#include <utility>

#include "deidentify/import/conditions.h"
#include "deidentify/import/ctp_calls.h"
#include "deidentify/import/ctp_script.h"
#include "deidentify/import/import_limits.h"
#include "deidentify/import/mapping.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

using Clauses = std::vector<Clause>;

/// Stands for a pseudonym when a text's length is checked: three letters of prefix are usual.
constexpr std::string_view kSamplePseudonym = "VG-ABCDEFGHIJKLMNOP";

Clauses one(std::string action, std::string value = {}) { return {{{}, std::move(action), std::move(value)}}; }

bool is_parameter_name(std::string_view name) {
  constexpr std::size_t kMaxParameter = 40;
  if (name.empty() || name.size() > kMaxParameter || is_digits(name.substr(0, 1))) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// As profile_reader.cc takes it.
bool is_parameter_value(std::string_view text) {
  constexpr std::size_t kMaxValue = 64;
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F && c != '\\'; });
  return plain && !text.empty() && text.size() <= kMaxValue;
}

/// "(0010,0020)", "00100020", "0019[CREATOR]10", "0019,[CREATOR]10"
std::optional<Target> element_target(std::string_view name) {
  name = trimmed(name);
  const auto open = name.find('['), close = name.rfind(']');
  const bool creator = open != std::string_view::npos && open > 0 && close != std::string_view::npos && close > open;
  if (!creator || name[0] == '[') return target_named(name);
  std::string_view group = trimmed(name.substr(0, open));
  if (group.starts_with('(')) group.remove_prefix(1);
  if (group.ends_with(',')) group.remove_suffix(1);
  std::string_view element = name.substr(close + 1);
  if (element.ends_with(')')) element.remove_suffix(1);
  return private_target(group, name.substr(open + 1, close - open - 1), element);
}

class Translator {
 public:
  Translator(Target target, CtpParameters& parameters, Draft& draft)
      : target_(std::move(target)), parameters_(parameters), draft_(draft) {}

  /// Rules for one replacement, later ones winning.
  Clauses replacement(std::string_view text, int depth = 0) {
    const struct Depth {
      int& at;
      const int before;
      ~Depth() { at = before; }
    } restore{depth_, std::exchange(depth_, depth)};
    if (depth > import_limits::kMaxIfDepth) return cannot("conditions are nested too deep");
    auto parts = parse_ctp_replacement(trimmed(text));
    if (!parts) return cannot("a call in it does not end");
    const auto is_call = [](const CtpPart& part, std::string_view name) {
      return part.call && part.call->name == name;
    };
    if (std::erase_if(*parts, [&](const CtpPart& part) { return is_call(part, "always"); }) > 0) {
      differs("done only where the object has the attribute");
    }
    if (std::ranges::any_of(*parts, [&](const CtpPart& part) { return is_call(part, "remove"); })) return one("remove");
    if (parts->empty()) return one("empty");
    if (parts->size() == 1 && parts->front().call) return single(*parts->front().call, depth);
    return filled(*parts);
  }

  const std::vector<std::string>& differences() const { return differences_; }
  const std::vector<std::string>& missing() const { return missing_; }
  /// Whether nothing of the replacement could be said, not only a side of a condition.
  bool failed_whole() const { return failed_whole_; }

 private:
  Clauses cannot(std::string why) {
    if (depth_ == 0) failed_whole_ = true;
    if (std::ranges::find(missing_, why) == missing_.end()) missing_.push_back(std::move(why));
    return one("remove");
  }
  void differs(std::string why) {
    if (std::ranges::find(differences_, why) == differences_.end()) differences_.push_back(std::move(why));
  }

  static std::string argument(const CtpCall& call, std::size_t at) {
    return at < call.arguments.size() ? call.arguments[at] : std::string();
  }
  CtpParameters::Entry* parameter(std::string_view name) {
    if (!name.starts_with('@') && !name.starts_with('$')) return nullptr;
    const auto found = parameters_.entries.find(std::string(name.substr(1)));
    return found == parameters_.entries.end() ? nullptr : &found->second;
  }
  std::string resolved(const std::string& text) {
    const CtpParameters::Entry* found = parameter(text);
    return found == nullptr ? text : found->value;
  }
  bool is_this(std::string_view name) const {
    if (name == "this") return true;
    const auto named = target_named(name);
    return named && named->tag && named->tag == target_.tag;
  }
  static bool is_patient(std::string_view name, std::uint32_t tag) {
    const auto named = target_named(name);
    return named && named->is(tag);
  }
  bool is_patients_own() const { return target_.is(kPatientIdTag) || target_.is(kPatientNameTag); }
  bool about_patient(const std::string& name) const {
    if (is_patient(name, kPatientIdTag) || is_patient(name, kPatientNameTag)) return true;
    return name == "this" && is_patients_own();
  }

  Clauses single(const CtpCall& call, int depth) {
    const std::string& name = call.name;
    if (name == "keep" || name == "process") return keep(name == "keep");
    if (name == "empty") return one("empty");
    if (name == "blank") return blank(call);
    if (name == "require") return require();
    if (name == "if") return if_else(call, depth);
    if (name == "select") return select(call, depth);
    if (name == "hashuid") return hash_uid(call);
    if (name == "incrementdate" || name == "hashdate") return shift(call);
    if (name == "modifydate") return modify_date(call);
    if (name == "truncate") return truncate(call);
    if (name == "round") return round(call);
    if (name == "contents" || name == "value") return contents(call);
    if (name == "param") return filled({{{}, call}});
    if (is_hash(name)) return hashed(call);
    return cannot(reason(name));
  }

  static bool is_hash(std::string_view name) {
    return name == "hash" || name == "hashname" || name == "hashptid" || name == "integer" || name == "lookup" ||
           name == "encrypt" || name == "initials";
  }

  static std::string reason(const std::string& name) {
    if (name == "quarantine" || name == "skip") {
      return "a profile does not hold objects back; let a route send them to a reviewer or nowhere";
    }
    if (name == "date" || name == "time") return "outputs do not depend on when they are made";
    if (name == "dateinterval") return "intervals to a date from a list are not reckoned";
    if (name == "append") return "values are not appended";
    if (name == "decrypt") return "nothing is decrypted; see the crosswalk";
    if (name == "lowercase" || name == "uppercase" || name == "pathelement") return "received values are not edited";
    if (name == "call") return "there are no plug-ins";
    return "CTP has no function of this name";
  }

  Clauses keep(bool whole) {
    if (whole && target_.vr == "SQ") differs("the sequence is kept and its items are cleaned one by one");
    return one("keep");
  }

  Clauses blank(const CtpCall& call) {
    if (whole_number(resolved(argument(call, 0))).value_or(1) != 0) differs("empty, without blanks");
    return one("empty");
  }

  Clauses require() {
    differs("kept, and not added where the object lacks it");
    return one("keep");
  }

  Clauses contents(const CtpCall& call) {
    if (!is_this(argument(call, 0))) return cannot("values are not copied between attributes");
    if (call.name == "contents" && call.arguments.size() > 1) return cannot("received values are not edited");
    if (call.arguments.size() > 1) differs("no default where the value is empty");
    return keep(true);
  }

  Clauses hash_uid(const CtpCall& call) {
    if (CtpParameters::Entry* root = parameter(argument(call, 0))) root->is_uid_root = true;
    if (!is_this(argument(call, 1))) return cannot("a UID is made from the attribute's own value only");
    if (call.arguments.size() > 2) differs("made from the UID alone");
    if (target_.vr == "UI") return one("uid");
    return hashed(call);
  }

  /// Hashes, numbers, lists: a pseudonym for the patient, a keyed hash for the rest.
  Clauses hashed(const CtpCall& call) {
    const std::string what = call.name == "hashptid" || call.name == "hashuid" ? argument(call, 1) : argument(call, 0);
    const bool list = call.name == "lookup" || call.name == "integer";
    if (about_patient(what) && holds_pseudonym(target_) && (is_patients_own() || !list || is_patient_list(call))) {
      differs("the project's pseudonym of the patient" +
              std::string(list ? "; it can come from an imported list" : ", by the project's key"));
      return one("pseudonym");
    }
    if (call.name == "lookup") return cannot("lists replace patients only");
    if (call.name == "initials") return cannot("initials tell who it is");
    if (!is_this(what)) return cannot("a hash is made from the attribute's own value only");
    const Clause hidden = hiding(target_);
    if (hidden.action == "remove") return cannot("a hash does not fit the attribute");
    differs(hidden.action == "uid" ? "a UID by the project's key" : hash_text(call));
    return {hidden};
  }

  static bool is_patient_list(const CtpCall& call) { return lowered(argument(call, 1)).starts_with("ptid"); }

  std::string hash_text(const CtpCall& call) {
    std::string out = "16 characters of a keyed hash";
    const auto length = whole_number(resolved(argument(call, 1)));
    if (call.name == "hash" && length) out += ", not " + std::to_string(*length) + " digits of MD5";
    if (call.name == "encrypt") out += "; nothing decrypts it";
    return out;
  }

  Clauses shift(const CtpCall& call) {
    if (!is_this(argument(call, 0))) return cannot("values are not copied between attributes");
    if (!holds_date(target_.vr)) return cannot("the attribute holds no date");
    draft_.shift_dates = true;
    if (call.name == "hashdate") {
      differs("moved by a secret number of days per patient, by the project's key");
    } else if (CtpParameters::Entry* days = parameter(argument(call, 1))) {
      days->counts_days = true;
    } else {
      const auto days_said = whole_number(argument(call, 1));
      draft_.max_days = std::max(draft_.max_days, std::abs(days_said.value_or(0)));
      differs("moved by a secret number of days per patient, not by one number for all");
    }
    return one("shift_date");
  }

  Clauses modify_date(const CtpCall& call) {
    if (!is_this(argument(call, 0)) || call.arguments.size() < 4)
      return cannot("values are not copied between attributes");
    if (!holds_date(target_.vr)) return cannot("the attribute holds no date");
    const auto year = whole_number(resolved(call.arguments[1])), month = whole_number(resolved(call.arguments[2])),
               day = whole_number(resolved(call.arguments[3]));
    if (year && month && day) {
      const auto digits = [](int number, std::size_t wanted) {
        const std::string text = std::to_string(number);
        return text.size() < wanted ? std::string(wanted - text.size(), '0') + text : text;
      };
      const std::string date = digits(*year, 4) + digits(*month, 2) + digits(*day, 2);
      return fits_vr(date, "DA") ? one("replace", date) : cannot("this is no date");
    }
    if (year) return cannot("only the year, or year and month, of a date can be kept");
    if (!day) return month ? cannot("only the year, or year and month, of a date can be kept") : keep(true);
    if (*day != 1 || (month && *month != 1)) differs("the first day of the year or month kept");
    if (target_.vr == "DT") differs("the time of day goes as well");
    return one("truncate_date", month ? "year" : "month");
  }

  Clauses truncate(const CtpCall& call) {
    const auto length = whole_number(argument(call, 1));
    if (!is_this(argument(call, 0)) || !length) return cannot("received values are not edited");
    if (*length == 0) return one("empty");
    if (!holds_date(target_.vr) || (*length != 4 && *length != 6)) return cannot("received values are not edited");
    if (target_.vr == "DA") differs("the rest of the date becomes 01, so that it stays a date");
    return one("truncate_date", *length == 4 ? "year" : "month");
  }

  Clauses round(const CtpCall& call) {
    const auto width = whole_number(resolved(argument(call, 1)));
    if (!is_this(argument(call, 0)) || target_.vr != "AS" || !width || (*width != 5 && *width != 10)) {
      return cannot("only ages are rounded, to 5 or 10 years");
    }
    differs("rounded down, and everyone over 89 is 90");
    return one("generalize", "age_bands_" + std::to_string(*width));
  }

  /// Literal text with parameters and the pseudonym in it.
  Clauses filled(const std::vector<CtpPart>& parts) {
    if (target_.is_private) return cannot("private attributes are kept or removed, not written");
    std::string value, sample;
    std::vector<std::string> used;
    for (const CtpPart& part : parts) {
      if (!part.call) {
        if (part.literal.find_first_of("{}") != std::string::npos) return cannot("a text cannot hold { or }");
        value += part.literal;
        sample += part.literal;
      } else if (part.call->name == "param") {
        const std::string name = argument(*part.call, 0);
        const CtpParameters::Entry* found = parameter(name);
        if (found == nullptr) return cannot("the script does not say what " + name + " is");
        if (is_parameter_name(name.substr(1)) && is_parameter_value(found->value)) {
          used.push_back(name.substr(1));
          value += "{param:" + used.back() + "}";
        } else if (found->value.find_first_of("{}") == std::string::npos) {
          value += found->value;  // a parameter cannot hold it, a text can
        } else {
          return cannot("a text cannot hold { or }");
        }
        sample += found->value;
      } else if (names_patient(*part.call)) {
        differs("the project's pseudonym of the patient, by the project's key");
        value += "{pseudonym}";
        sample += kSamplePseudonym;
      } else {
        return cannot(is_hash(part.call->name) || known(part.call->name)
                          ? "a text can hold parameters and the pseudonym only"
                          : reason(part.call->name));
      }
    }
    value = trimmed(value);
    if (value.size() > import_limits::kMaxReplacement || !fits_vr(trimmed(sample), target_.vr)) {
      return cannot(target_.vr.empty() ? "nobody knows what values the attribute has"
                                       : "the text is too long or no value of VR " + target_.vr);
    }
    for (const std::string& name : used) draft_.parameters[name] = parameters_.entries.at(name).value;
    return value.empty() ? one("empty") : one("replace", value);
  }

  bool names_patient(const CtpCall& call) const {
    if (!is_hash(call.name) || call.name == "initials") return false;
    const std::string what = argument(call, call.name == "hashptid" ? 1 : 0);
    if (call.name == "lookup" && !is_patients_own() && !is_patient_list(call)) return false;
    return about_patient(what);
  }

  static bool known(std::string_view name) {
    for (std::string_view each : {"keep", "process", "empty", "blank", "require", "if", "select", "hashuid", "hashdate",
                                  "incrementdate", "modifydate", "truncate", "round", "contents", "value"}) {
      if (each == name) return true;
    }
    return false;
  }

  Clauses if_else(const CtpCall& call, int depth) {
    const std::vector<std::string> said_before = differences_;
    const Clauses yes = replacement(call.clauses.empty() ? "" : call.clauses[0], depth + 1);
    const Clauses no = replacement(call.clauses.size() < 2 ? "" : call.clauses[1], depth + 1);
    if (yes == no) return yes;
    const Asked asked = condition_of(call, target_, [this](const std::string& text) { return resolved(text); });
    if (asked.condition) {
      const auto both = asked.holds_for_second ? either(yes, no, *asked.condition) : either(no, yes, *asked.condition);
      if (both) return *both;
    }
    return stricter(
        yes, no, said_before,
        (asked.condition ? "conditions ask once for an attribute" : asked.why) + "; the stricter side is done always");
  }

  /// Rules hold at any depth, so the root and the items of sequences cannot be told apart.
  Clauses select(const CtpCall& call, int depth) {
    const std::vector<std::string> said_before = differences_;
    const Clauses root = replacement(call.clauses.empty() ? "" : call.clauses[0], depth + 1);
    const Clauses items = replacement(call.clauses.size() < 2 ? "" : call.clauses[1], depth + 1);
    if (root == items) return root;
    return stricter(root, items, said_before, "a rule holds in sequences too; the stricter side is done at any depth");
  }

  /// What was said about the sides is dropped where nothing of them is left to differ.
  Clauses stricter(const Clauses& first, const Clauses& second, const std::vector<std::string>& said_before,
                   std::string why) {
    Clauses out = strictest(first, second);
    if (out[0].action == "remove" || out[0].action == "empty") differences_ = said_before;
    differs(std::move(why));
    return out;
  }

  Target target_;
  CtpParameters& parameters_;
  Draft& draft_;
  std::vector<std::string> differences_, missing_;
  int depth_ = 0;
  bool failed_whole_ = false;
};

/// Whether a value of private attributes is only kept, emptied or removed.
bool suits_private(const Clauses& clauses) {
  return std::ranges::all_of(clauses, [](const Clause& each) {
    return each.action == "keep" || each.action == "remove" || each.action == "empty";
  });
}

std::string joined(std::string_view kind, const std::vector<std::string>& texts) {
  std::string out(kind);
  for (std::size_t at = 0; at < texts.size(); ++at) out += (at == 0 ? "" : "; ") + texts[at];
  return out;
}

}  // namespace

void translate_ctp_element(const CtpStatement& statement, CtpParameters& parameters, Draft& draft) {
  const auto say = [&](std::string_view kind, const std::string& why) {
    draft.add({statement.source, {}, {}, {std::string(kind) + why}});
  };
  const auto target = element_target(statement.name);
  if (!target) {
    return say(kNotExpressed,
               "this is no standard attribute, nor a private one with its creator; private attributes go");
  }
  const std::string_view text = trimmed(statement.text);
  if (const std::string elsewhere = decided_elsewhere(*target); !elsewhere.empty()) {
    const bool written_anew =
        *target->tag >> 16 == 0x0012 || *target->tag >> 16 == 0x0028 || *target->tag == 0x00080005;
    if (text != "@keep()" || written_anew) say(kDifference, elsewhere);
    return;
  }
  Translator translator(*target, parameters, draft);
  Clauses clauses = translator.replacement(text);
  std::vector<std::string> missing = translator.missing();
  if (target->is_private && !suits_private(clauses)) {
    missing.emplace_back("private attributes are kept or removed, not written");
    clauses = one("remove");
  }
  Draft::Entry entry{statement.source, {*target}, clauses, {}};
  if (!missing.empty()) {
    const bool alone = clauses.size() == 1 && clauses[0] == one("remove")[0];
    if (translator.failed_whole() && target->in_table) entry.targets.clear(), entry.clauses.clear();
    entry.remarks.push_back(joined(kNotExpressed, missing) + (entry.targets.empty() ? "; Table E.1-1 decides instead"
                                                              : alone               ? "; removed instead"
                                                                      : "; removed where it would apply"));
  }
  if (!translator.differences().empty()) entry.remarks.push_back(joined(kDifference, translator.differences()));
  draft.add(std::move(entry));
}

}  // namespace veilgate::deidentify::importing
