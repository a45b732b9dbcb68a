#pragma once
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "deidentify/iod_types.h"
#include "deidentify/tag_pattern.h"

namespace veilgate::deidentify {

/// Columns of PS3.15 Table E.1-1.
enum class Column {
  Basic,
  Uids,
  Device,
  Institution,
  PatientCharacteristics,
  FullDates,
  ModifiedDates,
  Descriptors,
  StructuredContent,
  Graphics,
  SafePrivate,
};
inline constexpr std::size_t kColumns = 11;

/// Action codes of PS3.15 Table E.1-1a.
enum class Code { None, X, Z, D, U, K, C, XZ, XD, ZD, XZD, XZU };

struct AnnexRow {
  TagPattern pattern;
  std::string keyword;  ///< empty for wildcards
  std::string vr;       ///< the first one where there are several; empty for wildcards
  std::array<Code, kColumns> codes{};
  Code at(Column column) const { return codes[static_cast<std::size_t>(column)]; }
};

/// The whole table, read once from profiles/annex-e.tsv.
class AnnexE {
 public:
  static const AnnexE& instance();
  const AnnexRow* find(dicom::Tag tag) const;
  /// Row of a keyword; null when the table does not name it.
  const AnnexRow* find(std::string_view keyword) const;
  const std::vector<AnnexRow>& rows() const { return rows_; }

 private:
  AnnexE();
  std::vector<AnnexRow> rows_;
  std::unordered_map<std::uint32_t, std::size_t> exact_;
  std::vector<std::size_t> wildcards_;
};

/// Code as the tables write it; None for "-".
Code code_from(std::string_view text);

/// A conditional code made plain (X, Z, D or U) by the attribute's Type. Unknown chooses what stays valid under any
/// Type.
Code resolve(Code code, AttributeType type);

}  // namespace veilgate::deidentify
