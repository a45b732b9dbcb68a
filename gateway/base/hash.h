#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/types.h"

namespace veilgate {

std::string to_hex(std::span<const std::uint8_t> bytes);

/// Fills with bytes of the operating system's generator; aborts when there are none, nothing may go on without.
void random_bytes(std::span<std::uint8_t> out);

/// Incremental SHA-256 for streams (OpenSSL EVP).
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view text);
  /// Ends the stream; the object must not be used afterwards.
  Sha256 finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Sha256 sha256(std::span<const std::uint8_t> bytes);
Sha256 sha256(std::string_view text);
Result<Sha256> sha256_file(const std::filesystem::path& path);

/// A secret that can be used but not printed; wiped on destruction.
class SecretKey {
 public:
  static constexpr std::size_t kBytes = 32;
  explicit SecretKey(std::span<const std::uint8_t> bytes);
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey(SecretKey&&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  SecretKey& operator=(SecretKey&&) = default;
  /// HMAC-SHA-256 over `purpose`, a zero byte and `text`: one key, no collisions between uses.
  Sha256 hmac(std::string_view purpose, std::string_view text) const;

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

/// Reads 64 hex digits; Config error when missing, malformed or readable by group or others.
Result<SecretKey> load_key(const std::filesystem::path& path);
/// Writes a new random key durably with mode 0600; Config error when the file exists.
Result<SecretKey> create_key(const std::filesystem::path& path);

}  // namespace veilgate
