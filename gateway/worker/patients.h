#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "config/config.h"
#include "crosswalk/entry.h"
#include "crosswalk/lookup_list.h"
#include "deidentify/engine.h"
#include "dicom/dataset.h"
#include "worker/task.h"

namespace veilgate::worker {

/// Between the cleaning of objects and the crosswalk: whose pseudonym an object gets, what is known of its patient, and
/// what it adds. Lives in a worker, which has the crosswalk's key.
class Patients {
 public:
  /// Without a crosswalk key file nothing is asked for and nothing kept (offline). Config errors of key and list.
  static Result<Patients> create(const config::Project& project, deidentify::Identity identity);

  bool keeps_crosswalk() const { return sealer_.has_value(); }
  Sha256 token_of(const dicom::File& original) const;

  /// How an object is cleaned.
  struct Plan {
    deidentify::Identity identity;
    Phi<crosswalk::Entry> before;  ///< the patient's entry as it was read
    Phi<crosswalk::Entry> told;    ///< what this object says
  };
  /// At Deidentify. Refused "pseudonym.missing" (not in the list), "pseudonym.changed" (the list gives another one than
  /// the patient has); Config and Refused as Sealer::open.
  Result<Plan> begin(const dicom::File& original, const std::optional<PatientKnown>& known);
  /// For the stages after it: as the record says.
  Result<Plan> repeat(const ObjectId& object, const std::optional<PatientKnown>& known) const;
  /// What the runner commits, after a begin().
  PatientSeen seen(const Plan& plan, const deidentify::Subject& subject, const ObjectId& object,
                   const std::string& output_uid) const;

 private:
  Patients(const config::Project& project, deidentify::Identity identity)
      : project_(project), identity_(std::move(identity)) {}
  /// Reads the list again when its file was replaced.
  Result<void> refresh_list();
  Result<std::optional<std::string>> given_pseudonym(const deidentify::Subject& subject,
                                                     const std::optional<PatientKnown>& known, const std::string& kept);

  config::Project project_;
  deidentify::Identity identity_;
  std::optional<crosswalk::Sealer> sealer_;
  crosswalk::LookupList list_;
  std::string list_version_;  ///< inode, size and time of the file that was read
};

}  // namespace veilgate::worker
