#pragma once
#include <dcmtk/config/osconfig.h>
// DCMTK's headers need that first.
#include <dcmtk/dcmnet/dimse.h>

#include <string>

#include "receive/context.h"

namespace veilgate::receive {

/// Receives one object and answers its C-STORE: 0000 when the object is durable and its row committed, is a duplicate
/// of one that is, or is held as a conflict; otherwise a failure with the reason code as Error Comment (0000,0902).
/// Returns why the association must end, or nothing.
std::string handle_store(Context& context, const Peer& peer, dicom::net::ConnectionGuard& guard,
                         T_ASC_Association* association, const T_ASC_PresentationContext& presentation,
                         T_DIMSE_C_StoreRQ& request);

}  // namespace veilgate::receive
