#include "runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/backoff.h"
#include "base/limits.h"
#include "base/log.h"
#include "review/rules.h"
#include "worker/executor.h"
#include "worker/process.h"

namespace veilgate {
namespace {

using namespace nlohmann::literals;
using namespace std::chrono_literals;

constexpr auto kShortestPoll = 20ms;  // a new arrival is picked up within this
constexpr auto kLongestPoll = 250ms;  // an idle gateway asks the store four times a second per slot
constexpr auto kStoreTroublePause = 1s;
constexpr auto kProgressPause = 10s;                 // between log lines on a long film
constexpr std::int64_t kLeaseMarginMs = 60'000;      // beyond a stage's wall limit: spawn, commit
constexpr int kMaxLeaseFrames = limits::kMaxFrames;  // worker::wall_limit_ms bounds what they may take
constexpr int kCommitAttempts = 30;  // half a minute of a busy or full store before the lease is left to run out

int slots_of(const config::Workers& workers) {
  if (workers.count > 0) return workers.count;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

worker::Task task_of(const store::Job& job, Stage stage, spool::Spool& spool) {
  const auto& admission = job.admission;
  return {stage,
          admission.id,
          spool.original(admission.id),
          spool.output(admission.id),
          admission.calling_ae,
          admission.called_ae,
          admission.peer,
          admission.sop_class,
          job.route,
          job.facts,
          job.output_sha256,
          admission.dataset_sha256};
}

Error moved() {
  return {ErrorKind::Transient, "crosswalk.moved", "other objects of the same patient were faster again and again"};
}

Error no_patient() { return {ErrorKind::Bug, "runner.no_patient", "a worker did not say whom the object is about"}; }

/// A commit that may succeed later as it is.
bool may_pass(const Error& error) { return error.kind == ErrorKind::Transient && error.code != moved().code; }

}  // namespace

/// A worker process that is started when needed and started again when it died.
class Runner::Slot {
 public:
  explicit Slot(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  Result<StageOutput> run(const worker::Task& task, int timeout_ms) {
    if (!process_ || !process_->alive()) {
      process_.reset();
      VG_ASSIGN(process_, worker::Process::spawn(arguments_));
    }
    worker::FrameTeller teller(
        [&](int done, int of) {
          log::info("stage.progress", {{"object", task.id.str()},
                                       {"stage", std::string(to_string(task.stage))},
                                       {"frames", std::to_string(done)},
                                       {"of", std::to_string(of)}});
        },
        kProgressPause);
    const auto heard = [&](int done, int of) { teller.tell(done, of); };
    VG_ASSIGN(const std::string answer, process_->call(worker::encode(task), timeout_ms, heard));
    auto result = worker::decode_result(task, answer);
    if (!result && result.error().kind == ErrorKind::Bug) process_->end();
    return result;
  }

 private:
  const std::vector<std::string>& arguments_;
  std::unique_ptr<worker::Process> process_;
};

Runner::Runner(const config::Config& config, store::Store& store, spool::Spool& spool,
               std::vector<std::string> worker_arguments)
    : config_(config), store_(store), spool_(spool), worker_arguments_(std::move(worker_arguments)) {}

Runner::~Runner() { stop(); }

void Runner::start() {
  for (int i = 0; i < slots_of(config_.workers); ++i) threads_.emplace_back([this, i] { work(i); });
}

void Runner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool Runner::wait_for(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  return stop_signal_.wait_for(lock, pause, [this] { return stopping_.load(); });
}

void Runner::work(int index) {
  const std::string owner = std::string(kOwner) + "-" + std::to_string(index);
  const std::int64_t ttl_ms =
      worker::wall_limit_ms(config_.workers, {{"deidentify", {{"frames", kMaxLeaseFrames}}}}) + kLeaseMarginMs;
  Slot slot(worker_arguments_);
  auto pause = std::chrono::milliseconds(kShortestPoll);
  while (!stopping_) {
    auto job = store_.lease(runnable_states(), owner, ttl_ms);
    if (!job) {
      log::warn("runner.store_trouble", {{"code", job.error().code}, {"message", job.error().message}});
      if (wait_for(kStoreTroublePause)) return;
      continue;
    }
    if (!*job) {
      if (wait_for(pause)) return;
      pause = std::min(pause * 2, std::chrono::milliseconds(kLongestPoll));
      continue;
    }
    pause = kShortestPoll;
    carry(std::move(**job), slot);
  }
}

void Runner::carry(store::Job job, Slot& slot) {
  for (const Step* step = step_from(job.state); step != nullptr; step = step_from(job.state)) {
    if (stopping_) {
      if (auto given = store_.retry_later(job, 0, true, {}); !given) {
        log::warn("runner.release_failed", {{"object", job.admission.id.str()}, {"code", given.error().code}});
      }
      return;
    }
    const TimeMs started = now_ms();
    auto result = run_stage(job, *step, slot);
    log::info("stage.done", {{"object", job.admission.id.str()},
                             {"stage", std::string(to_string(step->stage))},
                             {"ms", std::to_string(now_ms() - started)},
                             {"ok", result ? "true" : "false"},
                             {"code", result ? "" : result.error().code}});
    auto committed = settle_and_commit(job, *step, result);
    for (int races = 0; committed == Commit::Moved; ++races) {
      result = races < limits::kMaxCrosswalkRaces ? run_stage(job, *step, slot) : fail(moved());
      committed = settle_and_commit(job, *step, result);
    }
    if (committed == Commit::Over) return;
  }
}

Result<StageOutput> Runner::run_stage(const store::Job& job, const Step& step, Slot& slot) {
  try {
    if (step.place == Place::Runner) return review(job);
    auto task = task_of(job, step.stage, spool_);
    const int timeout_ms = worker::wall_limit_ms(config_.workers, job.facts);
    if (step.stage == Stage::Route) return slot.run(task, timeout_ms);
    if (step.stage == Stage::Deidentify) return deidentify(std::move(task), slot, timeout_ms);
    // A fresh worker cleans again before these: by what Deidentify went by, whatever was learnt since.
    VG_ASSIGN(auto recorded, store_.crosswalk().find_object(task.id));
    if (recorded) task.patient = worker::PatientKnown{recorded->token, {}, {}, std::move(recorded->sealed)};
    return slot.run(task, timeout_ms);
  } catch (const nlohmann::json::exception&) {
    // Facts come from workers; one that lies about their shape must not take the runner down.
    return fail(ErrorKind::Bug, "runner.facts", "the facts of an earlier stage have another shape than expected");
  }
}

Result<worker::PatientKnown> Runner::known(const Sha256& token) {
  const auto& project = config_.project;
  VG_ASSIGN(auto entry, store_.crosswalk().find_entry(project.name, token));
  worker::PatientKnown out{token};
  if (entry) {
    out.entry_sealed = std::move(entry->sealed);
  } else if (project.pseudonyms.method == config::PseudonymMethod::Sequence) {
    const auto shown = [&](std::int64_t number) {
      return fmt::format("{}{:0{}}", project.pseudonym_prefix, number, project.pseudonyms.width);
    };
    VG_ASSIGN(out.pseudonym, store_.crosswalk().assign_number(project.name, token, shown));
  }
  return out;
}

Result<StageOutput> Runner::deidentify(worker::Task task, Slot& slot, int timeout_ms) {
  VG_ASSIGN(const auto asked, slot.run(task, timeout_ms));
  if (!asked.asks_for) return fail(no_patient());
  VG_ASSIGN(task.patient, known(*asked.asks_for));
  VG_ASSIGN(auto output, slot.run(task, timeout_ms));
  if (!output.patient || output.patient->token != task.patient->token) return fail(no_patient());
  output.patient->project = config_.project.name;
  output.patient->entry_read = task.patient->entry_sealed;
  return output;
}

Runner::Commit Runner::settle_and_commit(store::Job& job, const Step& step, const Result<StageOutput>& result) {
  const RetryPolicy policy{config_.workers.max_attempts};
  auto settled = settle(job, step, result, policy);
  if (const auto* retry = std::get_if<Retry>(&settled)) {
    Backoff backoff(config_.workers.backoff_initial_ms, config_.workers.backoff_max_ms);
    const bool interrupted = stopping_;  // a worker killed by our own stop is not the object's fault
    const TimeMs again = interrupted ? 0 : now_ms() + backoff.delay_ms(job.attempts);
    audit::Event event{audit::EventType::AttemptFailed,
                       job.admission.id,
                       "gateway",
                       {{"stage", to_string(step.stage)}, {"code", retry->error.code}, {"attempt", job.attempts}}};
    if (auto put = store_.retry_later(job, again, interrupted, {event}); !put) {
      log::warn("runner.retry_failed", {{"object", job.admission.id.str()}, {"code", put.error().code}});
    }
    return Commit::Over;
  }
  const auto& transition = std::get<store::Transition>(settled);
  auto version = store_.commit(transition);
  for (int attempt = 1; !version && may_pass(version.error()) && attempt < kCommitAttempts; ++attempt) {
    if (wait_for(kStoreTroublePause)) break;
    version = store_.commit(transition);
  }
  if (!version && version.error().code == moved().code) return Commit::Moved;
  if (!version) {
    // The lease runs out, or the next runner releases it; the stage is repeated with the same result.
    log::warn("runner.commit_failed", {{"object", job.admission.id.str()}, {"code", version.error().code}});
    return Commit::Over;
  }
  job.version = *version;
  job.state = transition.to;
  job.attempts = 1;
  job.facts.merge_patch(transition.facts_patch);
  if (transition.route) job.route = *transition.route;
  if (transition.output_sha256) job.output_sha256 = transition.output_sha256;
  return transition.keep_lease ? Commit::GoOn : Commit::Over;
}

Result<StageOutput> Runner::review(const store::Job& job) const {
  const config::Route* route = config_.route(job.route);
  if (route == nullptr)
    return fail(ErrorKind::Refused, "route.gone",
                "the object's route is not in the configuration any more; requeue it");
  const auto verified = job.facts.find("verify");
  if (verified == job.facts.end() || !job.output_sha256)
    return fail(ErrorKind::Bug, "review.unverified", "the object was not verified");
  const auto& findings = verified->at("findings");
  const auto need = review::need(route->review, findings);
  // An escalation outlives a requeue: starting anew must not spare the second person.
  const bool escalated = job.facts.value("/review/escalated"_json_pointer, false);
  StageOutput output;
  if (!need.approvable) {
    output.next = store::JobState::Held;
    output.reason_code = "verify.findings";
    output.reason = "verification found something in the output; see 'veilgate review show'";
  } else if (need.approvals > 0 || escalated) {
    output.next = store::JobState::InReview;
    output.reason_code = findings.empty() ? "review.policy" : "review.findings";
    output.reason =
        findings.empty() ? "the route asks for approval" : "verification found something a person must judge";
    output.facts["review"] = {{"required", escalated ? std::max(2, need.approvals) : need.approvals},
                              {"since", now_ms()}};
  } else {
    output.next = store::JobState::Approved;
    output.deliveries = route->destinations;
  }
  return output;
}

}  // namespace veilgate
