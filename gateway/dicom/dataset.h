#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/phi.h"
#include "base/result.h"
#include "base/types.h"
#include "dicom/tag.h"

class DcmItem;
class DcmElement;
class DcmFileFormat;

namespace veilgate::dicom {

class Item;

/// A view of one attribute inside an Item. Valid until its Item is changed.
class Element {
 public:
  explicit Element(DcmElement* native) : native_(native) {}
  Tag tag() const;
  /// Two letters as encoded: "PN", "SQ", "OB", "UN".
  std::string vr() const;
  bool is_sequence() const;
  bool is_pixel_data() const;
  /// Bytes of the value as encoded in memory (0 for empty).
  std::uint32_t length() const;
  /// Items of a sequence, in order; empty otherwise.
  std::vector<Item> items() const;
  /// Value as raw text, all values joined by backslash, padding removed; empty for binary VRs, sequences and pixel
  /// data. Numeric binary VRs (US, FD...) are rendered in decimal. Not yet decoded from its character set.
  Phi<std::string> raw_text() const;
  /// The encoded bytes of a non-sequence value (binary VRs in little endian); empty for encapsulated pixel data.
  Phi<std::string> bytes() const;
  DcmElement* native() const { return native_; }

 private:
  DcmElement* native_;
};

/// A dataset or a sequence item. A cheap handle; the File owns the memory.
class Item {
 public:
  explicit Item(DcmItem* native) : native_(native) {}
  /// Attributes in tag order (group length elements are already gone).
  std::vector<Element> elements() const;
  std::optional<Element> find(Tag tag) const;
  bool contains(Tag tag) const { return find(tag).has_value(); }
  /// Text of the attribute, empty when absent (see Element::raw_text).
  Phi<std::string> text(Tag tag) const;
  std::optional<std::int64_t> integer(Tag tag) const;
  void remove(Tag tag);
  /// Sets text of a string VR (backslash separates values); VR from the dictionary, or as given.
  Result<void> set_text(Tag tag, std::string_view value, std::string_view vr = {});
  Result<void> set_integer(Tag tag, std::int64_t value);
  /// Sets the bytes of an attribute of a byte string VR (OB, UN).
  Result<void> set_bytes(Tag tag, std::string_view value, std::string_view vr);
  /// Sets the attribute to zero length (a sequence to no items), keeping its VR.
  Result<void> set_empty(Tag tag, std::string_view vr = {});
  /// A new empty item at the end of the sequence, which is created when missing.
  Result<Item> append_item(Tag sequence);
  /// Takes those items out of the sequence for which `which` says so.
  void remove_items(Tag sequence, const std::function<bool(const Item&)>& which);
  /// Private Creator that reserves the block of a private tag; empty when none.
  std::string private_creator(Tag tag) const;
  DcmItem* native() const { return native_; }

 private:
  DcmItem* native_;
};

/// Whether save() makes its file durable, or the caller will (sync_files) before anybody hears of it.
enum class Durability { Synced, LeftToCaller };

struct LoadLimits {
  std::uint64_t max_bytes = 4ull << 30;  ///< of the file, and of what it inflates to
  /// Folder for a deflated dataset while it lies inflated; empty: memory.
  std::filesystem::path scratch{};
};

/// A DICOM Part 10 file in memory (large values stay on disk until they are asked for). Not thread-safe.
class File {
 public:
  File();
  ~File();
  File(File&&) noexcept;
  File& operator=(File&&) noexcept;

  /// Scans structure and nesting first (limits.h), then parses; inflates a deflated dataset before. Accepts files
  /// without preamble when `allow_bare`. Permanent: malformed, truncated, over a limit. Transient: I/O.
  static Result<File> load(const std::filesystem::path& path, const LoadLimits& limits = {}, bool allow_bare = false);

  /// The same from bytes in memory, which may go afterwards: every value is copied. Refused "dicom.deflated" for those
  /// that would have to be inflated.
  static Result<File> parse(std::span<const std::uint8_t> bytes, bool allow_bare = false);

  Item dataset() const;
  /// Of the file meta information.
  Result<Uid> transfer_syntax() const;
  /// For whoever replaced the pixel data.
  void set_transfer_syntax(const Uid& uid);
  /// Media Storage SOP Instance UID of the file meta information, which the receiver wrote from the C-STORE command.
  std::optional<Uid> media_storage_sop_instance_uid() const;
  /// Bytes after the last element, and a preamble that is not zero, are dropped by save().

  /// Writes preamble zero, new file meta (our Implementation Class UID, no Source AE), dataset in `transfer_syntax`
  /// (which must match the pixel data's), undefined lengths for sequences avoided, no group lengths, no padding,
  /// deflated where that is the syntax.
  /// Deterministic; durable (file and folder synced) unless that is left to the caller, who then must also expect half
  /// a file under this name after a crash. Returns the SHA-256 of the file.
  Result<Sha256> save(const std::filesystem::path& path, const Uid& transfer_syntax,
                      Durability durability = Durability::Synced);

  DcmFileFormat& native();

 private:
  std::unique_ptr<DcmFileFormat> native_;
};

/// SHA-256 over the Transfer Syntax UID and the dataset's bytes of a file, as the receiver took it: a
/// deflated dataset as it came. Errors as MappedFile::open; Permanent for a file without a readable head.
Result<Sha256> dataset_digest(const std::filesystem::path& path, const LoadLimits& limits = {});

/// Checks that DCMTK's data dictionary is loaded and sets its process-wide switches. Config error otherwise.
Result<void> init_dicom();

/// Our own identity in file meta information.
inline constexpr std::string_view kImplementationClassUid = "2.25.260137460498329131478164537142389561342";
inline constexpr std::string_view kImplementationVersionName = "VEILGATE_01";

}  // namespace veilgate::dicom
