#pragma once
#include <functional>

#include "deidentify/ruleset.h"

namespace veilgate::deidentify {

/// Refused "deid.payload" when the object carries content that no action of this profile can clean: documents,
/// waveforms, spectra, meshes, encrypted attributes; reports and graphics without their options.
Result<void> check_payload(const dicom::Item& dataset, const ProfileSpec& spec);

/// Called for each attribute that is reached: before its action ran, with the path of its item ("(0008,1140)[1].").
using Observer = std::function<void(const std::string& path, const dicom::Element&, const Decision&)>;

/// Cleans a dataset in place, at every depth. Permanent "deid.too_deep".
Result<Report> transform(const Ruleset& rules, const Conditions& conditions, const Context& context,
                         const dicom::Item& dataset, const Observer& observe = {});

/// Paths ("(0008,1140)[1].(0008,1155)") of attributes that transform would still change.
std::vector<std::string> unsettled(const Ruleset& rules, const Conditions& conditions, const Context& context,
                                   const dicom::Item& dataset);

/// Values that transform takes away, and what is `known` of the patient already (may be null); see
/// Cleaning::identifiers. A date that another one of the object is moved onto is left out: it stands in the output
/// rightly.
Identifiers collect_identifiers(const Ruleset& rules, const Conditions& conditions, const Context& context,
                                const dicom::Item& dataset, const KnownPeople* known);

}  // namespace veilgate::deidentify
