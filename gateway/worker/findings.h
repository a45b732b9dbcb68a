#pragma once
#include <string>
#include <vector>

#include "deidentify/engine.h"
#include "dicom/plain_file.h"
#include "verify/verify.h"

namespace veilgate::worker {

/// What of the received object is in the output's bytes, inflated where they are deflated; a finding, too, when not
/// everything could be searched for.
std::vector<verify::Finding> find_identifiers(const dicom::PlainFile& output,
                                              const deidentify::Identifiers& identifiers);
/// What the file's structure and attributes show: see verify::check_structure, Cleaning::residue.
Result<std::vector<verify::Finding>> find_residue(const dicom::PlainFile& output, const dicom::File& file,
                                                  const deidentify::Cleaning& cleaning,
                                                  const deidentify::Profile& profile);

/// Masks on what a route protects ("rule:<name>"), one finding per frame and rule at most. A person may approve them:
/// what is released is the masked output, never the original.
std::vector<verify::Finding> masks_on_protected(const std::vector<Region>& masked,
                                                const std::vector<Region>& protected_regions);

}  // namespace veilgate::worker
