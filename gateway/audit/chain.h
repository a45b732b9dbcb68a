#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/event.h"
#include "base/hash.h"

namespace veilgate::audit {

/// Makes the row that follows `previous` (nullopt for the first).
Row link(const Event& event, TimeMs at, const std::optional<Row>& previous);
/// Recomputes a row's hash from its fields.
Sha256 hash_of(const Row& row);

/// The chain's end, sealed with the gateway's key: finds a cut-off tail, and a chain rebuilt without the key.
struct Head {
  std::int64_t seq = 0;
  Sha256 hash;
  Sha256 seal;
};
Head seal(std::int64_t seq, const Sha256& hash, const SecretKey& key);

/// One defect with its place: "row 17 was edited", "rows 20 to 22 are missing", "row 9 stands out of order".
struct Finding {
  std::int64_t seq = 0;
  std::string what;
};

struct Verdict {
  std::int64_t rows = 0;
  std::optional<Head> head;
  std::vector<Finding> findings;
  bool intact() const { return findings.empty(); }
};

/// Walks rows in stored order; add() each, then finish() with the sealed head. Constant memory but for findings,
/// of which at most kMaxFindings are kept.
class Verifier {
 public:
  static constexpr std::size_t kMaxFindings = 1000;
  void add(const Row& row);
  Verdict finish(const std::optional<Head>& head, const SecretKey* key);

 private:
  void found(std::int64_t seq, std::string what);
  Verdict verdict_;
  std::optional<Row> last_;
};

}  // namespace veilgate::audit
