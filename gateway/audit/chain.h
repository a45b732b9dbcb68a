#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/event.h"
#include "base/hash.h"

namespace veilgate::audit {

/// Recomputes a row's hash from its fields.
Sha256 hash_of(const Row& row);

/// The chain's end, sealed with the gateway's key: finds a cut-off tail, and a chain rebuilt without the key. Sealed
/// from the start (seq 0, zero hash), so that a missing head is always a defect. It cannot find a whole file put back
/// from an older copy: keep seq and hash of the head elsewhere from time to time.
struct Head {
  std::int64_t seq = 0;
  Sha256 hash;
  Sha256 seal;
};
Head seal(std::int64_t seq, const Sha256& hash, const SecretKey& key);
bool seal_holds(const Head& head, const SecretKey& key);
/// Makes the row after `end`. Rows link to the sealed head, not to the last row found: otherwise the rows written after
/// a cut would cover it up.
Row link(const Event& event, TimeMs at, const Head& end);

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

/// Walks rows in stored order; add() each, then finish() with the sealed head. Without a key the seal goes unchecked.
/// Memory does not grow with the chain: at most kMaxFindings findings and open gaps are kept.
class Verifier {
 public:
  static constexpr std::size_t kMaxFindings = 1000;
  void add(const Row& row);
  Verdict finish(const std::optional<Head>& head, const SecretKey* key);

 private:
  void found(std::int64_t seq, std::string what);
  void place(const Row& row);
  void open_gap(std::int64_t first, std::int64_t last);
  bool take_from_gap(std::int64_t seq);
  void check_head(const Head& head);

  Verdict verdict_;
  std::map<std::int64_t, std::int64_t> gaps_;  ///< first to last number not seen so far
  std::int64_t top_seq_ = 0;                   ///< highest number seen, and that row's hash
  Sha256 top_hash_;
};

}  // namespace veilgate::audit
