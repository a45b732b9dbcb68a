#pragma once
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/phi.h"
#include "detect/known_date.h"

namespace veilgate::detect {

/// A value that the received object has of its patient or of others.
struct KnownValue {
  enum class Kind { Name, Date, Other };
  Phi<std::string> text;  ///< UTF-8, as DICOM writes it: "Meier^Ruth", "19670312", "4711-88"
  Kind kind = Kind::Other;
};

/// Finds an object's own identifiers in recognised text, as labels write them and as recognition misreads them: names
/// in any order, dates in usual notations or two parts of one, numbers without or with other separators, one or two
/// characters wrong, parts of them from four characters on.
class KnownText {
 public:
  KnownText() = default;
  explicit KnownText(std::span<const KnownValue> values);
  bool matches(const Phi<std::string>& read) const;

 private:
  using Words = std::vector<std::u32string>;

  void add_name(const std::string& text);
  void add_date(const std::string& text);
  void add_other(const std::string& text);
  void add(std::u32string word);
  bool matches_part(const Words& words) const;
  bool matches_date(const std::string& read) const;

  std::vector<std::u32string> long_;      ///< stand anywhere
  std::vector<std::u32string> short_;     ///< whole words only
  std::vector<std::u32string> initials_;  ///< the whole line only
  std::vector<KnownDate> dates_;
  std::vector<std::u32string> written_dates_;  ///< eight digits, three orders
};

}  // namespace veilgate::detect
