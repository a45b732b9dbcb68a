#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/types.h"
#include "config/config.h"

namespace veilgate::forward {

/// One released output on its way out.
struct Outgoing {
  ObjectId id;
  std::filesystem::path file;
  Sha256 expected_sha256;            ///< what was verified and approved; other bytes are never sent
  std::optional<Sha256> replaces{};  ///< what the destination was given of this object before, when other bytes
};

/// Proof that a destination has the object.
struct Receipt {
  std::string code;      ///< "dimse.status.0000", "folder.written", "folder.present"
  bool warning = false;  ///< delivered, but the peer had a remark (status Bxxx)
};

/// Where outputs go. Used by one thread at a time. send() returns only after the destination has confirmed the
/// object; every wait in it is bounded. Transient: try later; every other kind: this object cannot go there.
class Destination {
 public:
  virtual ~Destination() = default;
  virtual Result<Receipt> send(const Outgoing& outgoing) = 0;
  /// Called now and then while nothing is to be sent: closes what has been open long enough.
  virtual void idle() {}
};

/// The destination that the configuration describes. Config error when it cannot be set up.
Result<std::unique_ptr<Destination>> make_destination(const config::Destination& destination);

/// Makers, one per kind; make_destination is the registry.
Result<std::unique_ptr<Destination>> make_dimse(const config::DimseDestination& where);
Result<std::unique_ptr<Destination>> make_folder_destination(const config::FolderDestination& where);

}  // namespace veilgate::forward
