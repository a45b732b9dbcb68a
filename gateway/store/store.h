#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/chain.h"
#include "audit/event.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/result.h"
#include "base/types.h"
#include "store/crosswalk_rows.h"

namespace veilgate::store {

/// Where an object stands. pipeline.cc says which stage leads from one to the next.
enum class JobState {
  Received,
  Routed,
  Deidentified,
  Detected,
  Masked,
  Verified,
  InReview,     ///< waits for approvals; the output is clean by machine, or its findings may be approved by a person
  Approved,     ///< may be sent; deliveries exist
  Forwarded,    ///< every destination has it (terminal)
  Held,         ///< waits for a person; nothing of it may be sent as it is
  Rejected,     ///< a reviewer said no (terminal)
  Quarantined,  ///< poison or broken; a person may requeue it
};
inline constexpr std::array kAllJobStates{JobState::Received, JobState::Routed,   JobState::Deidentified,
                                          JobState::Detected, JobState::Masked,   JobState::Verified,
                                          JobState::InReview, JobState::Approved, JobState::Forwarded,
                                          JobState::Held,     JobState::Rejected, JobState::Quarantined};
std::string_view to_string(JobState state);
Result<JobState> job_state_from(std::string_view text);

/// What the receiver knows of an object when it is durable in the spool. PHI-free: the SOP Instance UID only as a key.
struct Admission {
  ObjectId id;
  InstanceKey instance_key;
  Sha256 dataset_sha256;  ///< over the transfer syntax UID and the dataset bytes as received
  std::uint64_t size_bytes = 0;
  AeTitle calling_ae;
  AeTitle called_ae;
  std::string peer;  ///< IP address
  Uid sop_class;
  Uid transfer_syntax;
  TimeMs received_at = 0;
};

enum class AdmitVerdict {
  Accepted,   ///< a job was made in Received
  Duplicate,  ///< same key, same bytes as a job that exists: acknowledge, drop the copy
  Conflict,   ///< same key, other bytes: a job was made in Held with reason "receive.conflict"
};

struct Job {
  Admission admission;
  JobState state = JobState::Received;
  std::int64_t version = 0;  ///< grows at every lease and commit; a commit with a stale one is refused
  int attempts = 0;          ///< leases taken of this state without a commit since
  TimeMs not_before = 0;
  std::string route{};                              ///< empty until routed
  nlohmann::json facts = nlohmann::json::object();  ///< what the stages found; merged by commits (RFC 7396)
  std::optional<Sha256> output_sha256{};
  std::string reason_code{};  ///< why held, quarantined or rejected
  std::string reason{};
  TimeMs updated_at = 0;
};

/// A reviewer's word on one output.
enum class Decision { Approve, Reject, Escalate };
std::string_view to_string(Decision decision);
struct Review {
  ObjectId object;
  std::string reviewer;
  Decision decision = Decision::Approve;
  std::string note{};                     ///< for people; kept out of the audit
  std::optional<Sha256> output_sha256{};  ///< the bytes that were looked at
  TimeMs at = 0;
};

/// Everything that changes together: state, facts, deliveries, review and audit rows are one transaction.
struct Transition {
  ObjectId id;
  std::int64_t expected_version = 0;
  JobState to = JobState::Held;
  nlohmann::json facts_patch = nlohmann::json::object();
  std::optional<std::string> route;
  std::optional<Sha256> output_sha256;
  std::string reason_code;
  std::string reason;
  std::optional<Review> review;
  std::vector<std::string> deliveries;  ///< with Approved: where the output must go, the whole list
  std::vector<audit::Event> events;
  bool keep_lease = false;  ///< the same owner goes on with the next stage; counts as attempt 1 of it
  std::optional<CrosswalkChange> crosswalk{};
};

/// A transition of the job as it was read; the caller fills in what changes.
inline Transition transition_of(const Job& job, JobState to) {
  return {job.admission.id, job.version, to, nlohmann::json::object(), {}, {}, {}, {}, {}, {}, {}, false, {}};
}

enum class DeliveryState { Pending, Delivered, Failed };
std::string_view to_string(DeliveryState state);
struct Delivery {
  ObjectId object;
  std::string destination;
  DeliveryState state = DeliveryState::Pending;
  std::int64_t version = 0;
  int attempts = 0;
  TimeMs not_before = 0;
  std::string last_code{};                   ///< "dimse.status.A700"
  std::optional<Sha256> output_sha256{};     ///< what is to be delivered: the output at the approval
  std::optional<Sha256> delivered_sha256{};  ///< what the destination has confirmed last
};

struct JobFilter {
  std::vector<JobState> states;  ///< empty: all
  std::optional<std::string> route;
  std::size_t limit = 1000;
};

/// received / by state, for one route ("-" before routing) and one UTC day ("2026-11-24").
struct CountRow {
  std::string route;
  std::string day;
  std::map<JobState, std::int64_t> by_state;
};

struct Totals {
  std::int64_t received_events = 0;  ///< audit rows object.received + object.conflict: independent of the job table
  std::int64_t duplicate_events = 0;
  std::int64_t forwarded_events = 0;
};

/// Durable state of the gateway: jobs, deliveries, reviews and the audit chain. Thread-safe, and safe for several
/// processes on one store. When a call returns success, what it wrote survives a power cut (leases and their counts: a
/// kill, which is all that can orphan them). Not to be carried across a fork.
/// Errors: Transient (locked, disk), Refused "store.stale" (someone else moved the job), "store.unknown" (no such
/// object), "store.terminal" (forwarded and rejected objects do not move), Config (audit head forged or gone), Bug.
class Store {
 public:
  virtual ~Store() = default;

