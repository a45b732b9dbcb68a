#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/limits.h"
#include "deidentify/dates.h"
#include "deidentify/identity.h"
#include "deidentify/text/text_cleaner.h"
#include "deidentify/transform.h"
#include "deidentify/values.h"
#include "dicom/charset.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016}, kCharacterSet{0x0008, 0x0005};
constexpr dicom::Tag kPatientName{0x0010, 0x0010}, kPatientId{0x0010, 0x0020}, kBirthDate{0x0010, 0x0030};
constexpr std::size_t kMaxLength = 64;  ///< longer text is prose: its words are not identifiers, its whole is not found
constexpr std::size_t kMaxStrongLength = 1024;  ///< names in three scripts, long numbers
constexpr std::size_t kMinLength = 4, kMinNameLength = 3;
constexpr std::size_t kMaxValues = 20'000;  ///< of one object; real ones have under a thousand

/// Words that name a kind of picture or nothing at all. A description that consists of one of them does not tell who
/// the patient is, and they stand in kept attributes, colour profiles and our own statements.
constexpr std::array<std::string_view, 72> kCommonWords = {
    "ABDOMEN",     "ADULT",    "ANKLE",         "ANON",       "ANONYMIZED", "ANONYMOUS",  "ARM",     "BACK",
    "BODY",        "BREAST",   "CAMERA",        "CHEEK",      "CHEST",      "CLINICAL",   "COLOR",   "COLOUR",
    "DCM",         "DERM",     "DERMATOLOGY",   "DERMOSCOPY", "DICOM",      "EAR",        "ELBOW",   "EXAM",
    "EXTREMITY",   "EYE",      "FACE",          "FEMALE",     "FINGER",     "FOLLOW-UP",  "FOOT",    "FOREARM",
    "FUNDUS",      "HAND",     "HEAD",          "HIP",        "HOSPITAL",   "IMAGE",      "JPEG",    "KNEE",
    "LEFT",        "LEG",      "LESION",        "MACRO",      "MALE",       "MICROSCOPY", "MOUTH",   "NECK",
    "NONE",        "NOSE",     "OPHTHALMOLOGY", "ORIGINAL",   "OTHER",      "OVERVIEW",   "PATIENT", "PHOTO",
    "PHOTOGRAPHY", "PRIMARY",  "RGB",           "RIGHT",      "SCALP",      "SECONDARY",  "SERIES",  "SHOULDER",
    "SKIN",        "STANDARD", "STUDY",         "TEST",       "TRUNK",      "UNKNOWN",    "WOUND",   "WRIST",
};

/// Kept attributes with the words of devices and codes, where a removed description's word may well stand again.
constexpr std::array<dicom::Tag, 7> kSafeText = {{{0x0008, 0x0070},
                                                  {0x0008, 0x0100},
                                                  {0x0008, 0x0102},
                                                  {0x0008, 0x0104},
                                                  {0x0008, 0x1090},
                                                  {0x0018, 0x1020},
                                                  {0x0018, 0x1019}}};

/// Values that name or number somebody; a word of theirs is delivered even where a kept attribute has it too.
bool is_strong(dicom::Tag tag, std::string_view vr) {
  if (vr == "PN" || vr == "UI" || vr == "DA" || vr == "DT") return true;
  return tag.group == 0x0010 || tag == dicom::Tag{0x0008, 0x0050} || tag == dicom::Tag{0x0020, 0x0010};
}

/// Dates of taking the picture: a newborn's birth date may rightly stand there.
constexpr std::array<dicom::Tag, 6> kTaken = {
    {{0x0008, 0x0012}, {0x0008, 0x0020}, {0x0008, 0x0021}, {0x0008, 0x0022}, {0x0008, 0x0023}, {0x0008, 0x002A}}};
constexpr int kNewbornDays = 31;
constexpr std::size_t kDayLength = 8;  ///< YYYYMMDD

/// What nothing that is kept can excuse: the patient's numbers and the order's. The birth date: see is_newborns().
bool is_the_patients(dicom::Tag tag) {
  return tag == dicom::Tag{0x0010, 0x0020} || tag == dicom::Tag{0x0010, 0x1000} || tag == dicom::Tag{0x0008, 0x0050};
}

