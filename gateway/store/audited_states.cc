#include "store/audited_states.h"

#include <algorithm>
#include <limits>

#include "base/limits.h"

namespace veilgate::store {
namespace {

using audit::EventType;
using nlohmann::json;

constexpr int kLooks = 100;  // at a job that moves meanwhile; each takes a millisecond, a stage longer

/// nullopt: a row that changes no state.
std::optional<std::optional<JobState>> state_after(const std::string& type, const json& details) {
  const auto is = [&type](EventType event) { return type == audit::to_string(event); };
  const std::string code = details.value("code", std::string());
  if (is(EventType::ObjectReceived)) return JobState::Received;
  if (is(EventType::ObjectConflict)) return JobState::Held;
  if (is(EventType::ObjectRouted)) return JobState::Routed;
  if (is(EventType::ObjectDeidentified)) return JobState::Deidentified;
  if (is(EventType::ObjectDetected)) return JobState::Detected;
  if (is(EventType::ObjectMasked)) return JobState::Masked;
  if (is(EventType::ObjectVerified)) return code == "verify.mask_again" ? JobState::Detected : JobState::Verified;
  if (is(EventType::ObjectHeld)) return details.contains("review") ? JobState::InReview : JobState::Held;
  if (is(EventType::ObjectQuarantined)) return JobState::Quarantined;
  if (is(EventType::ReviewRejected)) return JobState::Rejected;
  if (is(EventType::ObjectReleased)) return JobState::Approved;
  if (is(EventType::ObjectForwarded)) return JobState::Forwarded;
  if (!is(EventType::ReviewRequeued)) return std::nullopt;
  const auto to = job_state_from(details.value("to", std::string()));
  return to ? std::optional(*to) : std::optional<JobState>{};  // earlier versions did not say
}

std::optional<std::string> difference(const Job& job, const AuditedStates::Standing& audited) {
  if (audited.state && *audited.state != job.state) {
    return "is " + std::string(to_string(job.state)) + ", by the audit " + std::string(to_string(*audited.state));
  }
  if (job.output_sha256 && job.output_sha256 != audited.output) return "names an output that the audit does not know";
  return std::nullopt;
}

Result<void> catch_up(Store& store, AuditedStates& states) {
  for (int round = 0; round < limits::kMaxVerifyRounds; ++round) {
    VG_ASSIGN(const auto rows, store.audit_rows(states.position(), limits::kAuditPageRows));
    for (const auto& row : rows) states.add(row);
    if (rows.size() < limits::kAuditPageRows) return {};
  }
  return fail(ErrorKind::Transient, "audit.busy", "the chain grows faster than it can be read: try again");
}

/// A job that did not move between two looks must be where the rows read between them say.
Result<std::optional<std::string>> settled_difference(Store& store, AuditedStates& states, const ObjectId& id) {
  for (int look = 0; look < kLooks; ++look) {
    VG_ASSIGN(const auto before, store.find(id));
    VG_TRY(catch_up(store, states));
    VG_ASSIGN(const auto after, store.find(id));
    if (!before || !after) return std::optional<std::string>("is not in the store");
    if (before->version != after->version) continue;
    const auto audited = states.objects().find(id.str());
    if (audited == states.objects().end()) return std::optional<std::string>("is not in the audit");
    return difference(*after, audited->second);
  }
  return std::optional<std::string>{};  // lively: the next run will tell
}

}  // namespace

void AuditedStates::add(const audit::Row& row) {
  position_ = row.position;
  if (row.object.empty()) return;
  const json details = json::parse(row.details, nullptr, false);
  if (!details.is_object()) return;
  std::optional<std::optional<JobState>> state;
  std::optional<Sha256> output;
  try {
    state = state_after(row.type, details);
    if (const auto digest = Sha256::parse(details.value("output_sha256", std::string()))) output = *digest;
  } catch (const json::exception&) {
    return;  // a row that no gateway wrote; verification names it
  }
  if (!state) return;
  auto& standing = objects_[row.object];
  standing.state = *state;
  if (standing.state == JobState::Received) standing.output.reset();
  if (row.type == audit::to_string(EventType::ObjectMasked)) standing.output = output;
}

Result<std::vector<Mismatch>> compare_with_audit(Store& store, AuditedStates& states) {
  VG_ASSIGN(const auto jobs, store.list({{}, std::nullopt, std::numeric_limits<std::int64_t>::max()}));
  std::vector<Mismatch> found;
  const auto examine = [&](const ObjectId& id) -> Result<void> {
    VG_ASSIGN(auto what, settled_difference(store, states, id));
    if (what) found.push_back({id.str(), std::move(*what)});
    return {};
  };
  std::unordered_map<std::string, bool> listed;
  for (const auto& job : jobs) {
    listed.emplace(job.admission.id.str(), true);
    const auto audited = states.objects().find(job.admission.id.str());
    if (audited == states.objects().end() || difference(job, audited->second)) VG_TRY(examine(job.admission.id));
  }
  std::vector<ObjectId> unlisted;
  for (const auto& [object, standing] : states.objects()) {
    auto id = ObjectId::parse(object);
    if (id && !listed.contains(object)) unlisted.push_back(std::move(*id));
  }
  std::sort(unlisted.begin(), unlisted.end());
  for (const auto& id : unlisted) VG_TRY(examine(id));
  return found;
}

}  // namespace veilgate::store
