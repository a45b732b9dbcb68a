#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr_storage;

namespace veilgate::receive {

/// An IPv4 or IPv6 address; IPv4-mapped IPv6 is IPv4.
class IpAddress {
 public:
  static Result<IpAddress> parse(std::string_view text);
  static IpAddress from(const sockaddr_storage& address);
  std::string str() const;
  bool is_v4() const { return v4_; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  friend class IpBlock;
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  ///< the first 4 for IPv4
};

/// An address or CIDR block: "10.1.2.3", "10.0.0.0/8", "fd00::/8".
class IpBlock {
 public:
  static Result<IpBlock> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int prefix_bits_ = 0;
};

}  // namespace veilgate::receive
