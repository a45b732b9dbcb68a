#include "worker/findings.h"

#include "dicom/plain_file.h"

namespace veilgate::worker {

Result<std::vector<verify::Finding>> find_identifiers(const std::filesystem::path& output, std::uint64_t max_bytes,
                                                      const deidentify::Identifiers& identifiers) {
  VG_ASSIGN(const auto plain,
            dicom::PlainFile::open(output, {.max_bytes = max_bytes, .scratch = output.parent_path()}));
  std::vector<verify::Needle> needles;
  for (const auto& value : identifiers.values) needles.push_back({value.text.reveal(), value.tag.str()});
  auto out = verify::search_identifiers(plain.bytes(), verify::pixel_ranges(plain.bytes()), needles);
  if (!identifiers.complete)
    out.push_back({"verify.identifier", "the object has too many values to search for", false});
  return out;
}

Result<std::vector<verify::Finding>> find_residue(const std::filesystem::path& output, const dicom::File& file,
                                                  const deidentify::Cleaning& cleaning,
                                                  const deidentify::Profile& profile) {
  const auto allowed =
      profile.keeps_private() ? verify::PrivateAttributes::LeftToProfile : verify::PrivateAttributes::Refused;
  VG_ASSIGN(auto out, verify::check_structure(output, allowed));
  for (const auto& place : cleaning.residue(file)) out.push_back({"verify.attribute", place, false});
  return out;
}

}  // namespace veilgate::worker
