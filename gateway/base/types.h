#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace veilgate {

/// Application Entity Title: 1 to 16 printable ASCII characters without backslash, outer spaces insignificant
/// (PS3.5 6.2 AE).
class AeTitle {
 public:
  static Result<AeTitle> parse(std::string_view text);
  /// For what a peer sent: keeps printable characters, cuts at 16, "?" when nothing is left. Never fails, safe to log.
  static AeTitle sanitized(std::string_view text);
  const std::string& str() const { return value_; }
  auto operator<=>(const AeTitle&) const = default;

 private:
  explicit AeTitle(std::string value) : value_(std::move(value)) {}
  std::string value_;
};

/// DICOM unique identifier: 1 to 64 characters, digits and dots (PS3.5 9.1). Leading zeros are tolerated on input.
class Uid {
 public:
  static Result<Uid> parse(std::string_view text);
  const std::string& str() const { return value_; }
  auto operator<=>(const Uid&) const = default;

 private:
  explicit Uid(std::string value) : value_(std::move(value)) {}
  std::string value_;
};

/// A 32-byte SHA-256 (or HMAC-SHA-256) value.
class Sha256 {
 public:
  using Bytes = std::array<std::uint8_t, 32>;
  Sha256() = default;
  explicit Sha256(const Bytes& bytes) : bytes_(bytes) {}
  static Result<Sha256> parse(std::string_view hex);
  std::string hex() const;
  const Bytes& bytes() const { return bytes_; }
  auto operator<=>(const Sha256&) const = default;

 private:
  Bytes bytes_{};
};

/// The gateway's own name of a received object: 32 lowercase hex digits, random, carries nothing of the patient.
class ObjectId {
 public:
  static ObjectId random();
  static Result<ObjectId> parse(std::string_view text);
  const std::string& str() const { return value_; }
  auto operator<=>(const ObjectId&) const = default;

 private:
  explicit ObjectId(std::string value) : value_(std::move(value)) {}
  std::string value_;
};

/// Keyed digest of a SOP Instance UID: finds duplicates without storing the identifier.
struct InstanceKey {
  Sha256 value;
  auto operator<=>(const InstanceKey&) const = default;
};

}  // namespace veilgate
