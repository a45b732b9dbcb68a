#include "audit/event.h"

namespace veilgate::audit {

std::string_view to_string(EventType type) {
  // A switch without default: the compiler names the event that was forgotten.
  switch (type) {
    case EventType::GatewayStarted:
      return "gateway.started";
    case EventType::GatewayStopped:
      return "gateway.stopped";
    case EventType::ConfigurationLoaded:
      return "configuration.loaded";
    case EventType::AssociationRefused:
      return "association.refused";
    case EventType::ObjectReceived:
      return "object.received";
    case EventType::ObjectDuplicate:
      return "object.duplicate";
    case EventType::ObjectConflict:
      return "object.conflict";
    case EventType::ObjectRefused:
      return "object.refused";
    case EventType::ObjectRouted:
      return "object.routed";
    case EventType::ObjectDeidentified:
      return "object.deidentified";
    case EventType::ObjectDetected:
      return "object.detected";
    case EventType::ObjectMasked:
      return "object.masked";
    case EventType::ObjectVerified:
      return "object.verified";
    case EventType::ObjectHeld:
      return "object.held";
    case EventType::ObjectQuarantined:
      return "object.quarantined";
    case EventType::AttemptFailed:
      return "attempt.failed";
    case EventType::ReviewApproved:
      return "review.approved";
    case EventType::ReviewRejected:
      return "review.rejected";
    case EventType::ReviewEscalated:
      return "review.escalated";
    case EventType::ReviewRequeued:
      return "review.requeued";
    case EventType::ObjectReleased:
      return "object.released";
    case EventType::DeliverySucceeded:
      return "delivery.succeeded";
    case EventType::DeliveryFailed:
      return "delivery.failed";
    case EventType::ObjectForwarded:
      return "object.forwarded";
    case EventType::ObjectErased:
      return "object.erased";
    case EventType::CrosswalkLookedUp:
      return "crosswalk.looked_up";
    case EventType::CrosswalkExported:
      return "crosswalk.exported";
    case EventType::CrosswalkImported:
      return "crosswalk.imported";
    case EventType::CrosswalkErasing:
      return "crosswalk.erasing";
    case EventType::CrosswalkErased:
      return "crosswalk.erased";
  }
  return "unknown";
}

}  // namespace veilgate::audit
