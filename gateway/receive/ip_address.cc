#include "receive/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace veilgate::receive {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data()) == 1) return address;
  sockaddr_storage storage{};
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET6, copy.c_str(), &v6->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
    return from(storage);
  }
  return fail(ErrorKind::Config, "receive.bad_address", "Not an IPv4 or IPv6 address.");
}

IpAddress IpAddress::from(const sockaddr_storage& storage) {
  IpAddress address;
  if (storage.ss_family == AF_INET) {
    std::memcpy(address.bytes_.data(), &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr, 4);
    return address;
  }
  std::memcpy(address.bytes_.data(), &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr, 16);
  address.v4_ = std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes_.begin());
  if (address.v4_) {
    std::copy_n(address.bytes_.begin() + kMappedPrefix.size(), 4, address.bytes_.begin());
    std::fill(address.bytes_.begin() + 4, address.bytes_.end(), std::uint8_t{0});
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
  VG_ASSIGN(block.base_, IpAddress::parse(text.substr(0, slash)));
  const int whole = block.base_.is_v4() ? kV4Bits : kV6Bits;
  block.prefix_bits_ = whole;
  if (slash == std::string_view::npos) return block;
  const auto digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), block.prefix_bits_);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty() || block.prefix_bits_ < 0 ||
      block.prefix_bits_ > whole) {
    return fail(ErrorKind::Config, "receive.bad_address", "The number after / is not a prefix length of this address.");
  }
  return block;
}

bool IpBlock::contains(const IpAddress& address) const {
  if (address.v4_ != base_.v4_) return false;
  const auto bytes = static_cast<std::size_t>(prefix_bits_ / 8);
  if (!std::equal(base_.bytes_.begin(), base_.bytes_.begin() + bytes, address.bytes_.begin())) return false;
  const int bits = prefix_bits_ % 8;
  if (bits == 0) return true;
  const int mask = 0xff << (8 - bits) & 0xff;
  return ((base_.bytes_[bytes] ^ address.bytes_[bytes]) & mask) == 0;
}

}  // namespace veilgate::receive
