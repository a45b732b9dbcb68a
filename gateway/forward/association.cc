#include "forward/association.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmnet/diutil.h>

#include <algorithm>
#include <new>

#include "base/limits.h"
#include "forward/raw_dataset.h"
#include "forward/transport.h"

namespace veilgate::forward {
namespace {

/// A peer slower than this is treated as hanging; it bounds the time of one send by the object's size.
constexpr std::uint64_t kMinBytesPerSecond = 64 * 1024;
/// A-RELEASE-RQ to A-RELEASE-RP; then the connection is simply cut.
constexpr std::chrono::seconds kReleaseTimeout(5);
/// Odd presentation context ids, 1 to 255.
constexpr std::size_t kMaxContexts = 128;

int seconds_of(int milliseconds) { return std::max(1, (milliseconds + 999) / 1000); }

std::string rejection_code(T_ASC_Parameters* parameters) {
  T_ASC_RejectParameters reject{};
  ASC_getRejectParameters(parameters, &reject);
  switch (reject.reason) {
    case ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED:
      return "dimse.rejected.called_ae";
    case ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED:
      return "dimse.rejected.calling_ae";
    case ASC_REASON_SP_PRES_TEMPORARYCONGESTION:
    case ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED:
      return "dimse.rejected.busy";
    default:
      return "dimse.rejected.other";
  }
}

tl::unexpected<Error> transient(std::string code, std::string message) {
  return fail(ErrorKind::Transient, std::move(code), std::move(message));
}

class DcmtkAssociation : public Association {
 public:
  explicit DcmtkAssociation(const config::DimseDestination& where) : where_(where) {}
  DcmtkAssociation(const DcmtkAssociation&) = delete;
  DcmtkAssociation& operator=(const DcmtkAssociation&) = delete;

  ~DcmtkAssociation() override {
    close();
    if (network_ != nullptr) ASC_dropNetwork(&network_);
  }

  Result<void> set_up() {
    if (ASC_initializeNetwork(NET_REQUESTOR, 0, seconds_of(where_.response_timeout_ms), &network_).bad() ||
        ASC_setTransportLayer(network_, &transport_, 0).bad()) {
      return fail(ErrorKind::Config, "dimse.network", "the DICOM network layer cannot be set up");
    }
    return {};
  }

  bool is_open() const override { return association_ != nullptr; }
  bool is_quiet() override { return is_open() && !ASC_dataWaiting(association_, 0); }

  bool has_proposed(const Proposal& proposal) const override {
    return std::find(proposed_.begin(), proposed_.end(), proposal) != proposed_.end();
  }

  Result<void> open(const std::vector<Proposal>& proposals) override {
    close();
    T_ASC_Parameters* parameters = nullptr;
    if (ASC_createAssociationParameters(&parameters, limits::kMaxPduBytes).bad()) {
      return fail(ErrorKind::Bug, "dimse.parameters", "the Association parameters cannot be made");
    }
    if (auto filled = fill(parameters, proposals); !filled) {
      ASC_destroyAssociationParameters(&parameters);
      return fail(filled.error());
    }
    // One value for the process in DCMTK 3.6.7. Destinations that connect at the same moment may get each other's
    // timeout; every one of them is bounded.
    dcmConnectionTimeout.set(seconds_of(where_.connect_timeout_ms));
    set_deadline(where_.connect_timeout_ms + where_.response_timeout_ms);
    return request(parameters, proposals);
  }

  int accepted(const std::vector<Proposal>& wanted) const override {
    const auto found =
        std::find_if(wanted.begin(), wanted.end(), [this](const Proposal& proposal) { return context(proposal) != 0; });
    return found == wanted.end() ? -1 : static_cast<int>(found - wanted.begin());
  }

  Result<std::uint16_t> store(const Payload& payload, const Proposal& accepted) override {
    const E_TransferSyntax own = DcmXfer(payload.transfer_syntax.str().c_str()).getXfer();
    if (accepted.transfer_syntax == payload.transfer_syntax.str()) {
      RawDataset exact(payload.dataset(), own);
      return exchange(payload, accepted, exact);
    }
    VG_ASSIGN(const auto parsed, parse_payload(payload));
    const E_TransferSyntax other = DcmXfer(accepted.transfer_syntax.c_str()).getXfer();
    if (parsed->getDataset()->chooseRepresentation(other, nullptr).bad() ||
        !parsed->getDataset()->canWriteXfer(other, own)) {
      return fail(ErrorKind::Refused, "forward.syntax_refused", "the object cannot be converted without loss");
    }
    return exchange(payload, accepted, *parsed->getDataset());
  }

  void close() override {
    if (association_ == nullptr) return;
    transport_.set_deadline(DeadlineTransport::Clock::now() + kReleaseTimeout);
    if (ASC_releaseAssociation(association_).bad()) ASC_abortAssociation(association_);
    destroy();
  }

