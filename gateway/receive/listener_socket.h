#pragma once
#include <cstdint>
#include <string>

#include "base/files.h"
#include "base/result.h"

namespace veilgate::receive {

/// A listening TCP socket, non-blocking; "::" takes IPv4 as well. Config error when the address is bad or taken.
Result<FileDescriptor> open_listener(const std::string& bind_address, std::uint16_t port);
/// Where a socket is bound (port 0 asks the system for a free one).
Result<std::uint16_t> bound_port(int fd);

}  // namespace veilgate::receive
