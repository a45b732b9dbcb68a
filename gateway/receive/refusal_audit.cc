#include "receive/refusal_audit.h"

#include "base/limits.h"
#include "base/log.h"

namespace veilgate::receive {
namespace {

constexpr std::chrono::minutes kWindow{1};

int rows_per_window(audit::EventType type) {
  return type == audit::EventType::AssociationRefused ? limits::kMaxRefusedAssociationRowsPerMinute
                                                      : limits::kMaxRefusedObjectRowsPerMinute;
}

void write(store::Store& store, const audit::Event& event) {
  if (const auto written = store.append({&event, 1}); !written)
    log::error("audit.append_failed", {{"code", written.error().code}});
}

}  // namespace

RefusalAudit::~RefusalAudit() {
  for (const auto& [type, bucket] : buckets_) {
    if (bucket.left_out != 0)
      write(store_, {type, {}, "gateway", {{"reason", "audit.rate_limit"}, {"left_out", bucket.left_out}}});
  }
}

void RefusalAudit::record(audit::EventType type, const std::string& actor, nlohmann::json details,
                          Clock::time_point now) {
  {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = buckets_[type];
    if (bucket.rows == 0 || now - bucket.began >= kWindow) {
      bucket.rows = 0;
      bucket.began = now;
    }
    if (bucket.rows >= rows_per_window(type)) {
      ++bucket.left_out;
      return;
    }
    ++bucket.rows;
    if (bucket.left_out != 0) details["left_out"] = std::exchange(bucket.left_out, 0);
  }
  write(store_, {type, {}, actor, std::move(details)});
}

}  // namespace veilgate::receive
