#include "crosswalk/lookup_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/csv.h"
#include "base/files.h"
#include "base/limits.h"

namespace veilgate::crosswalk {
namespace {

constexpr std::size_t kMaxPseudonymChars = 64;  // Patient ID is LO
constexpr const char* kHeaderHint = "the first line must be patient_id,pseudonym or patient_id,issuer,pseudonym";

struct Columns {
  std::size_t count = 0;
  std::optional<std::size_t> patient_id, issuer, pseudonym;
};

std::optional<Columns> columns_of(const CsvRecord& header) {
  Columns columns;
  for (const auto& name : header.fields) {
    std::optional<std::size_t>* column = name == "patient_id"  ? &columns.patient_id
                                         : name == "issuer"    ? &columns.issuer
                                         : name == "pseudonym" ? &columns.pseudonym
                                                               : nullptr;
    if (column == nullptr || column->has_value()) return std::nullopt;
    *column = columns.count++;
  }
  if (!columns.patient_id || !columns.pseudonym) return std::nullopt;
  return columns;
}

}  // namespace

bool is_usable_pseudonym(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPseudonymChars && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

LookupList::Parsed LookupList::parse(std::string_view text, const std::string& file_name) {
  Parsed out;
  const auto problem = [&](int line, std::string message, std::string hint = {}) {
    if (out.problems.size() < limits::kMaxProblems) {
      out.problems.push_back({file_name, line, 1, std::move(message), std::move(hint)});
    }
  };
  const auto records = read_csv(text);
  if (!records) {
    problem(0, records.error().message);
    return out;
  }
  const auto columns = records->empty() ? std::nullopt : columns_of(records->front());
  if (!columns) {
    problem(1, "the list of pseudonyms has no usable header", kHeaderHint);
    return out;
  }
  LookupList& list = out.list;
  list.with_issuer_ = columns->issuer.has_value();
  std::map<std::string, int> pseudonyms;
  for (std::size_t i = 1; i < records->size(); ++i) {
    const auto& [line, fields] = (*records)[i];
    if (fields.size() != columns->count) {
      problem(line, "this line has another number of fields than the header");
      continue;
    }
    Row row{line, fields[*columns->patient_id], columns->issuer ? fields[*columns->issuer] : std::string(),
            fields[*columns->pseudonym]};
    if (row.patient_id.empty()) {
      problem(line, "there is no patient_id");
      continue;
    }
    if (!is_usable_pseudonym(row.pseudonym)) {
      problem(line, "the pseudonym cannot be a Patient ID", "1 to 64 letters, digits, '-', '_' and '.'");
      continue;
    }
    if (row.pseudonym == row.patient_id) problem(line, "the pseudonym is the patient_id itself");
    const auto [first, is_new] = list.by_id_.emplace(std::pair(row.patient_id, row.issuer), list.rows_.size());
    if (!is_new) {
      problem(line, "the same patient as on line " + std::to_string(list.rows_[first->second].line));
      continue;
    }
    if (const auto [taken, unique] = pseudonyms.emplace(row.pseudonym, line); !unique) {
      problem(line, "the same pseudonym as on line " + std::to_string(taken->second));
    }
    list.rows_.push_back(std::move(row));
  }
  return out;
}

LookupList::Parsed LookupList::load(const std::filesystem::path& file) {
  const auto unusable = [&](std::string message, std::string hint = {}) {
    return Parsed{{}, {{file.string(), 0, 0, std::move(message), std::move(hint)}}};
  };
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) {
    return unusable("the list of pseudonyms cannot be read: " + errno_text(errno));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable("the list of pseudonyms is open to others", "chmod 600 " + file.string());
  }
  const auto text = read_file(file, limits::kMaxLookupListBytes);
  if (!text) return unusable("the list of pseudonyms cannot be read: " + text.error().message);
  return parse(*text, file.string());
}

const LookupList::Row* LookupList::find_row(const std::string& patient_id, const std::string& issuer) const {
  const auto found = by_id_.find({patient_id, with_issuer_ ? issuer : std::string()});
  return found == by_id_.end() ? nullptr : &rows_[found->second];
}

std::optional<std::string> LookupList::find(const std::string& patient_id, const std::string& issuer) const {
  const Row* row = find_row(patient_id, issuer);
  return row == nullptr ? std::nullopt : std::optional(row->pseudonym);
}

}  // namespace veilgate::crosswalk
