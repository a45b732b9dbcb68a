#include "base/hash.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "base/files.h"

namespace veilgate {

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const auto byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

void random_bytes(std::span<std::uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

struct Sha256Stream::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256Stream::Sha256Stream() : impl_(std::make_unique<Impl>()) {
  if (EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) != 1) std::abort();
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::uint8_t> bytes) {
  if (EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()) != 1) std::abort();
}

void Sha256Stream::update(std::string_view text) {
  update(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Sha256 Sha256Stream::finish() {
  Sha256::Bytes bytes{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(impl_->context, bytes.data(), &size) != 1) std::abort();
  return Sha256(bytes);
}

Sha256 sha256(std::span<const std::uint8_t> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Sha256 sha256(std::string_view text) {
  return sha256(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<Sha256> sha256_file(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return fail(ErrorKind::Transient, "file.open", "cannot open the file: " + errno_text(errno));
  constexpr std::size_t kChunkBytes = 1 << 20;
  std::vector<std::uint8_t> chunk(kChunkBytes);
  Sha256Stream stream;
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::Transient, "file.read", "cannot read the file: " + errno_text(errno));
    if (got == 0) return stream.finish();
    stream.update(std::span(chunk.data(), static_cast<std::size_t>(got)));
  }
}

SecretKey::SecretKey(std::span<const std::uint8_t> bytes) {
  std::copy_n(bytes.begin(), std::min(bytes.size(), kBytes), bytes_.begin());
}
SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Sha256 SecretKey::hmac(std::string_view purpose, std::string_view text) const {
  std::string message;
  message.reserve(purpose.size() + 1 + text.size());
  message.append(purpose).push_back('\0');
  message.append(text);
  Sha256::Bytes out{};
  unsigned size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(message.data());
  if (HMAC(EVP_sha256(), bytes_.data(), kBytes, data, message.size(), out.data(), &size) == nullptr) std::abort();
  OPENSSL_cleanse(message.data(), message.size());
  return Sha256(out);
}

Result<SecretKey> load_key(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return fail(ErrorKind::Config, "key.missing",
                "key file " + path.string() + " cannot be read: " + errno_text(errno));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorKind::Config, "key.permissions",
                "key file " + path.string() + " is open to others: chmod 600 " + path.string());
  }
  VG_ASSIGN(std::string text, read_file(path, 4096));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const auto parsed = Sha256::parse(text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!parsed)
    return fail(ErrorKind::Config, "key.malformed", "key file " + path.string() + " must hold 64 lowercase hex digits");
  return SecretKey(parsed->bytes());
}

Result<SecretKey> create_key(const std::filesystem::path& path) {
  const auto exists = [&] {
    return fail(ErrorKind::Config, "key.exists", "key file " + path.string() + " exists and is not overwritten");
  };
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown)) return exists();
  VG_TRY(make_folder(path.parent_path()));
  std::array<std::uint8_t, SecretKey::kBytes> bytes{};
  random_bytes(bytes);
  SecretKey key(bytes);
  std::string text = to_hex(bytes) + "\n";
  // A link, unlike a rename, never replaces: of two processes that create a key at once one keeps its own.
  auto temporary = path;
  temporary += ".new-" + ObjectId::random().str();
  const auto written =
      write_durably(temporary, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0600);
  OPENSSL_cleanse(text.data(), text.size());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!written) return fail(written.error());
  const int error = ::link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
  ::unlink(temporary.c_str());
  if (error == EEXIST) return exists();
  if (error != 0) return fail(ErrorKind::Transient, "key.create", "cannot put the key in place: " + errno_text(error));
  VG_TRY(sync_folder(path.has_parent_path() ? path.parent_path() : "."));
  return key;
}

}  // namespace veilgate
