#include "receive/store_request.h"

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <cstring>

#include "base/limits.h"
#include "base/log.h"
#include "dicom/uids.h"
#include "receive/file_meta.h"
#include "receive/sink.h"

namespace veilgate::receive {
namespace {

struct Outcome {
  DIC_US status = STATUS_Success;
  std::string code;  ///< of a refusal; empty for success
};

const dicom::StorageClass* known_class(std::string_view uid) {
  for (const auto& known : dicom::storage_classes()) {
    if (known.uid == uid) return &known;
  }
  return nullptr;
}

Outcome check_request(const T_DIMSE_C_StoreRQ& request, std::string_view abstract_syntax) {
  const std::string_view sop_class = request.AffectedSOPClassUID;
  if (known_class(sop_class) == nullptr) return {STATUS_STORE_Refused_SOPClassNotSupported, "store.unknown_class"};
  if (sop_class != abstract_syntax) return {STATUS_STORE_Error_DataSetDoesNotMatchSOPClass, "store.class_mismatch"};
  if (!Uid::parse(request.AffectedSOPInstanceUID))
    return {STATUS_STORE_Error_CannotUnderstand, "store.bad_instance_uid"};
  return {};
}

/// One C-STORE from its command to its answer.
class StoreRequest {
 public:
  StoreRequest(Context& context, const Peer& peer, dicom::net::ConnectionGuard& guard, T_ASC_Association* association,
               const T_ASC_PresentationContext& presentation, T_DIMSE_C_StoreRQ& request)
      : context_(context),
        peer_(peer),
        guard_(guard),
        association_(association),
        presentation_(presentation),
        request_(request) {}

  std::string run() {
    Outcome outcome = check_request(request_, presentation_.abstractSyntax);
    if (request_.DataSetType == DIMSE_DATASET_NULL) {
      if (outcome.code.empty()) outcome = {STATUS_STORE_Error_CannotUnderstand, "store.no_dataset"};
      return answer(outcome);
    }
    if (outcome.code.empty()) outcome = begin();
    DatasetSink sink(incoming_.get(), guard_, context_.receive.max_object_bytes * limits::kOversizeDrainFactor);
    T_ASC_PresentationContextID id = 0;
    const OFCondition condition =
        DIMSE_receiveDataSetInFile(association_, DIMSE_BLOCKING, 0, &id, &sink, nullptr, nullptr);
    if (condition.bad() || id != presentation_.presentationContextID) return interrupted(condition.good());
    if (outcome.code.empty()) outcome = admit(sink.bytes());
    return answer(outcome);
  }

 private:
  Outcome begin() {
    auto begun = context_.spool.begin(presentation_.acceptedTransferSyntax, context_.receive.max_object_bytes,
                                      context_.min_free_bytes);
    if (!begun) return {STATUS_STORE_Refused_OutOfResources, begun.error().code};
    incoming_ = std::move(*begun);
    incoming_->write_header(part10_header(request_.AffectedSOPClassUID, request_.AffectedSOPInstanceUID,
                                          presentation_.acceptedTransferSyntax));
    return {};
  }

  Outcome admit(std::uint64_t dataset_bytes) {
    if (dataset_bytes == 0) return {STATUS_STORE_Error_CannotUnderstand, "store.no_dataset"};
    const auto digest = incoming_->finish();
    if (!digest) return {STATUS_STORE_Refused_OutOfResources, digest.error().code};
    auto sop_class = Uid::parse(request_.AffectedSOPClassUID);
    auto transfer_syntax = Uid::parse(presentation_.acceptedTransferSyntax);
    if (!sop_class || !transfer_syntax) return {STATUS_STORE_Error_CannotUnderstand, "store.bad_uid"};
    const std::uint64_t size = incoming_->size_bytes();
    store::Admission admission{incoming_->id(),
                               InstanceKey{context_.instance_key.hmac("instance", request_.AffectedSOPInstanceUID)},
                               *digest,
                               size,
                               peer_.calling,
                               peer_.called,
                               peer_.address.str(),
                               std::move(*sop_class),
                               std::move(*transfer_syntax),
                               now_ms()};
    const auto verdict = context_.committer.submit(std::move(admission), std::move(incoming_), limits::kAdmitTimeoutMs);
    if (!verdict) return {STATUS_STORE_Refused_OutOfResources, verdict.error().code};
    count(*verdict, size);
    return {};
  }

