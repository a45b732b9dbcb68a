#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/phi.h"

/// Free text cleaned as PS3.15 E.3.6 (Clean Descriptors Option) asks: what tells who somebody is goes, what tells what
/// is wrong with them stays.
namespace veilgate::deidentify {

enum class TextKind { PatientName, PersonName, Identifier, Date, Telephone, Email, Url, Address, RecordNumber, Place };
/// "patient_name", "person_name", "identifier", ...
std::string_view name_of(TextKind kind);

/// What the object itself says about people and places; all UTF-8. Searched for in every text, in any notation.
struct KnownPeople {
  std::vector<Phi<std::string>> patient_names;  ///< PN values (component groups =, components ^), or plain
  std::vector<Phi<std::string>> other_names;    ///< physicians, operators, ...: PN values
  std::vector<Phi<std::string>> identifiers;    ///< Patient IDs, other IDs, accession numbers, ...
  std::vector<Phi<std::string>> birth_dates;    ///< DA; in text always replaced, never shifted
  std::vector<Phi<std::string>> dates = {};     ///< DA or DT of the object: only these are dates in six digits
  std::vector<Phi<std::string>> places;         ///< institutions, addresses, telephone numbers: whole and in parts
};

/// What becomes of dates other than birth dates. Shift replaces a date whose order is not certain or that is not whole.
enum class TextDates { Replace, Shift, Keep };

namespace text {
struct Known;
}

/// Replaces what identifies by short ASCII marks: [name] [id] [date] [phone] [email] [url] [address] [place]
/// [age over 89]. Deterministic; one object may serve many threads. With Replace and Keep, cleaning twice changes no
/// more than cleaning once. Never throws on invalid UTF-8: stray bytes are read as Latin-1, the rest as it is.
class TextCleaner {
 public:
  /// Longer text becomes one "[text]", of kind Identifier; so does text that does not come to rest.
  static constexpr std::size_t kMaxTextBytes = 2u << 20;

  TextCleaner(const KnownPeople& people, TextDates dates, int offset_days);
  /// Knows the same people, treats dates otherwise.
  TextCleaner(const TextCleaner& other, TextDates dates) : known_(other.known_), dates_(dates), offset_days_(0) {}

  /// Bytes of the input; ascending, never overlapping. An age over 89 counts as Date. A text with control characters,
  /// which are left out, counts as replaced whole.
  struct Replacement {
    std::size_t offset, length;
    TextKind kind;
  };
  struct Cleaned {
    std::string text;
    std::vector<Replacement> replaced;
  };
  Cleaned clean(std::string_view utf8) const;

 private:
  std::shared_ptr<const text::Known> known_;
  TextDates dates_;
  int offset_days_;
};

}  // namespace veilgate::deidentify
