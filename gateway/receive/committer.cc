#include "receive/committer.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/limits.h"
#include "base/log.h"

namespace veilgate::receive {

struct Committer::Request {
  store::Admission admission;
  std::unique_ptr<spool::Incoming> object;
  std::optional<Result<store::AdmitVerdict>> outcome;  // guarded by the committer's mutex
  std::condition_variable done;
};

Committer::Committer(store::Store& store) : store_(store), thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<store::AdmitVerdict> Committer::submit(store::Admission admission, std::unique_ptr<spool::Incoming> object,
                                              int timeout_ms) {
  auto request = std::shared_ptr<Request>(new Request{std::move(admission), std::move(object), {}, {}});
  std::unique_lock lock(mutex_);
  queue_.push_back(request);
  wake_.notify_one();
  const auto settled = [&] { return request->outcome.has_value(); };
  if (!request->done.wait_for(lock, std::chrono::milliseconds(timeout_ms), settled)) {
    // Not begun yet: take it back, so that an object that is not acknowledged is not kept either.
    const auto queued = std::find(queue_.begin(), queue_.end(), request);
    if (queued != queue_.end()) queue_.erase(queued);
    return fail(ErrorKind::Transient, "receive.admit_timeout", "The store did not commit in time.");
  }
  return *request->outcome;
}

void Committer::run() {
  for (;;) {
    Group group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && group.size() < limits::kMaxAdmissionGroup) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    commit(group);
  }
}

void Committer::commit(const Group& group) {
  std::vector<store::Admission> admissions;
  admissions.reserve(group.size());
  for (const auto& request : group) admissions.push_back(request->admission);
  const auto verdicts = store_.admit(admissions);
  if (verdicts && verdicts->size() == group.size()) {
    for (std::size_t i = 0; i < group.size(); ++i) settle(*group[i], (*verdicts)[i]);
    return;
  }
  const Error error = verdicts ? Error{ErrorKind::Bug, "store.verdicts", "The store lost verdicts."} : verdicts.error();
  if (group.size() == 1 || error.kind == ErrorKind::Transient) {
    fail_group(group, error);
    return;
  }
  // One bad row must not take the others down with it.
  for (const auto& request : group) commit({request});
}

void Committer::fail_group(const Group& group, const Error& error) {
  log::error("object.admit_failed", {{"code", error.code}, {"objects", std::to_string(group.size())}});
  for (const auto& request : group) {
    // A commit whose answer was lost may still have happened: then the row needs its file. An original that no row
    // knows is only clutter, which reconcile removes.
    const auto row = store_.find(request->admission.id);
    if (!row || row->has_value()) request->object->keep();
    settle(*request, fail(error));
  }
}

void Committer::settle(Request& request, Result<store::AdmitVerdict> outcome) {
  if (outcome && *outcome != store::AdmitVerdict::Duplicate) request.object->keep();
  // Removes the copy of a duplicate before its peer hears success.
  request.object.reset();
  const std::lock_guard lock(mutex_);
  request.outcome = std::move(outcome);
  request.done.notify_one();
}

}  // namespace veilgate::receive
