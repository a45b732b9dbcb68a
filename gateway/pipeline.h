#pragma once
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/types.h"
#include "store/store.h"

namespace veilgate {

enum class Stage { Route, Deidentify, Detect, Mask, Verify, Review, Forward };
std::string_view to_string(Stage stage);
std::optional<Stage> stage_from(std::string_view text);

/// Who runs a stage: hostile bytes are touched in worker processes only.
enum class Place {
  Worker,     ///< limited process: parses, decodes, infers
  Runner,     ///< decides on facts, touches no received byte
  Forwarder,  ///< sends approved outputs
};

struct Step {
  store::JobState from;
  Stage stage;
  Place place;
  store::JobState next;
};

/// The way of one image, in order.
std::span<const Step> pipeline();
/// The step that leads on from a state; nullptr where only a person can (Held, InReview) or nothing is left to do.
const Step* step_from(store::JobState state);
/// States a runner may lease, in pipeline order.
std::span<const store::JobState> runnable_states();

/// Whom an object is about, as a worker tells it. Without the crosswalk's key nobody else can read the sealed parts;
/// they go to the store and nowhere else.
struct PatientSeen {
  Sha256 token;
  std::string pseudonym{};
  std::string entry_sealed{};  ///< empty: as it was
  std::string object_sealed{};
  std::optional<Sha256> output_key{};
  // Filled in by the runner.
  std::string project{};
  std::string entry_read{};  ///< what the worker was given
};

/// What a stage found; the runner alone commits it.
struct StageOutput {
  nlohmann::json facts = nlohmann::json::object();  ///< PHI-free, merged into the job's facts
  std::optional<std::string> route;
  std::optional<Sha256> output_sha256;
  std::optional<store::JobState> next;  ///< when the stage chooses between states (Review); otherwise the step's
  std::string reason_code, reason;      ///< with `next`
  std::vector<std::string> deliveries;  ///< with next == Approved
  /// Deidentify asks: what does the crosswalk have of this patient? Nothing else was done yet.
  std::optional<Sha256> asks_for{};
  std::optional<PatientSeen> patient{};  ///< Deidentify, where a crosswalk is kept
};

/// How often Verify may send an object back to be masked further; more would mean that detectors chase texture.
inline constexpr int kMaxMaskAgainRounds = 4;

struct RetryPolicy {
  int max_crashes = 3;    ///< attempts that end with a dead worker before quarantine
  int max_attempts = 20;  ///< attempts of one stage for whatever transient reason before it is held
};

/// Try again later; the attempt stays counted.
struct Retry {
  Error error;
};

/// What follows from a stage's result. Pure: success -> next state, Refused and Config -> Held, Permanent and Bug ->
/// Quarantined, Transient -> Retry until the policy is used up.
std::variant<store::Transition, Retry> settle(const store::Job& job, const Step& step,
                                              const Result<StageOutput>& result, const RetryPolicy& policy);

}  // namespace veilgate
