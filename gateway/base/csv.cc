#include "base/csv.h"

namespace veilgate {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

class Reader {
 public:
  Reader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  Result<std::vector<CsvRecord>> all() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord record{line_, {}};
      do {
        VG_ASSIGN(auto field, next_field());
        record.fields.push_back(std::move(field));
      } while (take(separator_));
      take('\r');
      if (at_ < text_.size() && !take('\n')) return bad();
      if (record.fields.size() > 1 || !record.fields.front().empty()) records.push_back(std::move(record));
    }
    return records;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    if (c == '\n') ++line_;
    return true;
  }

  Result<std::string> next_field() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    if (take('"')) return quoted();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    return trimmed(text_.substr(begin, at_ - begin));
  }

  Result<std::string> quoted() {
    std::string field;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (take('"') && !take('"')) {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        return field;
      }
      if (c != '"') take(c);
      field.push_back(c);
    }
    return bad();
  }

  tl::unexpected<Error> bad() const {
    return fail(ErrorKind::Refused, "csv.quote",
                "line " + std::to_string(line_) + ": a quote is not closed, or text follows it");
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

Result<std::vector<CsvRecord>> read_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first_line = text.substr(0, text.find('\n'));
  const bool semicolons =
      first_line.find(',') == std::string_view::npos && first_line.find(';') != std::string_view::npos;
  return Reader(text, semicolons ? ';' : ',').all();
}

std::string csv_field(std::string_view value) {
  if (value.find_first_of(" \t\r\n\",;") == std::string_view::npos) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace veilgate
