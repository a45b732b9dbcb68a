#include "deidentify/iod_types.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "deidentify/embedded.h"
#include "deidentify/tag_pattern.h"
#include "deidentify/tsv.h"

namespace veilgate::deidentify {
namespace {

using TypesOfIod = std::unordered_map<std::uint32_t, AttributeType>;
using Table = std::map<std::string, TypesOfIod, std::less<>>;

AttributeType type_from(std::string_view text) {
  if (text.starts_with('1')) return AttributeType::One;
  if (text.starts_with('2')) return AttributeType::Two;
  return AttributeType::Optional;
}

Table read_table() {
  Table out;
  const auto lines = read_tsv(embedded("iod-types.tsv"));
  for (std::size_t line = 1; line < lines.size(); ++line) {
    const auto tag = dicom::tag_from(lines[line][0]);
    for (std::size_t column = 2; tag && column < lines[line].size(); ++column) {
      out[std::string(lines[0][column])][packed(*tag)] = type_from(lines[line][column]);
    }
  }
  return out;
}

const Table& table() {
  static const Table kTable = read_table();
  return kTable;
}

}  // namespace

AttributeType type_in_iod(std::string_view sop_class, dicom::Tag tag) {
  const auto iod = table().find(sop_class);
  if (iod == table().end()) return AttributeType::Unknown;
  const auto type = iod->second.find(packed(tag));
  return type == iod->second.end() ? AttributeType::Unknown : type->second;
}

AttributeType type_in_all_iods(dicom::Tag tag) {
  static const TypesOfIod kAgreed = [] {
    TypesOfIod out;
    for (const auto& fields : read_tsv(embedded("iod-types.tsv"))) {
      const auto row_tag = dicom::tag_from(fields[0]);
      if (!row_tag || fields[2] == "-") continue;  // "-" would be agreement about IODs that are not here
      const bool agreed =
          std::ranges::all_of(fields.begin() + 2, fields.end(), [&](auto field) { return field == fields[2]; });
      if (agreed) out[packed(*row_tag)] = type_from(fields[2]);
    }
    return out;
  }();
  const auto found = kAgreed.find(packed(tag));
  return found == kAgreed.end() ? AttributeType::Unknown : found->second;
}

}  // namespace veilgate::deidentify
