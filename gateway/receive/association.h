#pragma once
#include "receive/context.h"
#include "receive/listener.h"

namespace veilgate::receive {

/// Runs one association from its request to its end on the calling thread. Never throws.
void run_association(Context& context, Connection connection);

}  // namespace veilgate::receive