  void count(store::AdmitVerdict verdict, std::uint64_t size) {
    Stats& stats = context_.stats;
    switch (verdict) {
      case store::AdmitVerdict::Accepted:
        ++stats.objects_accepted;
        stats.bytes_stored += size;
        break;
      case store::AdmitVerdict::Conflict:
        ++stats.objects_conflict;
        stats.bytes_stored += size;
        break;
      case store::AdmitVerdict::Duplicate:
        ++stats.objects_duplicate;
        break;
    }
  }

  std::string interrupted(bool wrong_context) {
    const std::string reason = wrong_context             ? "store.context_changed"
                               : guard_.reason().empty() ? "store.interrupted"
                                                         : guard_.reason();
    record(reason, 0);
    return reason;
  }

  void record(const std::string& reason, DIC_US status) {
    ++context_.stats.objects_refused;
    const auto* known = known_class(request_.AffectedSOPClassUID);
    const std::string class_name(known == nullptr ? "unknown" : known->keyword);
    log::warn(
        "object.refused",
        {{"calling", peer_.calling.str()}, {"peer", peer_.address.str()}, {"reason", reason}, {"class", class_name}});
    nlohmann::json details{{"reason", reason}, {"peer", peer_.address.str()}, {"class", class_name}};
    if (status != 0) details["status"] = fmt_status(status);
    context_.refusals.record(audit::EventType::ObjectRefused, peer_.calling.str(), std::move(details));
  }

  static std::string fmt_status(DIC_US status) {
    char text[8];
    std::snprintf(text, sizeof text, "%04X", static_cast<unsigned>(status));
    return text;
  }

  std::string answer(const Outcome& outcome) {
    // Before the answer, so that a peer that goes on at once finds the room freed.
    incoming_.reset();
    if (!outcome.code.empty()) record(outcome.code, outcome.status);
    T_DIMSE_C_StoreRSP response;
    std::memset(&response, 0, sizeof response);
    response.DimseStatus = outcome.status;
    response.DataSetType = DIMSE_DATASET_NULL;
    response.MessageIDBeingRespondedTo = request_.MessageID;
    std::memcpy(response.AffectedSOPClassUID, request_.AffectedSOPClassUID, sizeof response.AffectedSOPClassUID);
    std::memcpy(response.AffectedSOPInstanceUID, request_.AffectedSOPInstanceUID,
                sizeof response.AffectedSOPInstanceUID);
    response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
    if ((request_.opts & O_STORE_RQ_BLANK_PADDING) != 0) response.opts |= O_STORE_RSP_BLANK_PADDING;
    DcmDataset detail;
    if (!outcome.code.empty()) (void)detail.putAndInsertString(DCM_ErrorComment, outcome.code.c_str());
    const OFCondition sent = DIMSE_sendStoreResponse(association_, presentation_.presentationContextID, &request_,
                                                     &response, outcome.code.empty() ? nullptr : &detail);
    if (sent.good()) return {};
    return guard_.reason().empty() ? "peer.closed" : guard_.reason();
  }

  Context& context_;
  const Peer& peer_;
  dicom::net::ConnectionGuard& guard_;
  T_ASC_Association* association_;
  const T_ASC_PresentationContext& presentation_;
  T_DIMSE_C_StoreRQ& request_;
  std::unique_ptr<spool::Incoming> incoming_;
};

}  // namespace

std::string handle_store(Context& context, const Peer& peer, dicom::net::ConnectionGuard& guard,
                         T_ASC_Association* association, const T_ASC_PresentationContext& presentation,
                         T_DIMSE_C_StoreRQ& request) {
  return StoreRequest(context, peer, guard, association, presentation, request).run();
}

}  // namespace veilgate::receive
