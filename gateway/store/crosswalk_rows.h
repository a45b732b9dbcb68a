#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/event.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/types.h"

namespace veilgate::store {

/// One patient of a project. The store knows a keyed token, the pseudonym, and bytes that it cannot read.
struct CrosswalkEntry {
  Sha256 token;
  std::string pseudonym;
  std::string sealed;
  TimeMs created = 0, changed = 0;
};

/// That an object is of a patient, and how it was cleaned; sealed too.
struct CrosswalkObject {
  ObjectId object;
  std::string project;
  Sha256 token;
  std::string sealed;
};

/// What becomes known with an object; part of the object's transition.
struct CrosswalkChange {
  std::string project;
  Sha256 token;
  std::string pseudonym;
  std::string read;                    ///< the sealed entry this goes on from, to the byte; empty: there was none
  std::string sealed;                  ///< the entry from now on; empty: as it was read
  std::string object_sealed;           ///< of the object
  std::optional<Sha256> output_key{};  ///< keyed digest of the output's SOP Instance UID
};

/// A confirmation by a destination, as the audit has it: also of destinations that the route has no more.
struct DeliveryMade {
  ObjectId object;
  std::string destination;
  TimeMs at = 0;
};

struct Erasure {
  std::string project;
  Sha256 token;
  std::vector<ObjectId> files_removed;  ///< of these the spool has nothing any more: their jobs say so
  std::vector<audit::Event> events;
};

/// The crosswalk between originals and pseudonyms, sealed. Written with the objects (Transition::crosswalk). Errors as
/// the store's.
class CrosswalkRows {
 public:
  virtual ~CrosswalkRows() = default;

  /// Whether no project has anything in it.
  virtual Result<bool> empty() = 0;
  virtual Result<std::optional<CrosswalkEntry>> find_entry(const std::string& project, const Sha256& token) = 0;
  /// Usually one; several when the way pseudonyms are made was changed.
  virtual Result<std::vector<CrosswalkEntry>> find_pseudonym(const std::string& project,
                                                             const std::string& pseudonym) = 0;
  /// Entries by ascending token beyond `after`.
  virtual Result<std::vector<CrosswalkEntry>> entries(const std::string& project, const std::optional<Sha256>& after,
                                                      std::size_t limit) = 0;

  virtual Result<std::optional<CrosswalkObject>> find_object(const ObjectId& object) = 0;
  virtual Result<std::vector<CrosswalkObject>> objects_of(const std::string& project, const Sha256& token) = 0;
  virtual Result<std::vector<CrosswalkObject>> find_output(const std::string& project, const Sha256& output_key) = 0;
  /// Objects received with this SOP Instance UID.
  virtual Result<std::vector<ObjectId>> find_instance(const InstanceKey& key) = 0;
  virtual Result<std::vector<DeliveryMade>> deliveries_made(std::span<const ObjectId> objects) = 0;

  /// The patient's number in the project's sequence as `shown` writes it: the next one when there is none yet. No
  /// number is given twice, not even after an erasure or by two processes, and none that a patient already has as
  /// pseudonym.
  virtual Result<std::string> assign_number(const std::string& project, const Sha256& token,
                                            const std::function<std::string(std::int64_t)>& shown) = 0;

  /// Entry, objects' records and number are gone, and so are their bytes in file and log; a tombstone without token
  /// stays. Refused "crosswalk.unknown"; "crosswalk.in_flight" while an object of the patient is not forwarded or
  /// rejected. Transient "crosswalk.log": erased, but the log still has copies; call truncate_log() later.
  virtual Result<void> erase(const Erasure& erasure) = 0;
  virtual Result<void> truncate_log() = 0;
};

}  // namespace veilgate::store
