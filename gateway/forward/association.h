#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/types.h"
#include "config/config.h"
#include "forward/payload.h"

struct T_ASC_Association;
struct T_ASC_Network;
class DcmDataset;

namespace veilgate::forward {

class DeadlineTransport;

/// One thing to agree on with the peer: this class of object in this encoding.
struct Proposal {
  std::string sop_class;
  std::string transfer_syntax;
  bool operator==(const Proposal&) const = default;
};

/// One Association as Store SCU, opened on demand and kept. Not thread-safe.
class Association {
 public:
  /// Config error when DCMTK cannot set up its network.
  static Result<std::unique_ptr<Association>> create(const config::DimseDestination& where);
  virtual ~Association() = default;

  virtual bool is_open() const = 0;
  /// False when the peer has closed, aborted or said anything unasked since the last exchange.
  virtual bool is_quiet() = 0;
  /// Was this proposed when the open Association was made?
  virtual bool has_proposed(const Proposal& proposal) const = 0;
  /// Transient errors "dimse.connect", "dimse.rejected.*"; an Association without any agreement is open, too.
  virtual Result<void> open(const std::vector<Proposal>& proposals) = 0;
  /// Index into `wanted` of the first that the peer took, or -1.
  virtual int accepted(const std::vector<Proposal>& wanted) const = 0;
  /// Sends one object in an accepted encoding and waits for the answer: the status, or Transient "dimse.broken" and
  /// "dimse.timeout", after which the Association is closed.
  virtual Result<std::uint16_t> store(const Payload& payload, const Proposal& accepted) = 0;
  /// Releases (or aborts, when the peer does not answer) and forgets. No effect when closed.
  virtual void close() = 0;
};

}  // namespace veilgate::forward
