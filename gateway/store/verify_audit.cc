#include <limits>

#include "base/limits.h"
#include "store/store.h"

namespace veilgate::store {

Result<audit::Verdict> verify_audit(Store& store, const SecretKey* key,
                                    const std::function<void(const audit::Row&)>& also) {
  audit::Verifier verifier;
  // Positions of honest rows start at 1; a row put below must be seen as well.
  std::int64_t position = std::numeric_limits<std::int64_t>::min();
  std::optional<audit::Head> head;
  // A head that was read between two looks at the same last row belongs to that row.
  bool head_is_current = false;
  for (int round = 0; round < limits::kMaxVerifyRounds;) {
    VG_ASSIGN(const auto rows, store.audit_rows(position, limits::kAuditPageRows));
    for (const auto& row : rows) {
      verifier.add(row);
      if (also) also(row);
      position = row.position;
    }
    if (!rows.empty()) {
      head_is_current = false;
      if (rows.size() < limits::kAuditPageRows) ++round;
      continue;
    }
    if (head_is_current) return verifier.finish(head, key);
    VG_ASSIGN(head, store.audit_head());
    head_is_current = true;
  }
  return fail(ErrorKind::Transient, "audit.busy", "the chain grows faster than it can be verified: try again");
}

}  // namespace veilgate::store
