#include "deidentify/annex_e.h"

#include <algorithm>

#include "deidentify/embedded.h"
#include "deidentify/tsv.h"

namespace veilgate::deidentify {
namespace {

constexpr std::size_t kFirstCodeColumn = 3;

std::string unless_dash(std::string_view text) { return text == "-" ? std::string() : std::string(text); }

}  // namespace

Code code_from(std::string_view text) {
  static const std::unordered_map<std::string_view, Code> kCodes = {
      {"X", Code::X},    {"Z", Code::Z},       {"D", Code::D},        {"U", Code::U},
      {"K", Code::K},    {"C", Code::C},       {"X/Z", Code::XZ},     {"X/D", Code::XD},
      {"Z/D", Code::ZD}, {"X/Z/D", Code::XZD}, {"X/Z/U*", Code::XZU},
  };
  const auto found = kCodes.find(text);
  return found == kCodes.end() ? Code::None : found->second;
}

AnnexE::AnnexE() {
  const auto lines = read_tsv(embedded("annex-e.tsv"));
  for (std::size_t line = 1; line < lines.size(); ++line) {
    const auto& fields = lines[line];
    const auto pattern = TagPattern::parse(fields[0]);
    if (!pattern || fields.size() != kFirstCodeColumn + kColumns) continue;  // a test counts the rows
    AnnexRow row{*pattern, unless_dash(fields[1]), unless_dash(fields[2]), {}};
    for (std::size_t column = 0; column < kColumns; ++column) {
      row.codes[column] = code_from(fields[kFirstCodeColumn + column]);
    }
    if (pattern->exact()) {
      exact_[pattern->value] = rows_.size();
    } else {
      wildcards_.push_back(rows_.size());
    }
    rows_.push_back(std::move(row));
  }
}

const AnnexE& AnnexE::instance() {
  static const AnnexE table;
  return table;
}

const AnnexRow* AnnexE::find(dicom::Tag tag) const {
  if (const auto found = exact_.find(packed(tag)); found != exact_.end()) return &rows_[found->second];
  for (std::size_t row : wildcards_) {
    if (rows_[row].pattern.matches(tag)) return &rows_[row];
  }
  return nullptr;
}

const AnnexRow* AnnexE::find(std::string_view keyword) const {
  const auto found = std::ranges::find(rows_, keyword, &AnnexRow::keyword);
  return found == rows_.end() || keyword.empty() ? nullptr : &*found;
}

Code resolve(Code code, AttributeType type) {
  const bool one = type == AttributeType::One;
  const bool two = type == AttributeType::Two;
  const bool unknown = type == AttributeType::Unknown;
  switch (code) {
    case Code::XZ:
      return one || two || unknown ? Code::Z : Code::X;
    case Code::XD:
      return one || unknown ? Code::D : Code::X;
    case Code::ZD:
      return one || unknown ? Code::D : Code::Z;
    case Code::XZD:
      return one || unknown ? Code::D : two ? Code::Z : Code::X;
    case Code::XZU:
      return one || unknown ? Code::U : two ? Code::Z : Code::X;
    default:
      return code;
  }
}

}  // namespace veilgate::deidentify