bool says_nothing(const std::string& text) {
  const std::string word = upper(text);
  if (std::ranges::binary_search(kCommonWords, word)) return true;
  return std::ranges::all_of(word, [&](char c) { return c == word.front(); });  // "0000", "----"
}

/// What our own actions and stamps write; finding it in the output says nothing.
constexpr std::string_view kOwnWords =
    "19000101\n19000101000000\nANONYMIZED\n000000\nMODIFIED\nUNMODIFIED\nREMOVED\nBASIC APPLICATION CONFIDENTIALITY "
    "PROFILE\n"
    "CLEAN PIXEL DATA OPTION\nCLEAN RECOGNIZABLE VISUAL FEATURES OPTION\n";

/// Whole words only: "Lea" is a name although "CLEAN" holds it.
bool is_own_word(const std::string& upper_text) {
  const auto inside = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  for (auto at = kOwnWords.find(upper_text); at != std::string_view::npos; at = kOwnWords.find(upper_text, at + 1)) {
    const auto end = at + upper_text.size();
    if ((at == 0 || !inside(kOwnWords[at - 1])) && (end == kOwnWords.size() || !inside(kOwnWords[end]))) return true;
  }
  return false;
}

/// "360.000000", "-1": a measurement that lost its VR.
bool is_decimal(std::string_view text) {
  const bool number = text.find_first_not_of("0123456789.+-eE ") == std::string_view::npos;
  return number && (text.find('.') != std::string_view::npos || text.front() == '-' || text.front() == '+');
}

struct Candidate {
  std::string text;
  dicom::Tag tag;
  bool strong;
  bool is_date;
  bool is_name;
};

class Collector {
 public:
  Collector(const Ruleset& rules, Place place, const Context& context)
      : rules_(rules), place_(std::move(place)), context_(context) {}

  void item(const dicom::Item& item, std::vector<std::string> charset) {
    if (place_.depth() > limits::kMaxSequenceDepth) return;
    if (item.contains(kCharacterSet)) charset = dicom::split_character_sets(item.text(kCharacterSet).reveal());
    for (const dicom::Element& element : item.elements()) {
      place_.item = &item;
      const Decision decision = rules_.decide(element, place_);
      if (decision.action == &kStamped) continue;  // words of the standard, which our stamp says again
      if (element.is_sequence()) {
        items(element, charset, decision.action->descends(element));
      } else if (decision.action == &kGeneralize) {
        note_removed(element, decision.vr, charset);
      } else if (decision.action->keeps_value || keeps_time(decision)) {
        note_kept(element, decision, charset);
      } else {
        note_removed(element, decision.vr, charset);
        if (decision.action == &kShiftDate) note_shifted(element);
        if (decision.action == &kTruncateDate) note_truncated(element, decision);
      }
    }
  }

  /// What earlier objects told of the patient: a name that changed since is no less theirs.
  void known(const KnownPeople& people) {
    for (const auto& name : people.patient_names) note(trimmed(name.reveal()), kPatientName, "PN");
    for (const auto& id : people.identifiers) note(trimmed(id.reveal()), kPatientId, "LO");
    for (const auto& date : people.birth_dates) note(trimmed(date.reveal()), kBirthDate, "DA");
  }

  Identifiers take() {
    Identifiers out;
    out.complete = complete_;
    std::set<std::string> seen;
    for (Candidate& candidate : removed_) {
      if (!candidate.strong && stands_rightly(candidate)) continue;
      if (is_own_word(upper(candidate.text))) continue;
      if (candidate.tag == kBirthDate) {
        if (stands_as_moved(candidate.text) || is_newborns(candidate.text)) continue;
      } else if (!is_the_patients(candidate.tag)) {
        if (candidate.is_date && stands_as_date(candidate.text)) continue;
        if (!candidate.is_name && stands_by_option(candidate)) continue;
      }
      if (!seen.insert(candidate.text).second) continue;
      out.values.push_back({Phi(std::move(candidate.text)), candidate.tag});
    }
    return out;
  }

 private:
  static bool keeps_time(const Decision& decision) {
    return decision.action == &kShiftDate && (decision.vr == "TM" || decision.vr == "SH");
  }

  void note_shifted(const dicom::Element& element) {
    for (const std::string& value : split_values(element.raw_text().reveal())) {
      if (const auto day = day_number(value)) shifted_days_.insert(*day);
    }
  }