 private:
  /// After this no read or write of this connection waits any longer.
  void set_deadline(std::int64_t from_now_ms) {
    transport_.set_deadline(DeadlineTransport::Clock::now() + std::chrono::milliseconds(from_now_ms));
  }

  Result<void> fill(T_ASC_Parameters* parameters, const std::vector<Proposal>& proposals) const {
    const std::string address = where_.host + ":" + std::to_string(where_.port);
    bool good =
        ASC_setAPTitles(parameters, where_.calling_ae.str().c_str(), where_.called_ae.str().c_str(), nullptr).good();
    good = good && ASC_setPresentationAddresses(parameters, "veilgate", address.c_str()).good();
    if (!good || proposals.size() > kMaxContexts) {
      return fail(ErrorKind::Bug, "dimse.parameters", "the Association parameters cannot be filled in");
    }
    for (std::size_t i = 0; i < proposals.size(); ++i) {
      // One syntax per context, so that it is we who choose and not the peer's order of preference.
      const char* syntaxes[] = {proposals[i].transfer_syntax.c_str()};
      const auto id = static_cast<T_ASC_PresentationContextID>(2 * i + 1);
      if (ASC_addPresentationContext(parameters, id, proposals[i].sop_class.c_str(), syntaxes, 1).bad()) {
        return fail(ErrorKind::Bug, "dimse.parameters", "a presentation context cannot be proposed");
      }
    }
    return {};
  }

  Result<void> request(T_ASC_Parameters* parameters, const std::vector<Proposal>& proposals) {
    const OFCondition asked = ASC_requestAssociation(network_, parameters, &association_, nullptr, nullptr, DUL_NOBLOCK,
                                                     seconds_of(where_.response_timeout_ms));
    if (asked.good()) {
      proposed_ = proposals;
      return {};
    }
    std::string code = "dimse.connect";
    if (asked == DUL_ASSOCIATIONREJECTED) {
      // Before the association goes: the parameters are its own by now.
      code = rejection_code(association_ != nullptr ? association_->params : parameters);
    }
    if (association_ != nullptr) {
      destroy();
    } else {
      ASC_destroyAssociationParameters(&parameters);
    }
    return transient(std::move(code), "the destination cannot be reached or does not take the Association");
  }

  T_ASC_PresentationContextID context(const Proposal& proposal) const {
    if (association_ == nullptr) return 0;
    const auto known = std::find(proposed_.begin(), proposed_.end(), proposal);
    if (known == proposed_.end()) return 0;
    const auto id = static_cast<T_ASC_PresentationContextID>(2 * (known - proposed_.begin()) + 1);
    T_ASC_PresentationContext found{};
    if (ASC_findAcceptedPresentationContext(association_->params, id, &found).bad()) return 0;
    return proposal.transfer_syntax == found.acceptedTransferSyntax ? id : T_ASC_PresentationContextID{0};
  }

  Result<std::uint16_t> exchange(const Payload& payload, const Proposal& accepted, DcmDataset& dataset) {
    T_DIMSE_C_StoreRQ request{};
    request.MessageID = association_->nextMsgID++;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    OFStandard::strlcpy(request.AffectedSOPClassUID, payload.sop_class.str().c_str(), sizeof(DIC_UI));
    OFStandard::strlcpy(request.AffectedSOPInstanceUID, payload.sop_instance.str().c_str(), sizeof(DIC_UI));
    set_deadline(where_.response_timeout_ms +
                 static_cast<std::int64_t>(payload.bytes.size() * 1000 / kMinBytesPerSecond));
    T_DIMSE_C_StoreRSP response{};
    DcmDataset* detail = nullptr;
    const OFCondition stored =
        DIMSE_storeUser(association_, context(accepted), &request, nullptr, &dataset, nullptr, nullptr,
                        DIMSE_NONBLOCKING, seconds_of(where_.response_timeout_ms), &response, &detail);
    // The peer's status detail may quote identifiers: it is thrown away unread.
    delete detail;
    if (stored.good()) return response.DimseStatus;
    const bool late = stored == DIMSE_NODATAAVAILABLE || transport_.deadline() <= DeadlineTransport::Clock::now();
    abort();
    if (late) return transient("dimse.timeout", "the destination did not answer in time");
    return transient("dimse.broken", "the Association broke while sending");
  }

  void abort() {
    transport_.set_deadline(DeadlineTransport::Clock::now() + kReleaseTimeout);
    ASC_abortAssociation(association_);
    destroy();
  }

  void destroy() {
    ASC_destroyAssociation(&association_);
    association_ = nullptr;
    proposed_.clear();
  }

  config::DimseDestination where_;
  DeadlineTransport transport_;  // outlives network_ and association_, which point to it
  T_ASC_Network* network_ = nullptr;
  T_ASC_Association* association_ = nullptr;
  std::vector<Proposal> proposed_;
};

}  // namespace

Result<std::unique_ptr<Association>> Association::create(const config::DimseDestination& where) {
  auto association = std::make_unique<DcmtkAssociation>(where);
  VG_TRY(association->set_up());
  return association;
}

}  // namespace veilgate::forward
