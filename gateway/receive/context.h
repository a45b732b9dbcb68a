#pragma once
#include <cstdint>

#include "base/hash.h"
#include "config/config.h"
#include "dicom/net/guarded_connection.h"
#include "receive/access.h"
#include "receive/committer.h"
#include "receive/event_signal.h"
#include "receive/negotiate.h"
#include "receive/refusal_audit.h"
#include "receive/stats.h"
#include "spool/spool.h"

namespace veilgate::receive {

/// What every association of one server shares; outlives them all.
struct Context {
  config::Receive receive;
  std::uint64_t min_free_bytes = 0;
  Abilities abilities;
  SecretKey instance_key;
  AccessPolicy access;
  spool::Spool& spool;
  AssociationSlots slots;
  Committer committer;
  RefusalAudit refusals;
  std::unique_ptr<dicom::net::AcceptorNetwork> network;
  EventSignal draining;  ///< no new message may begin
  EventSignal aborting;  ///< everything ends now
  Stats stats;
};

/// Who is at the other end. The AE titles are sanitized.
struct Peer {
  AeTitle calling;
  AeTitle called;
  IpAddress address;
};

}  // namespace veilgate::receive
