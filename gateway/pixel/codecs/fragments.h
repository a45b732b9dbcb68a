#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "base/scratch_file.h"
#include "dicom/dataset.h"
#include "pixel/frame.h"

class DcmFileCache;
class DcmPixelData;
class DcmPixelItem;
class DcmPixelSequence;

namespace veilgate::pixel {

/// Indices of the regions in the order of their frames; those of one frame keep their order. Bug "pixel.bad_region" for
/// a frame that the object does not have.
Result<std::vector<std::size_t>> by_frame(std::span<const Region> regions, const Layout& layout);

/// Encapsulated pixel data frame by frame (PS3.5 A.4), for every compressed codec. Which fragments make a frame: the
/// Basic Offset Table, else the Extended Offset Table, else one fragment per frame, else all fragments of a single
/// frame, else fragments that begin with the codestream's first bytes. Permanent "pixel.fragments" when none of them
/// fits; Refused "pixel.too_dense" when so few bytes claim so large a picture (limits::kMaxDecodeRatio).
class FragmentReader {
 public:
  /// `start`: bytes every codestream of this family begins with ("\xFF\xD8").
  static Result<FragmentReader> open(dicom::File& file, const Layout& layout, std::string_view start);
  /// Bytes of one frame; valid until the next call.
  Result<std::span<const std::uint8_t>> frame(int index);

 private:
  std::vector<DcmPixelItem*> items_;  ///< without the offset table
  std::vector<std::size_t> first_;    ///< first item of each frame, and one past the end
  std::vector<std::uint8_t> joined_;
  DcmPixelItem* loaded_ = nullptr;
};

/// The bytes of all fragments in a row, for what is one stream over all frames (video). They stay where they lie: at
/// most what is asked for is in memory.
class FragmentBytes {
 public:
  /// Permanent "pixel.fragments" when there are none.
  static Result<FragmentBytes> open(dicom::File& file);
  std::uint64_t size() const { return starts_.back(); }
  /// Fills `out` with the bytes from `at` on and says how many there were: fewer only at the end. Permanent
  /// "pixel.unreadable".
  Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> out);

 private:
  std::vector<DcmPixelItem*> items_;   ///< without the offset table
  std::vector<std::uint64_t> starts_;  ///< offset of each item, and one past the end
  std::shared_ptr<DcmFileCache> cache_;
};

/// Collects new frames, one fragment each, and replaces the pixel data at the end. Frames beyond
/// limits::kMaxPixelBytesInMemory wait in a scratch file.
class FragmentWriter {
 public:
  /// `scratch`: see MaskRequest.
  explicit FragmentWriter(std::filesystem::path scratch);
  ~FragmentWriter();
  FragmentWriter(const FragmentWriter&) = delete;
  FragmentWriter& operator=(const FragmentWriter&) = delete;
  /// Permanent "pixel.too_large"; Transient when memory or disk do not suffice.
  Result<void> add(std::vector<std::uint8_t> codestream);
  /// One stream of all frames in one fragment, instead of frames one by one: the Basic Offset Table stays empty (PS3.5
  /// A.4.5 ff.). Padded to an even length here. Errors as above.
  Result<void> add_stream(std::shared_ptr<ScratchFile> stream);
  /// With a filled Basic Offset Table, which stays empty where 32 bits do not reach; the Extended one is removed.
  /// The file says `syntax` from now on. Readers of the old pixel data are void afterwards.
  Result<void> commit(dicom::File& file, std::string_view syntax);

 private:
  Result<void> fill(DcmPixelItem& item, std::span<const std::uint8_t> codestream);
  std::filesystem::path scratch_;
  std::unique_ptr<DcmPixelSequence> sequence_;
  std::shared_ptr<ScratchFile> spilled_;
  std::vector<std::uint32_t> sizes_;
  std::uint64_t total_ = 0;
};

}  // namespace veilgate::pixel
