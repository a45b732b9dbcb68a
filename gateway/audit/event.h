#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/types.h"

namespace veilgate::audit {

/// What an audit row says happened. The names are written into the chain and never change.
enum class EventType {
  GatewayStarted,
  GatewayStopped,
  ConfigurationLoaded,
  AssociationRefused,  ///< wrong AE, wrong peer, over a cap
  ObjectReceived,
  ObjectDuplicate,
  ObjectConflict,
  ObjectRefused,
  ObjectRouted,
  ObjectDeidentified,
  ObjectDetected,
  ObjectMasked,
  ObjectVerified,
  ObjectHeld,
  ObjectQuarantined,
  AttemptFailed,
  ReviewApproved,
  ReviewRejected,
  ReviewEscalated,
  ReviewRequeued,
  ObjectReleased,  ///< all approvals the policy asks for are there
  DeliverySucceeded,
  DeliveryFailed,
  ObjectForwarded,
  ObjectErased,       ///< original and output were removed from the spool for an erasure
  CrosswalkLookedUp,  ///< somebody asked who is behind a pseudonym, or the other way round; found or not
  CrosswalkExported,
  CrosswalkImported,  ///< another list of pseudonyms
  CrosswalkErasing,   ///< about to: what is found afterwards stems from this
  CrosswalkErased,
};

std::string_view to_string(EventType type);

/// An event before it has a place in the chain. PHI-free by contract.
struct Event {
  EventType type = EventType::GatewayStarted;
  std::optional<ObjectId> object;
  std::string actor;                                  ///< "gateway", a Calling AE Title, or a reviewer's name
  nlohmann::json details = nlohmann::json::object();  ///< codes, counts, digests, regions
};

/// A row of the chain: hash = SHA-256 over every other field, the previous row's hash included.
struct Row {
  std::int64_t position = 0;  ///< place in the store, ascending, not hashed; equals seq until someone tampers
  std::int64_t seq = 0;       ///< 1, 2, 3... without gaps
  TimeMs at = 0;
  std::string type;
  std::string object;  ///< empty when none
  std::string actor;
  std::string details;  ///< JSON with sorted keys, as hashed
  Sha256 previous;
  Sha256 hash;
};

}  // namespace veilgate::audit
