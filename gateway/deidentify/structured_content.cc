#include "deidentify/structured_content.h"

#include <map>

#include "deidentify/embedded.h"
#include "deidentify/tsv.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kConceptName{0x0040, 0xA043};
constexpr dicom::Tag kCodeValue{0x0008, 0x0100}, kLongCodeValue{0x0008, 0x0119}, kScheme{0x0008, 0x0102};

struct ConceptCodes {
  Code basic;
  std::map<Column, Code> options;
};
using Table = std::map<std::pair<std::string, std::string>, ConceptCodes>;

Table read() {
  constexpr std::size_t kFirstCode = 3;
  constexpr Column kOptions[] = {
      Column::Uids,      Column::Device,        Column::Institution, Column::PatientCharacteristics,
      Column::FullDates, Column::ModifiedDates, Column::Descriptors};
  Table out;
  for (const auto& fields : read_tsv(embedded("structured-content.tsv"))) {
    if (fields.size() != kFirstCode + 1 + std::size(kOptions)) continue;
    ConceptCodes codes{code_from(fields[kFirstCode]), {}};
    for (std::size_t i = 0; i < std::size(kOptions); ++i)
      codes.options[kOptions[i]] = code_from(fields[kFirstCode + 1 + i]);
    out[{std::string(fields[0]), std::string(fields[1])}] = std::move(codes);
  }
  return out;
}

const ConceptCodes* codes_of(const dicom::Item& item) {
  static const Table kTable = read();
  const auto concept_name = item.find(kConceptName);
  if (!concept_name) return nullptr;
  const auto items = concept_name->items();
  if (items.empty()) return nullptr;
  std::string value = items.front().text(kCodeValue).reveal();
  if (value.empty()) value = items.front().text(kLongCodeValue).reveal();
  const auto found = kTable.find({value, items.front().text(kScheme).reveal()});
  return found == kTable.end() ? nullptr : &found->second;
}

bool stays(const ConceptCodes& codes, const std::set<Column>& options, DatePolicy dates) {
  const auto says = [&](Column column) { return codes.options.at(column) != Code::None; };
  if (dates != DatePolicy::Remove && says(Column::ModifiedDates)) return true;
  for (Column column : options) {
    if (codes.options.contains(column) && says(column)) return true;
  }
  return false;
}

}  // namespace

ContentFate content_fate(const dicom::Item& item, const std::set<Column>& options, DatePolicy dates) {
  const ConceptCodes* codes = codes_of(item);
  if (codes == nullptr || stays(*codes, options, dates)) return ContentFate::Keep;
  return codes->basic == Code::D ? ContentFate::Dummy : ContentFate::Remove;
}

}  // namespace veilgate::deidentify
