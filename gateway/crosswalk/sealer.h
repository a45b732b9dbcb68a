#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/phi.h"
#include "base/result.h"
#include "base/types.h"

namespace veilgate::crosswalk {

/// What a sealed text is about. It is authenticated with it: a row moved to another patient, object or project does not
/// open.
struct Binding {
  std::string_view kind;  ///< "entry" or "object"
  std::string project;
  std::string id;  ///< the patient's token in hex, or the object's id
};
Binding entry_binding(const std::string& project, const Sha256& token);
Binding object_binding(const std::string& project, const ObjectId& object);

/// AES-256-GCM with a random 96-bit nonce. A sealed text is: format version (1 byte), which key (8 bytes, a digest),
/// nonce (12), ciphertext, tag (16).
class Sealer {
 public:
  explicit Sealer(const SecretKey& key);
  ~Sealer();
  Sealer(const Sealer&) = default;
  Sealer& operator=(const Sealer&) = default;

  std::string seal(const Phi<std::string>& plain, const Binding& binding) const;
  /// Config "crosswalk.wrong_key" (sealed with another key), "crosswalk.newer" (by a newer program); Refused
  /// "crosswalk.tampered".
  Result<Phi<std::string>> open(std::string_view sealed, const Binding& binding) const;
  /// Finds an output by its SOP Instance UID without storing that.
  Sha256 uid_key(std::string_view uid) const;

 private:
  SecretKey root_;
  Sha256::Bytes cipher_key_;
  std::string key_id_;
};

/// load_key() of the crosswalk's key file, with what its loss means in the error.
Result<Sealer> load_sealer(const std::filesystem::path& key_file);

}  // namespace veilgate::crosswalk
