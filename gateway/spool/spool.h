#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/files.h"
#include "base/hash.h"
#include "base/result.h"
#include "base/types.h"

namespace veilgate::spool {

/// A received object on its way to the disk. It never fails while bytes arrive: the first error is latched, later
/// bytes are dropped, and finish() tells (a sink that fails mid-PDU hangs the association). Removed unless kept.
class Incoming {
 public:
  virtual ~Incoming() = default;
  virtual const ObjectId& id() const = 0;
  /// Bytes that belong to the file but not to the dataset digest (preamble, file meta information).
  virtual void write_header(std::span<const std::uint8_t> bytes) = 0;
  /// Bytes of the dataset as they came; hashed.
  virtual void write(std::span<const std::uint8_t> bytes) = 0;
  virtual std::uint64_t size_bytes() const = 0;
  /// File and folder are durable. Transient: disk; Permanent "receive.too_large": over max_object_bytes.
  virtual Result<Sha256> finish() = 0;
  /// The store has the object now: do not remove it. Before this, destruction removes the file.
  virtual void keep() = 0;
};

inline constexpr const char* kOutputs = "outputs";

/// Immutable objects by our own id: originals/<aa>/<id>.dcm and outputs/<aa>/<id>.dcm, folders 0700, files 0600. aa =
/// first byte of the id. No received value becomes part of a path.
class Spool {
 public:
  /// Creates the folders when missing and takes no lock. Config error when the path cannot be used.
  static Result<std::unique_ptr<Spool>> open(const std::filesystem::path& root);
  virtual ~Spool() = default;

  /// A new original. `digest_seed` goes into the dataset digest first (the transfer syntax UID). Transient
  /// "spool.full" when less than min_free_bytes would be left.
  virtual Result<std::unique_ptr<Incoming>> begin(std::string_view digest_seed, std::uint64_t max_object_bytes,
                                                  std::uint64_t min_free_bytes) = 0;
  virtual std::filesystem::path original(const ObjectId& id) const = 0;
  virtual std::filesystem::path output(const ObjectId& id) const = 0;
  /// Exclusive lock of the whole spool for `serve`; Config error naming the other process when it is taken.
  virtual Result<FileDescriptor> lock() = 0;
  /// Ids that have an original on disk, for reconcile and for removing what was never admitted.
  virtual Result<std::vector<ObjectId>> list_originals() = 0;
  /// Moves an original that no job knows to <root>/unacknowledged/, for a person to look at.
  virtual Result<void> set_aside(const ObjectId& id) = 0;
  /// Removes an original that no job knows (a copy of a duplicate, or a store cut off before admission). Gone already
  /// is success; Refused "spool.in_use" while it is being received. List before asking the store, discard only while no
  /// receiver runs: an object may be admitted between the question and the removal.
  virtual Result<void> discard(const ObjectId& id) = 0;
};

}  // namespace veilgate::spool
