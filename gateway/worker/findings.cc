#include "worker/findings.h"

#include <fmt/format.h>

namespace veilgate::worker {

std::vector<verify::Finding> find_identifiers(const dicom::PlainFile& output,
                                              const deidentify::Identifiers& identifiers) {
  std::vector<verify::Needle> needles;
  for (const auto& value : identifiers.values) needles.push_back({value.text.reveal(), value.tag.str()});
  auto out = verify::search_identifiers(output.bytes(), verify::pixel_ranges(output.bytes()), needles);
  if (!identifiers.complete)
    out.push_back({"verify.identifier", "the object has too many values to search for", false});
  return out;
}

Result<std::vector<verify::Finding>> find_residue(const dicom::PlainFile& output, const dicom::File& file,
                                                  const deidentify::Cleaning& cleaning,
                                                  const deidentify::Profile& profile) {
  const auto allowed =
      profile.keeps_private() ? verify::PrivateAttributes::LeftToProfile : verify::PrivateAttributes::Refused;
  VG_ASSIGN(auto out, verify::check_structure(output, allowed));
  for (const auto& place : cleaning.residue(file)) out.push_back({"verify.attribute", place, false});
  return out;
}

std::vector<verify::Finding> masks_on_protected(const std::vector<Region>& masked,
                                                const std::vector<Region>& protected_regions) {
  std::vector<verify::Finding> out;
  for (const auto& rule : protected_regions) {
    for (const auto& mask : masked) {
      const Box common = intersection(mask.box, rule.box);
      if (mask.frame != rule.frame || common.empty()) continue;
      out.push_back({"verify.protected",
                     fmt::format("frame {} at {},{} {}x{}: a {} mask lies on the protected region of {}", rule.frame,
                                 common.x, common.y, common.w, common.h, to_string(mask.kind), rule.source),
                     true});
      break;
    }
  }
  return out;
}

}  // namespace veilgate::worker
