#pragma once
#include "deidentify/ruleset.h"

namespace veilgate::deidentify {

/// Refused "deid.payload" when the object carries content that no action can clean: documents, reports, waveforms,
/// graphics, spectra, meshes, encrypted attributes.
Result<void> check_payload(const dicom::Item& dataset);

/// Cleans a dataset in place, at every depth. Permanent "deid.too_deep".
Result<Report> transform(const Ruleset& rules, int max_days, const dicom::Item& dataset, const Identity& identity);

/// Paths ("(0008,1140)[1].(0008,1155)") of attributes that transform would still change.
std::vector<std::string> unsettled(const Ruleset& rules, const dicom::Item& dataset);

/// The date offset of one object: exact, or only its bound.
struct DateShift {
  int max_days;
  std::optional<int> offset_days;
};
/// Values that transform takes away; see Profile::identifiers. A date that another one of the object is (or, without an
/// exact offset, may be) moved onto is left out: it stands in the output rightly.
Identifiers collect_identifiers(const Ruleset& rules, const dicom::Item& dataset, const DateShift& shift);

}  // namespace veilgate::deidentify
