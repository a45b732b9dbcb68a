#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/problem.h"

namespace veilgate::crosswalk {

/// Pseudonyms that someone else has given: a CSV with the header patient_id[,issuer],pseudonym. With an issuer column
/// an ID counts only together with its issuer (empty: the object names none); without one whoever issued it.
class LookupList {
 public:
  struct Row {
    int line = 0;
    std::string patient_id, issuer, pseudonym;
  };
  /// Mistakes are told by line, never by value.
  struct Parsed;
  static Parsed parse(std::string_view text, const std::string& file_name);
  /// Also when the file is missing, too large, or open to others: it names patients.
  static Parsed load(const std::filesystem::path& file);

  std::optional<std::string> find(const std::string& patient_id, const std::string& issuer) const;
  const Row* find_row(const std::string& patient_id, const std::string& issuer) const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  bool with_issuer_ = false;
  std::vector<Row> rows_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_id_;
};

struct LookupList::Parsed {
  LookupList list;
  std::vector<config::Problem> problems;
};

/// Whether a text can stand as Patient ID and as name of the output (LO, PN) everywhere.
bool is_usable_pseudonym(std::string_view text);

}  // namespace veilgate::crosswalk
