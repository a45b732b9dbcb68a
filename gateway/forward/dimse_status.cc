#include "forward/dimse_status.h"

#include <fmt/format.h>

namespace veilgate::forward {
namespace {

bool is_warning(std::uint16_t status) {
  // 0001, 0107 and 0116 are the general warnings of PS3.7 annex C.
  return (status & 0xF000) == 0xB000 || status == 0x0001 || status == 0x0107 || status == 0x0116;
}

bool is_transient(std::uint16_t status) {
  switch (status) {
    case 0x0110:  // processing failure
    case 0x0213:  // resource limitation
    case 0xFE00:  // cancelled
      return true;
    default:
      return (status & 0xFF00) == 0xA700;  // out of resources
  }
}

}  // namespace

Result<Receipt> receipt_of(std::uint16_t status) {
  std::string code = fmt::format("dimse.status.{:04X}", status);
  if (status == 0) return Receipt{std::move(code), false};
  if (is_warning(status)) return Receipt{std::move(code), true};
  if (is_transient(status)) {
    return fail(ErrorKind::Transient, std::move(code), "the destination cannot take the object now");
  }
  return fail(ErrorKind::Permanent, std::move(code), "the destination refuses the object");
}

}  // namespace veilgate::forward
