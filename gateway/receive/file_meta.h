#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace veilgate::receive {

/// The start of a Part 10 file (PS3.10 7.1): zero preamble, DICM, and the File Meta Information that names the object
/// and this implementation, nothing of the peer.
std::vector<std::uint8_t> part10_header(std::string_view sop_class, std::string_view sop_instance,
                                        std::string_view transfer_syntax);

}  // namespace veilgate::receive
