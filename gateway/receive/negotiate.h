#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct T_ASC_Parameters;

namespace veilgate::receive {

/// What the receiver takes: decided once, at the start.
struct Abilities {
  std::vector<std::string> maskable_transfer_syntaxes;
  bool accept_unmaskable = true;  ///< the rest that dicom/uids.h names is taken too, into hold
};

/// The transfer syntax to accept for a context, as the proposer prefers it; maskable ones first. Empty: refuse.
std::string_view choose_transfer_syntax(const Abilities& abilities, const std::vector<std::string_view>& proposed);
bool accepts_class(const Abilities& abilities, std::string_view abstract_syntax);

/// Accepts or refuses every proposed context. Returns how many were accepted; Permanent when they cannot be read.
Result<int> negotiate(const Abilities& abilities, T_ASC_Parameters* parameters);

}  // namespace veilgate::receive
