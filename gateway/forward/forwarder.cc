#include "forward/forwarder.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"

namespace veilgate::forward {
namespace {

/// Tries to record what happened; then the lease runs out and the object is sent again, which is harmless.
constexpr int kMaxRecordAttempts = 5;
constexpr std::chrono::milliseconds kRecordPause(200);

audit::Event event_of(audit::EventType type, const store::Delivery& delivery, const std::string& code,
                      std::int64_t took_ms) {
  audit::Event event;
  event.type = type;
  event.object = delivery.object;
  event.actor = "gateway";
  event.details = {
      {"destination", delivery.destination}, {"code", code}, {"ms", took_ms}, {"attempt", delivery.attempts}};
  return event;
}

}  // namespace

Forwarder::Forwarder(store::Store& store, const spool::Spool& spool, std::string name,
                     std::unique_ptr<Destination> destination, MaySend may_send, ForwarderOptions options)
    : store_(store),
      spool_(spool),
      name_(std::move(name)),
      destination_(std::move(destination)),
      may_send_(std::move(may_send)),
      options_(std::move(options)),
      backoff_(options_.backoff_initial_ms, options_.backoff_max_ms, options_.jitter_seed) {}

Forwarder::~Forwarder() { stop(); }

void Forwarder::start() {
  if (thread_.joinable()) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Forwarder::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool Forwarder::sleep_ms(std::int64_t duration, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, std::chrono::milliseconds(duration), [] { return false; });
  return !stop.stop_requested();
}

void Forwarder::run(const std::stop_token& stop) {
  std::int64_t quiet_ms = options_.poll_min_ms;
  while (!stop.stop_requested()) {
    if (run_once()) {
      quiet_ms = options_.poll_min_ms;
      const auto pause = std::exchange(pause_ms_, 0);
      if (pause > 0 && !sleep_ms(pause, stop)) break;
      continue;
    }
    destination_->idle();
    if (!sleep_ms(quiet_ms, stop)) break;
    quiet_ms = std::min(quiet_ms * 2, options_.poll_max_ms);
  }
}

bool Forwarder::run_once() {
  auto leased = store_.lease_delivery(name_, options_.owner + ":" + name_, options_.lease_ms);
  if (!leased) {
    log::warn("delivery.lease_failed", {{"destination", name_}, {"code", leased.error().code}});
    return false;
  }
  if (!*leased) return false;
  deliver(**leased);
  return true;
}

Result<store::Job> Forwarder::job_of(const store::Delivery& delivery) {
  VG_ASSIGN(auto job, store_.find(delivery.object));
  if (!job || !job->output_sha256) {
    return fail(ErrorKind::Bug, "forward.no_output", "the delivery has no job with an output");
  }
  if (job->state != store::JobState::Approved || job->output_sha256 != delivery.output_sha256) {
    // The store leases deliveries of approved jobs only; someone has just moved this one on.
    return fail(ErrorKind::Transient, "forward.not_approved", "the object is not released any more");
  }
  return std::move(*job);
}

void Forwarder::deliver(const store::Delivery& delivery) {
  const auto start = std::chrono::steady_clock::now();
  const auto job = job_of(delivery);
  if (job) {
    const auto allowed = may_send_(*job);
    if (!allowed && allowed.error().kind != ErrorKind::Transient) return hold(delivery, *job, allowed.error());
    if (!allowed) return try_later(delivery, allowed.error(), 0);
  }
  auto receipt = [&]() -> Result<Receipt> {
    if (!job) return fail(job.error());
    return destination_->send(
        {delivery.object, spool_.output(delivery.object), *job->output_sha256, delivery.delivered_sha256});
  }();
  const auto took_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  if (receipt) return delivered(delivery, *receipt, took_ms);
  if (receipt.error().kind == ErrorKind::Transient) return try_later(delivery, receipt.error(), took_ms);
  failed(delivery, receipt.error(), took_ms);
}

void Forwarder::delivered(const store::Delivery& delivery, const Receipt& receipt, std::int64_t took_ms) {
  failures_in_row_ = 0;
  const log::Fields fields{{"object", delivery.object.str()},
                           {"destination", name_},
                           {"code", receipt.code},
                           {"ms", std::to_string(took_ms)}};
  receipt.warning ? log::warn("delivery.warned", fields) : log::info("delivery.succeeded", fields);
  finish(delivery, store::DeliveryState::Delivered, receipt.code,
         event_of(audit::EventType::DeliverySucceeded, delivery, receipt.code, took_ms));
}

void Forwarder::failed(const store::Delivery& delivery, const Error& error, std::int64_t took_ms) {
  log::error(
      "delivery.failed",
      {{"object", delivery.object.str()}, {"destination", name_}, {"code", error.code}, {"reason", error.message}});
  finish(delivery, store::DeliveryState::Failed, error.code,
         event_of(audit::EventType::DeliveryFailed, delivery, error.code, took_ms));
}

void Forwarder::hold(const store::Delivery& delivery, const store::Job& job, const Error& error) {
  log::error("delivery.held", {{"object", delivery.object.str()}, {"destination", name_}, {"code", error.code}});
  auto transition = store::transition_of(job, store::JobState::Held);
  transition.reason_code = error.code;
  transition.reason = error.message;
  transition.events.push_back(event_of(audit::EventType::ObjectHeld, delivery, error.code, 0));
  if (auto held = store_.commit(transition); !held) {
    return try_later(delivery, held.error(), 0);
  }
  // Its deliveries wait until the job is approved anew, or for good.
  if (auto given_back = store_.retry_delivery_later(delivery, 0, true, error.code, {}); !given_back) {
    log::warn("delivery.record_failed", {{"object", delivery.object.str()}, {"code", given_back.error().code}});
  }
}

void Forwarder::try_later(const store::Delivery& delivery, const Error& error, std::int64_t took_ms) {
  note_failure(error.code);
  std::vector<audit::Event> events;
  // An outage of days must not fill the audit: one row per object and kind of failure.
  if (delivery.last_code != error.code) {
    events.push_back(event_of(audit::EventType::AttemptFailed, delivery, error.code, took_ms));
  }
  pause_ms_ = backoff_.delay_ms(failures_in_row_);
  const auto not_before = now_ms() + std::max(pause_ms_, backoff_.delay_ms(delivery.attempts));
  if (auto noted = store_.retry_delivery_later(delivery, not_before, false, error.code, std::move(events)); !noted) {
    log::warn("delivery.record_failed", {{"object", delivery.object.str()}, {"code", noted.error().code}});
  }
}

void Forwarder::note_failure(const std::string& code) {
  ++failures_in_row_;
  const log::Fields fields{
      {"destination", name_}, {"code", code}, {"failures_in_row", std::to_string(failures_in_row_)}};
  failures_in_row_ % options_.alert_every == 0 ? log::error("delivery.destination_down", fields)
                                               : log::warn("delivery.attempt_failed", fields);
}

void Forwarder::finish(const store::Delivery& delivery, store::DeliveryState state, const std::string& code,
                       audit::Event event) {
  for (int attempt = 1;; ++attempt) {
    const auto recorded = store_.finish_delivery(delivery, state, code, {event});
    if (recorded) return;
    if (recorded.error().kind != ErrorKind::Transient || attempt == kMaxRecordAttempts) {
      log::error("delivery.record_failed", {{"object", delivery.object.str()}, {"code", recorded.error().code}});
      return;
    }
    std::this_thread::sleep_for(kRecordPause);
  }
}

}  // namespace veilgate::forward
