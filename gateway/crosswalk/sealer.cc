#include "crosswalk/sealer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace veilgate::crosswalk {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kKeyIdBytes = 8, kNonceBytes = 12, kTagBytes = 16;
constexpr std::size_t kHeaderBytes = 1 + kKeyIdBytes + kNonceBytes;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// Each field with its length: no two bindings give the same text. The format and key are covered as well.
std::string authenticated(std::string_view header, const Binding& binding) {
  std::string out;
  for (const std::string_view field : {std::string_view("veilgate-crosswalk"), header.substr(0, 1 + kKeyIdBytes),
                                       binding.kind, std::string_view(binding.project), std::string_view(binding.id)}) {
    out.append(std::to_string(field.size())).append(":").append(field);
  }
  return out;
}

Context context() {
  Context made(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!made) std::abort();
  return made;
}

}  // namespace

Binding entry_binding(const std::string& project, const Sha256& token) { return {"entry", project, token.hex()}; }
Binding object_binding(const std::string& project, const ObjectId& object) { return {"object", project, object.str()}; }

Sealer::Sealer(const SecretKey& key) : root_(key), cipher_key_(key.hmac("crosswalk-cipher", "").bytes()) {
  const Sha256 id = key.hmac("crosswalk-key-id", "");
  key_id_.assign(id.bytes().begin(), id.bytes().begin() + kKeyIdBytes);
}

Sealer::~Sealer() { OPENSSL_cleanse(cipher_key_.data(), cipher_key_.size()); }

Sha256 Sealer::uid_key(std::string_view uid) const { return root_.hmac("crosswalk-output-uid", uid); }

std::string Sealer::seal(const Phi<std::string>& plain, const Binding& binding) const {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  random_bytes(nonce);
  std::string sealed(1, kFormat);
  sealed.append(key_id_).append(nonce.begin(), nonce.end());
  const std::string about = authenticated(sealed, binding);
  const std::string& text = plain.reveal();
  sealed.resize(kHeaderBytes + text.size() + kTagBytes);
  unsigned char* out = bytes(sealed) + kHeaderBytes;
  const Context gcm = context();
  int length = 0;
  const bool done = EVP_EncryptInit_ex(gcm.get(), EVP_aes_256_gcm(), nullptr, cipher_key_.data(), nonce.data()) == 1 &&
                    EVP_EncryptUpdate(gcm.get(), nullptr, &length, bytes(about), static_cast<int>(about.size())) == 1 &&
                    EVP_EncryptUpdate(gcm.get(), out, &length, bytes(text), static_cast<int>(text.size())) == 1 &&
                    EVP_EncryptFinal_ex(gcm.get(), out + text.size(), &length) == 1 &&
                    EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + text.size()) == 1;
  if (!done) std::abort();  // nothing may be stored that is not sealed
  return sealed;
}

Result<Phi<std::string>> Sealer::open(std::string_view sealed, const Binding& binding) const {
  const auto tampered = [] {
    return fail(ErrorKind::Refused, "crosswalk.tampered",
                "a row of the crosswalk was altered or stands where it does not belong; restore it from a backup");
  };
  if (sealed.size() < kHeaderBytes + kTagBytes) return tampered();
  if (sealed[0] != kFormat) {
    return fail(ErrorKind::Config, "crosswalk.newer",
                "the crosswalk was written in another format; use the newer program");
  }
  if (sealed.substr(1, kKeyIdBytes) != key_id_) {
    return fail(ErrorKind::Config, "crosswalk.wrong_key",
                "the crosswalk was sealed with another key than the one in the key file; restore crosswalk.key from "
                "its backup");
  }
  const std::string about = authenticated(sealed, binding);
  const std::string_view nonce = sealed.substr(1 + kKeyIdBytes, kNonceBytes);
  const std::string_view text = sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(text.size() + kTagBytes, '\0');  // room enough also for no text at all
  const Context gcm = context();
  int length = 0;
  const bool whole =
      EVP_DecryptInit_ex(gcm.get(), EVP_aes_256_gcm(), nullptr, cipher_key_.data(), bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(gcm.get(), nullptr, &length, bytes(about), static_cast<int>(about.size())) == 1 &&
      EVP_DecryptUpdate(gcm.get(), bytes(plain), &length, bytes(text), static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(gcm.get(), bytes(plain) + text.size(), &length) == 1;
  if (!whole) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return tampered();
  }
  plain.resize(text.size());
  return Phi<std::string>(std::move(plain));
}

Result<Sealer> load_sealer(const std::filesystem::path& key_file) {
  auto key = load_key(key_file);
  if (key) return Sealer(*key);
  Error error = key.error();
  error.message += "; without this key nothing of the crosswalk can be read";
  return fail(std::move(error));
}

}  // namespace veilgate::crosswalk