  void note_truncated(const dicom::Element& element, const Decision& decision) {
    if (const auto text = truncated_date(element.raw_text().reveal(), decision.vr, decision.value)) {
      for (std::string& value : split_values(*text)) truncated_.insert(std::move(value));
    }
  }

  /// Devices repeat their settings in private attributes; what a standard attribute says in the same words is no
  /// secret.
  bool stands_rightly(const Candidate& candidate) const {
    const std::string word = upper(candidate.text);
    return kept_.find(word) != std::string::npos || (candidate.tag.is_private() && kept_values_.contains(word));
  }

  /// An option keeps devices or institutions: the same words elsewhere are no secret.
  bool stands_by_option(const Candidate& candidate) const {
    const std::string word = upper(candidate.text);
    return candidate.strong ? option_values_.contains(word) : kept_by_option_.find(word) != std::string::npos;
  }

  bool stands_as_date(const std::string& value) const { return kept_dates_.contains(value) || stands_as_moved(value); }

  /// What another date became says nothing of this one.
  bool stands_as_moved(const std::string& value) const {
    if (truncated_.contains(value)) return true;
    const auto day = day_number(value);
    if (!day) return false;
    return shifted_days_.contains(*day - context_.date_offset_days);
  }

  /// Dates of the picture that a date policy keeps tell a newborn's birth date and nothing else may: no private
  /// attribute, no other date, number or text.
  bool is_newborns(const std::string& value) const {
    const auto birth = day_number(value);
    if (!birth || !taken_days_.contains(*birth) || kept_elsewhere_.find(value) != std::string::npos) return false;
    return *taken_days_.rbegin() - *birth <= kNewbornDays && !elsewhere_days_.contains(*birth);
  }

  /// Where kept dates stand, for is_newborns().
  void note_place(const dicom::Element& element, const Decision& decision, const std::string& text) {
    const bool date = decision.vr == "DA" || decision.vr == "DT";
    const auto how = decision.source.kind;
    const bool by_policy =
        (how == Source::Kind::Table && decision.source.option != nullptr) ||
        (how == Source::Kind::Rule && decision.source.rule->target.pattern.exact() && decision.action == &kKeep);
    const bool taken = date && by_policy && std::ranges::find(kTaken, element.tag()) != kTaken.end();
    for (const std::string& value : split_values(text)) {
      if (const auto day = day_number(value)) (taken ? taken_days_ : elsewhere_days_).insert(*day);
    }
    const bool uid = decision.vr == "UI";  // often made of the day
    if (!taken && !uid) kept_elsewhere_.append(text).push_back('\n');
  }

  void items(const dicom::Element& sequence, const std::vector<std::string>& charset, bool stays) {
    place_.above.push_back(sequence.tag());
    removed_depth_ += stays ? 0 : 1;
    for (const dicom::Item& inner : sequence.items()) {
      if (removed_depth_ > 0) {
        all(inner, charset);
      } else {
        item(inner, charset);
      }
    }
    removed_depth_ -= stays ? 0 : 1;
    place_.above.pop_back();
  }

  /// Everything below a removed sequence goes, whatever the rules say of it. Codes and their like are no identifiers.
  void all(const dicom::Item& item, std::vector<std::string> charset) {
    if (place_.depth() > limits::kMaxSequenceDepth) return;
    if (item.contains(kCharacterSet)) charset = dicom::split_character_sets(item.text(kCharacterSet).reveal());
    for (const dicom::Element& element : item.elements()) {
      if (element.is_sequence()) {
        items(element, charset, false);
        continue;
      }
      place_.item = &item;
      const Decision decision = rules_.decide(element, place_);
      if (decision.action != &kKeep) note_removed(element, decision.vr, charset);
    }
  }

