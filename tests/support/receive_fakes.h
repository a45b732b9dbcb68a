#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::test {

/// Objects in memory, with the faults that a disk can have.
class MemorySpool final : public spool::Spool {
 public:
  std::atomic<bool> full{false};          ///< begin() fails
  std::atomic<bool> finish_fails{false};  ///< the disk fills up while an object arrives
  std::atomic<int> open_objects{0};

  Result<std::unique_ptr<spool::Incoming>> begin(std::string_view seed, std::uint64_t max_bytes,
                                                 std::uint64_t) override {
    if (full) return fail(ErrorKind::Transient, "spool.full", "Too little room.");
    return std::unique_ptr<spool::Incoming>(new Object(*this, seed, max_bytes));
  }
  std::filesystem::path original(const ObjectId&) const override { return {}; }
  std::filesystem::path output(const ObjectId&) const override { return {}; }
  Result<FileDescriptor> lock() override { return FileDescriptor(); }
  Result<std::vector<ObjectId>> list_originals() override { return std::vector<ObjectId>{}; }
  Result<void> set_aside(const ObjectId&) override { return {}; }
  Result<void> discard(const ObjectId&) override { return {}; }

  std::map<std::string, std::string> kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  class Object final : public spool::Incoming {
   public:
    Object(MemorySpool& spool, std::string_view seed, std::uint64_t max_bytes) : spool_(spool), max_bytes_(max_bytes) {
      hash_.update(seed);
      ++spool_.open_objects;
    }
    ~Object() override {
      if (keep_) {
        const std::lock_guard lock(spool_.mutex_);
        spool_.kept_[id_.str()] = bytes_;
      }
      --spool_.open_objects;
    }
    const ObjectId& id() const override { return id_; }
    void write_header(std::span<const std::uint8_t> bytes) override { bytes_.append(bytes.begin(), bytes.end()); }
    void write(std::span<const std::uint8_t> bytes) override {
      hash_.update(bytes);
      too_large_ = too_large_ || bytes_.size() + bytes.size() > max_bytes_;
      if (!too_large_) bytes_.append(bytes.begin(), bytes.end());
    }
    std::uint64_t size_bytes() const override { return bytes_.size(); }
    Result<Sha256> finish() override {
      if (too_large_) return fail(ErrorKind::Permanent, "receive.too_large", "Too large.");
      if (spool_.finish_fails) return fail(ErrorKind::Transient, "spool.write_failed", "No space left on device.");
      return hash_.finish();
    }
    void keep() override { keep_ = true; }

   private:
    MemorySpool& spool_;
    ObjectId id_ = ObjectId::random();
    Sha256Stream hash_;
    std::string bytes_;
    std::uint64_t max_bytes_;
    bool too_large_ = false;
    bool keep_ = false;
  };
  mutable std::mutex mutex_;
  std::map<std::string, std::string> kept_;
};

/// Admissions and audit events in memory; everything else is not for the receiver.
class MemoryStore final : public store::Store {
 public:
  using Group = std::span<const store::Admission>;
  /// Runs before each admit, may block it or make it fail.
  std::function<Result<void>(Group)> before_admit;

  Result<std::vector<store::AdmitVerdict>> admit(Group group) override {
    if (before_admit) VG_TRY(before_admit(group));
    const std::lock_guard lock(mutex_);
    group_sizes_.push_back(group.size());
    std::vector<store::AdmitVerdict> verdicts;
    for (const auto& admission : group) {
      const auto same_key = [&](const auto& other) { return other.instance_key == admission.instance_key; };
      const auto same_bytes = [&](const auto& other) {
        return same_key(other) && other.dataset_sha256 == admission.dataset_sha256;
      };
      if (std::any_of(admissions_.begin(), admissions_.end(), same_bytes)) {
        verdicts.push_back(store::AdmitVerdict::Duplicate);
        continue;
      }
      const bool conflict = std::any_of(admissions_.begin(), admissions_.end(), same_key);
      verdicts.push_back(conflict ? store::AdmitVerdict::Conflict : store::AdmitVerdict::Accepted);
      admissions_.push_back(admission);
    }
    return verdicts;
  }
  Result<void> append(std::span<const audit::Event> events) override {
    const std::lock_guard lock(mutex_);
    events_.insert(events_.end(), events.begin(), events.end());
    return {};
  }
  Result<std::optional<store::Job>> find(const ObjectId&) override { return std::optional<store::Job>(); }

  std::vector<store::Admission> admissions() const {
    const std::lock_guard lock(mutex_);
    return admissions_;
  }
  std::vector<audit::Event> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<std::size_t> group_sizes() const {
    const std::lock_guard lock(mutex_);
    return group_sizes_;
  }
  /// "reason" of every event of the type, in order.
  std::vector<std::string> reasons(audit::EventType type) const {
    std::vector<std::string> found;
    for (const auto& event : events()) {
      if (event.type == type) found.push_back(event.details.value("reason", ""));
    }
    return found;
  }

  using States = std::span<const store::JobState>;
  using Events = std::vector<audit::Event>;
  Result<std::optional<store::Job>> lease(States, const std::string&, std::int64_t) override { return none(); }
  Result<std::int64_t> commit(const store::Transition&) override { return none(); }
  Result<void> retry_later(const store::Job&, TimeMs, bool, Events) override { return none(); }
  Result<int> release_leases(const std::string&) override { return none(); }
  Result<std::vector<store::Job>> list(const store::JobFilter&) override { return none(); }
  Result<std::vector<store::Review>> reviews(const ObjectId&) override { return none(); }
  Result<std::vector<store::Delivery>> deliveries(const ObjectId&) override { return none(); }
  Result<std::optional<store::Delivery>> lease_delivery(const std::string&, const std::string&, std::int64_t) override {
    return none();
  }
  Result<void> finish_delivery(const store::Delivery&, store::DeliveryState, const std::string&, Events) override {
    return none();
  }
  Result<void> retry_delivery_later(const store::Delivery&, TimeMs, bool, const std::string&, Events) override {
    return none();
  }
  Result<std::vector<store::CountRow>> counts() override { return none(); }
  Result<store::Totals> totals() override { return none(); }
  Result<std::vector<audit::Row>> audit_rows(std::int64_t, std::size_t) override { return none(); }
  Result<std::optional<audit::Head>> audit_head() override { return none(); }
  store::CrosswalkRows& crosswalk() override { std::abort(); }

 private:
  static tl::unexpected<Error> none() { return fail(ErrorKind::Bug, "fake", "Not part of this fake."); }
  mutable std::mutex mutex_;
  std::vector<store::Admission> admissions_;
  std::vector<audit::Event> events_;
  std::vector<std::size_t> group_sizes_;
};

}  // namespace veilgate::test
