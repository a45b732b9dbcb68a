#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr_storage;

namespace veilgate {

/// An IPv4 or IPv6 address; IPv4-mapped IPv6 is IPv4.
class IpAddress {
 public:
  static Result<IpAddress> parse(std::string_view text);
  /// Of a peer; every family but AF_INET is read as IPv6.
  static IpAddress from(const sockaddr_storage& address);
  std::string str() const;
  bool is_v4() const { return v4_; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  friend class IpBlock;
  static IpAddress from_v6(const std::array<std::uint8_t, 16>& bytes);
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  ///< the first 4 for IPv4
};

/// An address or CIDR block: "10.1.2.3", "10.0.0.0/8", "fd00::/8".
class IpBlock {
 public:
  static Result<IpBlock> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  /// "10.0.0.0/8" for "10.1.2.3/8": what the block really covers.
  std::string str() const;
  /// No bit is set behind the prefix.
  bool is_aligned() const;

 private:
  IpAddress base() const;
  IpAddress address_;
  int prefix_bits_ = 0;
};

}  // namespace veilgate
