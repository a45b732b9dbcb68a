#include "base/net_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace veilgate {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (copy.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data()) == 1) return address;
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) == 1) return from_v6(address.bytes_);
  }
  return fail(ErrorKind::Config, "address.invalid", "not an IPv4 or IPv6 address");
}

IpAddress IpAddress::from(const sockaddr_storage& storage) {
  IpAddress address;
  if (storage.ss_family == AF_INET) {
    std::memcpy(address.bytes_.data(), &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr, 4);
    return address;
  }
  std::memcpy(address.bytes_.data(), &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr, 16);
  return from_v6(address.bytes_);
}

IpAddress IpAddress::from_v6(const std::array<std::uint8_t, 16>& bytes) {
  IpAddress address;
  address.v4_ = std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
  if (address.v4_) {
    std::copy_n(bytes.begin() + kMappedPrefix.size(), 4, address.bytes_.begin());
  } else {
    address.bytes_ = bytes;
  }
  return address;
}

std::string IpAddress::str() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size()) == nullptr ? "?" : text.data();
}

Result<IpBlock> IpBlock::parse(std::string_view text) {
  const auto slash = text.find('/');
  IpBlock block;
  VG_ASSIGN(block.address_, IpAddress::parse(text.substr(0, slash)));
  const int whole = block.address_.is_v4() ? kV4Bits : kV6Bits;
  block.prefix_bits_ = whole;
  if (slash == std::string_view::npos) return block;
  const auto digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), block.prefix_bits_);
  if (error != std::errc{} || end != digits.data() + digits.size() || block.prefix_bits_ < 0 ||
      block.prefix_bits_ > whole) {
    return fail(ErrorKind::Config, "address.invalid", "the number after / is not a prefix length of this address");
  }
  return block;
}

IpAddress IpBlock::base() const {
  IpAddress base = address_;
  for (int byte = 0; byte < 16; ++byte) {
    const int kept = std::clamp(prefix_bits_ - 8 * byte, 0, 8);
    base.bytes_[static_cast<std::size_t>(byte)] &= static_cast<std::uint8_t>(0xff << (8 - kept));
  }
  return base;
}

bool IpBlock::contains(const IpAddress& address) const {
  if (address.v4_ != address_.v4_) return false;
  IpBlock other = *this;
  other.address_ = address;
  return other.base() == base();
}

std::string IpBlock::str() const { return base().str() + "/" + std::to_string(prefix_bits_); }
bool IpBlock::is_aligned() const { return base() == address_; }

}  // namespace veilgate