  /// One transaction for the group (at most limits::kMaxAdmissionGroup); the verdicts are in the order given.
  /// Duplicates inside the group count too. Writes object.received, object.duplicate (naming the job that exists) or
  /// object.conflict.
  virtual Result<std::vector<AdmitVerdict>> admit(std::span<const Admission> group) = 0;

  /// Oldest job in one of `states` that is due and not leased; counts an attempt. nullopt when there is none.
  virtual Result<std::optional<Job>> lease(std::span<const JobState> states, const std::string& owner,
                                           std::int64_t ttl_ms) = 0;
  /// Commits and, unless keep_lease (which extends the lease by its ttl), ends the lease. attempts starts anew, reason
  /// and reason_code are replaced, going back to Received forgets the output. The version after it is returned.
  /// Approved: each destination named waits for the output, unless it has confirmed these very bytes; destinations not
  /// named are forgotten. When all have them the job is Forwarded at once. Bug "store.no_destination" without any:
  /// nothing would ever move that job. With a crosswalk change Transient "crosswalk.moved" when the patient's entry is
  /// not the one that was read: clean the object again with what is known now.
  virtual Result<std::int64_t> commit(const Transition& transition) = 0;
  /// Ends the lease without progress: due again at not_before; the attempt stays counted unless `forgive`.
  virtual Result<void> retry_later(const Job& job, TimeMs not_before, bool forgive,
                                   std::vector<audit::Event> events) = 0;
  /// Gives back every lease whose owner starts with `owner_prefix` (a process that is known to be dead); attempts stay
  /// counted.
  virtual Result<int> release_leases(const std::string& owner_prefix) = 0;

  virtual Result<std::optional<Job>> find(const ObjectId& id) = 0;
  virtual Result<std::vector<Job>> list(const JobFilter& filter) = 0;
  virtual Result<std::vector<Review>> reviews(const ObjectId& id) = 0;
  virtual Result<std::vector<Delivery>> deliveries(const ObjectId& id) = 0;

  /// Oldest due Pending delivery for the destination whose job is Approved, leased like a job.
  virtual Result<std::optional<Delivery>> lease_delivery(const std::string& destination, const std::string& owner,
                                                         std::int64_t ttl_ms) = 0;
  /// Delivered or Failed. When no delivery of the object is Pending any more the job becomes Forwarded (all delivered;
  /// an object.forwarded event is added) or Held with reason "forward.failed".
  virtual Result<void> finish_delivery(const Delivery& delivery, DeliveryState state, const std::string& code,
                                       std::vector<audit::Event> events) = 0;
  virtual Result<void> retry_delivery_later(const Delivery& delivery, TimeMs not_before, bool forgive,
                                            const std::string& code, std::vector<audit::Event> events) = 0;

  virtual Result<std::vector<CountRow>> counts() = 0;
  virtual Result<Totals> totals() = 0;

  virtual Result<void> append(std::span<const audit::Event> events) = 0;
  /// Rows in stored order beyond position `after`, at most `limit`. Go on with the last row's `position`, not its seq:
  /// in a chain that was tampered with they differ.
  virtual Result<std::vector<audit::Row>> audit_rows(std::int64_t after, std::size_t limit) = 0;
  virtual Result<std::optional<audit::Head>> audit_head() = 0;

  virtual CrosswalkRows& crosswalk() = 0;
};

/// Verifies the whole chain against the sealed head while others may go on writing; `also` sees every row. Without a
/// key the seal goes unchecked.
Result<audit::Verdict> verify_audit(Store& store, const SecretKey* key,
                                    const std::function<void(const audit::Row&)>& also = {});

/// Embedded store: SQLite, WAL, synchronous=FULL. `key` seals the audit head. Creates the file (mode 0600) and its
/// folder. Config error when the file is something else or of a newer schema.
Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file, const SecretKey& key);

}  // namespace veilgate::store
