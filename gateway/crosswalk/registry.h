#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "config/config.h"
#include "config/problem.h"
#include "crosswalk/entry.h"
#include "crosswalk/reason.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::crosswalk {

/// Who wants to know, and why; in the audit before anything is told.
struct Asker {
  std::string name;    ///< local user
  std::string reason;  ///< see check_reason
};

/// Exactly one of the first three; the issuer narrows a Patient ID.
struct Query {
  std::optional<std::string> pseudonym, patient_id, uid, issuer;
};

/// Where an object of a patient went.
struct Sent {
  std::string destination;
  bool confirmed = false;  ///< false: tried and failed, but the destination may have it nevertheless
  TimeMs at = 0;           ///< of the confirmation
};
struct Trace {
  ObjectId object;
  store::JobState state = store::JobState::Received;
  TimeMs received_at = 0;
  std::string route, output_sha256;
  Phi<std::string> output_uid;
  std::vector<Sent> sent;
  bool original_there = false, output_there = false;  ///< in the spool

  bool at_rest() const { return state == store::JobState::Forwarded || state == store::JobState::Rejected; }
};

struct Patient {
  Sha256 token;
  TimeMs created = 0, changed = 0;
  Phi<Entry> entry;
  std::vector<Trace> objects;
};

/// The crosswalk as people use it. Every question is answered only after its audit row is committed; rows hold the
/// pseudonym, never who it is.
class Registry {
 public:
  /// `instance_key` hides received UIDs (gateway.key). All must outlive it.
  Registry(const config::Project& project, store::Store& store, spool::Spool& spool, const Sealer& sealer,
           const SecretKey& instance_key)
      : project_(project), store_(store), spool_(spool), sealer_(sealer), instance_key_(instance_key) {}

  /// Those who match; usually one or none. `verb` stands in the audit. Refused as check_reason.
  Result<std::vector<Patient>> lookup(const Query& query, const Asker& asker, const std::string& verb = "lookup");

  /// A CSV of everybody, mode 0600. Refused "crosswalk.exists". Says how many.
  Result<std::size_t> export_all(const std::filesystem::path& file, const Asker& asker);

  /// Removes the patient found by lookup() for good, after the files in the spool when asked to. Refused
  /// "crosswalk.in_flight". A run that was cut off is finished by another one.
  Result<void> erase(const Patient& patient, const Asker& asker, bool delete_originals);

  /// Puts a list of pseudonyms where the configuration looks for it. Problems (by line) leave the old one in place;
  /// patients who have another pseudonym already are such.
  struct Imported {
    std::size_t rows = 0;
    std::vector<config::Problem> problems;
  };
  Result<Imported> import_list(const std::filesystem::path& file, const Asker& asker);

 private:
  Result<std::vector<store::CrosswalkEntry>> matching(const Query& query);
  Result<void> for_each(const std::function<Result<void>(const store::CrosswalkEntry&, const Entry&)>& visit);
  Result<std::vector<Trace>> traces(const Sha256& token);
  Result<Trace> trace(const store::CrosswalkObject& object, const std::vector<store::DeliveryMade>& made);
  /// check_reason, and an audit row when it refuses.
  Result<void> refuse_or_pass(audit::EventType type, const std::string& verb, const Asker& asker,
                              std::span<const std::string> identifiers, Whose whose = Whose::OnePatient);
  Result<void> note(audit::EventType type, const Asker& asker, nlohmann::json details);

  const config::Project& project_;
  store::Store& store_;
  spool::Spool& spool_;
  const Sealer& sealer_;
  const SecretKey& instance_key_;
};

/// Whether the key opens what the store has: a wrong one must stop a start, not hold every object.
Result<void> check_key(store::Store& store, const std::string& project, const Sealer& sealer);

}  // namespace veilgate::crosswalk