  void note_kept(const dicom::Element& element, const Decision& decision, const std::vector<std::string>& charset) {
    const std::string vr = element.vr();
    std::string text = decoded(element.raw_text().reveal(), vr, charset);
    // What stands in the output is the cleaned text; what was taken out of it must not excuse anything.
    if (decision.action == &kCleanText && context_.cleaner != nullptr) text = context_.cleaner->clean(text).text;
    text = upper(text);
    note_place(element, decision, text);
    const bool date = decision.vr == "DA" || decision.vr == "DT";
    for (const std::string& value : split_values(text)) {
      kept_values_.insert(value);
      if (!date) continue;
      kept_dates_.insert(value);
      kept_dates_.insert(value.substr(0, kDayLength));  // of a DT
    }
    const Column* option = decision.source.option;
    if (option != nullptr && (*option == Column::Device || *option == Column::Institution)) {
      kept_by_option_.append(text).push_back('\n');
      for (std::string& value : split_values(text)) option_values_.insert(std::move(value));
    }
    const bool safe = vr == "CS" || vr == "UI" || std::ranges::find(kSafeText, element.tag()) != kSafeText.end();
    if (!safe) return;
    kept_.append(text).push_back('\n');
  }

  void note_removed(const dicom::Element& element, std::string_view known_vr, const std::vector<std::string>& charset) {
    const std::string vr = element.vr() == "UN" ? std::string(known_vr) : element.vr();
    // Words of the standard, wherever a sender encoded them differently.
    if (known_vr == "CS") return;
    if (vr == "TM" || vr == "AS" || vr == "DS" || vr == "IS" || freedom_of(vr) == 0) return;
    std::string raw = element.raw_text().reveal();
    if (raw.empty() && freedom_of(vr) == 4) raw = printable(element);
    const std::string text = decoded(raw, vr, charset);
    const bool one_value = vr == "LT" || vr == "ST" || vr == "UT" || vr == "UR";
    for (const std::string& value : one_value ? std::vector{trimmed(text)} : split_values(text)) {
      note(value, element.tag(), vr);
    }
  }

  void note(const std::string& value, dicom::Tag tag, std::string_view vr) {
    const std::size_t shortest = vr == "PN" ? kMinNameLength : kMinLength;
    const std::size_t longest = is_strong(tag, vr) ? kMaxStrongLength : kMaxLength;
    if (value.size() < shortest || value.size() > longest || !noted_.insert(value + tag.str()).second) return;
    if (removed_.size() >= kMaxValues) {
      complete_ = false;
      return;
    }
    if (vr == "UI" && is_standard_uid(value)) return;
    if (vr != "PN" && says_nothing(value)) return;
    if (!is_strong(tag, vr) && is_decimal(value)) return;
    removed_.push_back({value, tag, is_strong(tag, vr), vr == "DA" || vr == "DT", vr == "PN"});
  }

  /// Private bytes of unknown VR are often plain text.
  static std::string printable(const dicom::Element& element) {
    if (element.is_pixel_data() || element.length() > kMaxLength) return {};
    const std::string text = trimmed(element.bytes().reveal());
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c != 0x7F; });
    return plain ? text : std::string();
  }

  static std::string decoded(const std::string& raw, std::string_view vr, const std::vector<std::string>& charset) {
    const auto text = dicom::to_utf8(raw, charset, vr);
    return text ? text->text : raw;
  }

  const Ruleset& rules_;
  Place place_;
  const Context& context_;
  std::set<int> shifted_days_;
  int removed_depth_ = 0;
  std::string kept_{kOwnWords};          ///< safe kept text, in which a weak value may stand as a part
  std::set<std::string> kept_values_;    ///< every kept value
  std::set<std::string> kept_dates_;     ///< of attributes that hold dates
  std::set<int> taken_days_;             ///< of dates of the picture that the date policy keeps
  std::set<int> elsewhere_days_;         ///< of every other kept value
  std::string kept_elsewhere_;           ///< all of those values
  std::set<std::string> truncated_;      ///< dates as they are written
  std::set<std::string> option_values_;  ///< every value of them
  std::string kept_by_option_;           ///< devices and institutions that an option keeps
  std::vector<Candidate> removed_;
  std::set<std::string> noted_;  ///< values with their tags
  bool complete_ = true;
};

}  // namespace

Identifiers collect_identifiers(const Ruleset& rules, const Conditions& conditions, const Context& context,
                                const dicom::Item& dataset, const KnownPeople* known) {
  Collector collector(rules, {dataset.text(kSopClass).reveal(), conditions}, context);
  collector.item(dataset, {});
  if (known != nullptr) collector.known(*known);
  return collector.take();
}

}  // namespace veilgate::deidentify
