#include <dcmtk/config/osconfig.h>
// DCMTK's headers need that first.
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/dimse.h>

#include <cstring>

#include "base/limits.h"
#include "base/log.h"
#include "dicom/dataset.h"
#include "receive/association.h"
#include "receive/store_request.h"

namespace veilgate::receive {
namespace {

using dicom::net::ConnectionGuard;
using dicom::net::SteadyClock;

constexpr std::string_view kApplicationContext = UID_StandardApplicationContext;
constexpr DIC_US kStatusNoSuchSopClass = STATUS_ECHO_Refused_SOPClassNotSupported;

class Association {
 public:
  Association(Context& context, Connection connection) : context_(context), address_(connection.peer) {
    ConnectionGuard::Options options;
    options.idle_timeout_ms = context.receive.idle_timeout_ms;
    options.drain_fd = context.draining.fd();
    options.abort_fd = context.aborting.fd();
    guard_ = std::make_shared<ConnectionGuard>(options, connection.deadline);
    const auto received = context.network->receive_association(
        {std::move(connection.socket), std::move(connection.request), guard_}, &native_);
    readable_ = received.has_value();
  }
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;
  ~Association() {
    if (native_ == nullptr) return;
    ASC_dropAssociation(native_);
    ASC_destroyAssociation(&native_);
  }

  void run() {
    if (!readable_) {
      ++context_.stats.connections_dropped;
      log::warn("connection.dropped", {{"peer", address_.str()}, {"reason", "association.malformed"}});
      close_soon();
      if (native_ != nullptr) ASC_abortAssociation(native_);
      return;
    }
    const Peer peer = who();
    if (const auto refusal = check(peer)) return refuse(peer, *refusal);
    auto slot = context_.slots.take(peer.calling, address_);
    if (!slot) return refuse(peer, slot.error());
    const auto contexts = negotiate(context_.abilities, native_->params);
    if (!contexts) {
      record(peer, contexts.error().code);
      return abort(peer, contexts.error().code);
    }
    if (ASC_acknowledgeAssociation(native_).bad()) return abort(peer, "peer.closed");
    ++context_.stats.associations_accepted;
    log::info("association.accepted", {{"calling", peer.calling.str()},
                                       {"peer", address_.str()},
                                       {"contexts", std::to_string(*contexts)},
                                       {"open", std::to_string(context_.slots.open())}});
    serve(peer);
  }

 private:
  Peer who() const {
    const auto& parameters = native_->params->DULparams;
    const auto field = [](const char* text, std::size_t size) { return std::string_view(text, strnlen(text, size)); };
    return {AeTitle::sanitized(field(parameters.callingAPTitle, sizeof parameters.callingAPTitle)),
            AeTitle::sanitized(field(parameters.calledAPTitle, sizeof parameters.calledAPTitle)), address_};
  }

  std::optional<Refusal> check(const Peer& peer) const {
    if (kApplicationContext != native_->params->DULparams.applicationContextName) return Refusal::ApplicationContext;
    return context_.access.check(peer.calling, peer.called, peer.address);
  }

  void refuse(const Peer& peer, Refusal refusal) {
    ++context_.stats.associations_refused;
    const std::string reason(reason_code(refusal));
    log::warn("association.refused", {{"calling", peer.calling.str()}, {"peer", address_.str()}, {"reason", reason}});
    record(peer, reason);
    T_ASC_RejectParameters parameters{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_NOREASON};
    switch (refusal) {
      case Refusal::CalledAe:
        parameters.reason = ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED;
        break;
      case Refusal::CallingAe:
      case Refusal::PeerAddress:
        // One answer for both: a stranger does not learn which AE titles exist.
        parameters.reason = ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED;
        break;
      case Refusal::ApplicationContext:
        parameters.reason = ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED;
        break;
      case Refusal::TotalCap:
      case Refusal::AeCap:
      case Refusal::AddressCap:
        parameters = {ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                      ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED};
        break;
    }
    close_soon();
    ASC_rejectAssociation(native_, &parameters);
  }

  void record(const Peer& peer, const std::string& reason) {
    context_.refusals.record(audit::EventType::AssociationRefused, peer.calling.str(),
                             {{"reason", reason}, {"called", peer.called.str()}, {"peer", address_.str()}});
  }

