#pragma once
#include <functional>
#include <string>

#include "config/config.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::review {

/// What reviewers do, from whichever surface. Every change is one transaction with its audit row.
class Desk {
 public:
  Desk(const config::Config& config, store::Store& store, spool::Spool& spool)
      : config_(config), store_(store), spool_(spool) {}

  struct Word {
    ObjectId object;
    std::string reviewer;
    std::string note;
    std::optional<Sha256> seen;  ///< the bytes that were looked at; when empty, the file in the spool is hashed now
  };
  struct Outcome {
    store::JobState state;
    int approvals = 0, required = 0;
  };
  /// Errors: Refused as decide(); "review.altered" when the output on disk is not what was verified.
  Result<Outcome> approve(const Word& word) { return decide(word, store::Decision::Approve); }
  Result<Outcome> reject(const Word& word) { return decide(word, store::Decision::Reject); }
  Result<Outcome> escalate(const Word& word) { return decide(word, store::Decision::Escalate); }
  /// Held or Quarantined objects start anew (after a rule or an installation was mended); ones held because a
  /// delivery failed are sent again. A conflict copy cannot be requeued.
  Result<Outcome> requeue(const Word& word);

 private:
  Result<Outcome> decide(const Word& word, store::Decision decision);
  Result<bool> can_send_again(const store::Job& job);
  Result<Sha256> looked_at(const store::Job& job, const Word& word);

  const config::Config& config_;
  store::Store& store_;
  spool::Spool& spool_;
};

}  // namespace veilgate::review
