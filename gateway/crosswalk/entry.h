#pragma once
#include <string>
#include <vector>

#include "base/phi.h"
#include "base/result.h"
#include "crosswalk/sealer.h"

namespace veilgate::crosswalk {

/// A Patient ID and who issued it ("" when the object does not say).
struct PatientId {
  std::string id, issuer;
  bool operator==(const PatientId&) const = default;
};

/// Who stands behind one pseudonym: everything the patient's objects said so far. Lives as plain text only inside a
/// Phi, in a worker or in the command line.
struct Entry {
  std::string pseudonym;
  std::vector<PatientId> patient_ids;    ///< the first is the one the entry was made with
  std::vector<std::string> names;        ///< as in the objects (PN), the first one first
  std::vector<std::string> birth_dates;  ///< DA
  std::vector<PatientId> other_ids;
  std::vector<std::string> other_names;
  bool operator==(const Entry&) const = default;

  /// Takes over what `seen` has and this has not, up to the limits; its pseudonym only into an entry without one. True
  /// when something was new.
  bool merge(const Entry& seen);
  /// Every value that tells who it is.
  std::vector<std::string> identifiers() const;
};

/// What the cleaning of one object went by: repeating a later stage gives the same bytes whatever was learnt since.
struct ObjectRecord {
  Entry known;
  std::string output_uid;  ///< SOP Instance UID of the output
};

std::string seal_entry(const Sealer& sealer, const std::string& project, const Sha256& token, const Phi<Entry>& entry);
/// Errors: those of Sealer::open; Bug "crosswalk.corrupt".
Result<Phi<Entry>> open_entry(const Sealer& sealer, const std::string& project, const Sha256& token,
                              std::string_view sealed);
std::string seal_object(const Sealer& sealer, const std::string& project, const ObjectId& object,
                        const Phi<ObjectRecord>& record);
Result<Phi<ObjectRecord>> open_object(const Sealer& sealer, const std::string& project, const ObjectId& object,
                                      std::string_view sealed);

}  // namespace veilgate::crosswalk
