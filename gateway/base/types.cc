#include "base/types.h"

#include <algorithm>

#include "base/hash.h"

namespace veilgate {
namespace {

constexpr std::size_t kMaxAeTitleChars = 16;  // PS3.5 Table 6.2-1
constexpr std::size_t kMaxUidChars = 64;      // PS3.5 9.1
constexpr std::size_t kObjectIdBytes = 16;    // 128 random bits: no collision in practice

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool printable(char c) { return c >= 0x20 && c < 0x7f && c != '\\'; }

bool lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<AeTitle> AeTitle::parse(std::string_view text) {
  const auto value = trimmed(text);
  if (value.empty() || value.size() > kMaxAeTitleChars || !std::all_of(value.begin(), value.end(), printable)) {
    return fail(ErrorKind::Refused, "ae_title.invalid",
                "an AE title is 1 to 16 printable characters without backslash");
  }
  return AeTitle(std::string(value));
}

AeTitle AeTitle::sanitized(std::string_view text) {
  std::string kept;
  for (const char c : trimmed(text)) {
    if (printable(c) && kept.size() < kMaxAeTitleChars) kept.push_back(c);
  }
  const std::string_view value = trimmed(kept);  // dropping a character may have left a space at the end
  return AeTitle(value.empty() ? "?" : std::string(value));
}

Result<Uid> Uid::parse(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.remove_suffix(1);
  const bool shape = !text.empty() && text.size() <= kMaxUidChars && text.front() != '.' && text.back() != '.' &&
                     text.find("..") == std::string_view::npos &&
                     std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  if (!shape) return fail(ErrorKind::Permanent, "uid.invalid", "a UID is 1 to 64 digits and dots");
  return Uid(std::string(text));
}

Result<Sha256> Sha256::parse(std::string_view hex) {
  if (hex.size() != 64 || !lower_hex(hex)) {
    return fail(ErrorKind::Refused, "sha256.invalid", "a SHA-256 is 64 lowercase hex digits");
  }
  const auto nibble = [](char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
  }
  return Sha256(bytes);
}

std::string Sha256::hex() const { return to_hex(bytes_); }

ObjectId ObjectId::random() {
  std::array<std::uint8_t, kObjectIdBytes> bytes{};
  random_bytes(bytes);
  return ObjectId(to_hex(bytes));
}

Result<ObjectId> ObjectId::parse(std::string_view text) {
  if (text.size() != 2 * kObjectIdBytes || !lower_hex(text)) {
    return fail(ErrorKind::Refused, "object_id.invalid", "an object id is 32 lowercase hex digits");
  }
  return ObjectId(std::string(text));
}

}  // namespace veilgate
