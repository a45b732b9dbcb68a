#include <dcmtk/config/osconfig.h>
// DCMTK's headers need that first.
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/assoc.h>

#include <algorithm>

#include "dicom/uids.h"
#include "receive/negotiate.h"

namespace veilgate::receive {
namespace {

constexpr std::string_view kVerificationSyntaxes[] = {UID_LittleEndianImplicitTransferSyntax,
                                                      UID_LittleEndianExplicitTransferSyntax};

std::string_view choose_for_verification(const std::vector<std::string_view>& proposed) {
  for (const auto uid : proposed) {
    if (std::find(std::begin(kVerificationSyntaxes), std::end(kVerificationSyntaxes), uid) !=
        std::end(kVerificationSyntaxes)) {
      return uid;
    }
  }
  return {};
}

Result<bool> decide(const Abilities& abilities, T_ASC_Parameters* parameters, int position) {
  T_ASC_PresentationContext context;
  if (ASC_getPresentationContext(parameters, position, &context).bad()) {
    return fail(ErrorKind::Permanent, "association.malformed", "A presentation context cannot be read.");
  }
  std::vector<std::string_view> proposed;
  const int count = std::min<int>(context.transferSyntaxCount, DICOM_MAXTRANSFERSYNTAXES);
  for (int i = 0; i < count; ++i) proposed.emplace_back(context.proposedTransferSyntaxes[i]);

  const std::string_view abstract = context.abstractSyntax;
  const bool verification = abstract == UID_VerificationSOPClass;
  OFCondition condition;
  bool accepted = false;
  if (!verification && !accepts_class(abilities, abstract)) {
    condition =
        ASC_refusePresentationContext(parameters, context.presentationContextID, ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
  } else {
    const auto chosen = verification ? choose_for_verification(proposed) : choose_transfer_syntax(abilities, proposed);
    accepted = !chosen.empty();
    condition = accepted ? ASC_acceptPresentationContext(parameters, context.presentationContextID, chosen.data())
                         : ASC_refusePresentationContext(parameters, context.presentationContextID,
                                                         ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
  }
  if (condition.bad())
    return fail(ErrorKind::Permanent, "association.malformed", "A presentation context cannot be answered.");
  return accepted;
}

}  // namespace

std::string_view choose_transfer_syntax(const Abilities& abilities, const std::vector<std::string_view>& proposed) {
  const auto& maskable = abilities.maskable_transfer_syntaxes;
  for (const auto uid : proposed) {
    if (std::find(maskable.begin(), maskable.end(), uid) != maskable.end()) return uid;
  }
  if (!abilities.accept_unmaskable) return {};
  const auto known = dicom::transfer_syntaxes();
  for (const auto uid : proposed) {
    const auto same = [&](const dicom::TransferSyntaxName& name) { return name.uid == uid; };
    if (std::any_of(known.begin(), known.end(), same)) return uid;
  }
  return {};
}

bool accepts_class(const Abilities& abilities, std::string_view abstract_syntax) {
  // By UID only: storage_class() takes keywords as well, and a peer's bytes must not be read as one.
  for (const auto& known : dicom::storage_classes()) {
    if (known.uid == abstract_syntax) return known.maskable || abilities.accept_unmaskable;
  }
  return false;
}

Result<int> negotiate(const Abilities& abilities, T_ASC_Parameters* parameters) {
  const int count = ASC_countPresentationContexts(parameters);
  int accepted = 0;
  for (int position = 0; position < count; ++position) {
    VG_ASSIGN(const bool taken, decide(abilities, parameters, position));
    accepted += taken ? 1 : 0;
  }
  return accepted;
}

}  // namespace veilgate::receive
