#include "pipeline.h"

#include "base/limits.h"

namespace veilgate {
namespace {

using namespace nlohmann::literals;
using store::JobState;

// The way of one image. Each line is one transaction when it succeeds; a stage that says no leads to Held, one that
// breaks to Quarantined (see settle).
constexpr std::array kPipeline{
    Step{JobState::Received, Stage::Route, Place::Worker, JobState::Routed},
    Step{JobState::Routed, Stage::Deidentify, Place::Worker, JobState::Deidentified},
    Step{JobState::Deidentified, Stage::Detect, Place::Worker, JobState::Detected},
    Step{JobState::Detected, Stage::Mask, Place::Worker, JobState::Masked},
    Step{JobState::Masked, Stage::Verify, Place::Worker, JobState::Verified},    // or Detected: found more, mask again
    Step{JobState::Verified, Stage::Review, Place::Runner, JobState::Approved},  // or InReview, by the route's policy
    Step{JobState::Approved, Stage::Forward, Place::Forwarder, JobState::Forwarded},
};

// Work that is nearly done goes first, so that a flood of arrivals does not starve what is under way.
constexpr std::array kRunnable{JobState::Verified,     JobState::Masked, JobState::Detected,
                               JobState::Deidentified, JobState::Routed, JobState::Received};

constexpr std::array<std::pair<Stage, std::string_view>, 7> kStageNames{{{Stage::Route, "route"},
                                                                         {Stage::Deidentify, "deidentify"},
                                                                         {Stage::Detect, "detect"},
                                                                         {Stage::Mask, "mask"},
                                                                         {Stage::Verify, "verify"},
                                                                         {Stage::Review, "review"},
                                                                         {Stage::Forward, "forward"}}};

audit::EventType event_of(Stage stage) {
  switch (stage) {
    case Stage::Route:
      return audit::EventType::ObjectRouted;
    case Stage::Deidentify:
      return audit::EventType::ObjectDeidentified;
    case Stage::Detect:
      return audit::EventType::ObjectDetected;
    case Stage::Mask:
      return audit::EventType::ObjectMasked;
    case Stage::Verify:
      return audit::EventType::ObjectVerified;
    case Stage::Review:
      return audit::EventType::ObjectReleased;
    case Stage::Forward:
      return audit::EventType::ObjectForwarded;
  }
  return audit::EventType::ObjectHeld;
}

audit::EventType event_of(JobState end, Stage stage) {
  if (end == JobState::Quarantined) return audit::EventType::ObjectQuarantined;
  if (end == JobState::Held || end == JobState::InReview) return audit::EventType::ObjectHeld;
  return event_of(stage);
}

store::Transition stop(const store::Job& job, const Step& step, JobState to, const Error& error) {
  auto transition = store::transition_of(job, to);
  transition.reason_code = error.code;
  transition.reason = error.message;
  transition.events.push_back({event_of(to, step.stage),
                               job.admission.id,
                               "gateway",
                               {{"stage", to_string(step.stage)},
                                {"kind", to_string(error.kind)},
                                {"code", error.code},
                                {"attempt", job.attempts}}});
  return transition;
}

/// Facts as the audit takes them: a wild detector must not bloat a chain that is kept for ever.
nlohmann::json for_audit(nlohmann::json facts) {
  for (auto& [stage, found] : facts.items()) {
    const auto regions = found.is_object() ? found.find("regions") : found.end();
    if (regions == found.end() || !regions->is_array() || regions->size() <= limits::kMaxAuditedRegions) continue;
    const auto total = regions->size();
    regions->erase(regions->begin() + static_cast<std::ptrdiff_t>(limits::kMaxAuditedRegions), regions->end());
    found["regions_total"] = total;
  }
  return facts;
}

store::CrosswalkChange crosswalk_change(const PatientSeen& seen) {
  return {seen.project,      seen.token,         seen.pseudonym, seen.entry_read,
          seen.entry_sealed, seen.object_sealed, seen.output_key};
}

store::Transition advance(const store::Job& job, const Step& step, const StageOutput& output) {
  auto transition = store::transition_of(job, output.next.value_or(step.next));
  transition.facts_patch = output.facts;
  transition.route = output.route;
  transition.output_sha256 = output.output_sha256;
  transition.reason_code = output.reason_code;
  transition.reason = output.reason;
  transition.deliveries = output.deliveries;
  if (output.patient) transition.crosswalk = crosswalk_change(*output.patient);
  nlohmann::json details = for_audit(output.facts);
  if (output.route) details["route"] = *output.route;
  if (output.output_sha256) details["output_sha256"] = output.output_sha256->hex();
  if (transition.to == JobState::Approved && job.output_sha256) details["output_sha256"] = job.output_sha256->hex();
  if (!output.reason_code.empty()) details["code"] = output.reason_code;
  transition.events.push_back({event_of(transition.to, step.stage), job.admission.id, "gateway", std::move(details)});
  const Step* following = step_from(transition.to);
  transition.keep_lease = following != nullptr && following->place != Place::Forwarder;
  return transition;
}

/// What each worker stage may say; a worker that was taken over by hostile bytes must not steer the pipeline.
bool within_its_rights(const store::Job& job, const Step& step, const StageOutput& output) {
  if (step.place != Place::Worker) return true;
  const bool again = output.next.has_value();
  if (again && (step.stage != Stage::Verify || *output.next != JobState::Detected ||
                job.facts.value("/detect/rounds"_json_pointer, 0) >= kMaxMaskAgainRounds)) {
    return false;
  }
  if (output.asks_for || (output.patient && step.stage != Stage::Deidentify)) return false;
  if (output.route.has_value() != (step.stage == Stage::Route)) return false;
  if (output.output_sha256.has_value() != (step.stage == Stage::Mask)) return false;
  const std::string own(again ? "detect" : to_string(step.stage));
  for (const auto& [key, value] : output.facts.items()) {
    if (key != own) return false;
  }
  return true;
}

bool is_crash(const Error& error) { return error.code.starts_with("worker."); }

}  // namespace

std::string_view to_string(Stage stage) {
  for (const auto& [value, name] : kStageNames) {
    if (value == stage) return name;
  }
  return "unknown";
}

std::optional<Stage> stage_from(std::string_view text) {
  for (const auto& [value, name] : kStageNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::span<const Step> pipeline() { return kPipeline; }

const Step* step_from(JobState state) {
  for (const auto& step : kPipeline) {
    if (step.from == state) return &step;
  }
  return nullptr;
}

std::span<const JobState> runnable_states() { return kRunnable; }

std::variant<store::Transition, Retry> settle(const store::Job& job, const Step& step,
                                              const Result<StageOutput>& result, const RetryPolicy& policy) {
  if (result && within_its_rights(job, step, *result)) return advance(job, step, *result);
  const Error error =
      result ? Error{ErrorKind::Bug, "pipeline.overreach", "a stage answered more than it may decide"} : result.error();
  switch (error.kind) {
    case ErrorKind::Refused:
    case ErrorKind::Config:
      return stop(job, step, JobState::Held, error);
    case ErrorKind::Permanent:
    case ErrorKind::Bug:
      return stop(job, step, JobState::Quarantined, error);
    case ErrorKind::Transient:
      break;
  }
  if (is_crash(error) && job.attempts >= policy.max_crashes) return stop(job, step, JobState::Quarantined, error);
  if (job.attempts >= policy.max_attempts) return stop(job, step, JobState::Held, error);
  return Retry{error};
}

}  // namespace veilgate