  // Against the protocol, not merely gone or slow; what went wrong inside a C-STORE has its own row.
  static bool is_violation(std::string_view problem) {
    return problem.starts_with("command.") || problem.starts_with("pdu.");
  }

  void serve(const Peer& peer) {
    for (;;) {
      guard_->expect_message(context_.receive.object_timeout_ms);
      T_ASC_PresentationContextID id = 0;
      T_DIMSE_Message message;
      std::memset(&message, 0, sizeof message);
      DcmDataset* detail = nullptr;
      const OFCondition condition = DIMSE_receiveCommand(native_, DIMSE_BLOCKING, 0, &id, &message, &detail);
      delete detail;
      if (condition == DUL_PEERREQUESTEDRELEASE) return release(peer);
      if (condition == DUL_PEERABORTEDASSOCIATION) {
        // DCMTK says so of a closed connection as well.
        return ended(peer, guard_->reason().empty() ? "peer.aborted" : guard_->reason());
      }
      std::string problem = guard_->reason();
      if (condition.good()) {
        problem = handle(peer, id, message);
        if (problem.empty()) continue;
      } else if (problem.empty()) {
        problem = "command.malformed";
      }
      if (is_violation(problem)) record(peer, problem);
      return abort(peer, problem);
    }
  }

  // Empty: the association goes on.
  std::string handle(const Peer& peer, T_ASC_PresentationContextID id, T_DIMSE_Message& message) {
    T_ASC_PresentationContext presentation;
    if (ASC_findAcceptedPresentationContext(native_->params, id, &presentation).bad()) return "command.bad_context";
    switch (message.CommandField) {
      case DIMSE_C_ECHO_RQ: {
        if (message.msg.CEchoRQ.DataSetType != DIMSE_DATASET_NULL) return "command.unexpected_dataset";
        const bool supported = std::string_view(presentation.abstractSyntax) == UID_VerificationSOPClass;
        if (supported) ++context_.stats.echoes;
        const DIC_US status = supported ? STATUS_Success : kStatusNoSuchSopClass;
        return DIMSE_sendEchoResponse(native_, id, &message.msg.CEchoRQ, status, nullptr).bad() ? lost()
                                                                                                : std::string();
      }
      case DIMSE_C_STORE_RQ:
        return handle_store(context_, peer, *guard_, native_, presentation, message.msg.CStoreRQ);
      case DIMSE_C_CANCEL_RQ:
        return {};  // of something that is over already; it has no answer
      default:
        // No context was accepted on which this could be asked: PS3.8 leaves no answer but A-ABORT.
        return "command.unsupported";
    }
  }

  std::string lost() const { return guard_->reason().empty() ? "peer.closed" : guard_->reason(); }

  void close_soon() { guard_->set_deadline(SteadyClock::now() + std::chrono::milliseconds(limits::kCloseTimeoutMs)); }

  void release(const Peer& peer) {
    close_soon();
    ASC_acknowledgeRelease(native_);
    // The requestor closes the connection (PS3.8 9.2.3, state 13); dropping it first could lose the answer.
    ASC_dropSCPAssociation(native_, limits::kCloseTimeoutMs / 1000);
    log::info("association.released", {{"calling", peer.calling.str()}, {"peer", address_.str()}});
  }

  void ended(const Peer& peer, const std::string& reason) {
    log::warn("association.ended", {{"calling", peer.calling.str()}, {"peer", address_.str()}, {"reason", reason}});
  }

  void abort(const Peer& peer, const std::string& reason) {
    ++context_.stats.associations_broken;
    ended(peer, reason);
    close_soon();
    ASC_abortAssociation(native_);
  }

  Context& context_;
  IpAddress address_;
  std::shared_ptr<ConnectionGuard> guard_;
  T_ASC_Association* native_ = nullptr;
  bool readable_ = false;
};

}  // namespace

void run_association(Context& context, Connection connection) {
  try {
    Association(context, std::move(connection)).run();
  } catch (const std::exception&) {
    // Out of memory and the like: this peer loses its association, the others go on.
    ++context.stats.associations_broken;
    log::error("association.failed", {{"reason", "exception"}});
  }
}

}  // namespace veilgate::receive
