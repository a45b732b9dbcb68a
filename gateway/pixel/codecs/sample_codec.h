#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pixel/codec.h"
#include "pixel/frame.h"

namespace veilgate::pixel {

/// One frame out of a codestream.
struct Decoded {
  /// How `samples` lie: uncompressed, interleaved unless planar, one frame, the high bit where Layout says. Rows,
  /// columns, samples, signedness and bits are the object's; photometric is that of the samples (RGB for YBR_RCT).
  Layout layout;
  std::vector<std::uint8_t> samples;  ///< data_bytes(layout) bytes; 16-bit samples in machine order
  /// The stream's precision is another than Bits Stored and High Bit explain (10 bits in a codec of 12, or a lie): bits
  /// outside the sample are then as likely the picture's own, and such a frame is held instead of cleared.
  bool odd_bits = false;
  bool lossy = false;  ///< this codestream threw information away
  /// Of the codestream without comments, boxes and padding; 0 where nothing can be lossy.
  std::uint64_t picture_bytes = 0;
  /// clean() cannot take out all that is not picture, or frames written anew would differ in kind from this one:
  /// encode() it also without a mask. Does not count for lossy streams.
  bool recode = false;
};

/// A compression that is undone to samples and can be done again without loss: one file per library under codecs/, each
/// with one SampleCodec. Errors of all members: Permanent (broken stream, or not as the attributes say), Refused
/// "pixel.unsupported". A hostile header must not make them allocate more than the layout explains.
class SampleCoder {
 public:
  virtual ~SampleCoder() = default;
  virtual std::string_view name() const = 0;
  virtual std::span<const std::string_view> transfer_syntaxes() const = 0;
  /// Bytes that every codestream begins with; empty when there are none (RLE).
  virtual std::string_view start() const = 0;
  /// Term of Lossy Image Compression Method when a stream of this family was lossy.
  virtual std::string_view lossy_method() const = 0;
  /// The transfer syntax that encode() writes for objects which arrived in `syntax`: the same when it is lossless.
  virtual std::string_view lossless_syntax(std::string_view syntax) const = 0;
  /// One codestream; `layout` is what the attributes say, `syntax` the object's transfer syntax.
  virtual Result<Decoded> decode(std::span<const std::uint8_t> stream, const Layout& layout,
                                 std::string_view syntax) const = 0;
  /// Without loss, in `syntax`, as one frame of an object with this Photometric Interpretation. Deterministic.
  virtual Result<std::vector<std::uint8_t>> encode(const Layout& layout, std::span<const std::uint8_t> samples,
                                                   std::string_view syntax, std::string_view photometric) const = 0;
  /// False: every frame is written anew, also without a mask and though it was lossy.
  virtual bool can_clean() const { return true; }
  /// The same picture without anything else: comments, application data, boxes, what follows the end. Only called with
  /// streams that decode() took, and only if can_clean().
  virtual Result<std::vector<std::uint8_t>> clean(std::span<const std::uint8_t> stream) const = 0;
};

/// The Codec over such a coder. Frames without a mask keep their cleaned codestream, so a lossy object where nothing
/// was found stays as it is. A lossy object with a mask is stored without loss as a whole (also where its syntax had
/// promised that nothing was lost): never a second lossy generation. So is every object whose frames cannot be cleaned.
class SampleCodec final : public Codec {
 public:
  explicit SampleCodec(const SampleCoder& coder) : coder_(coder) {}
  std::string_view name() const override { return coder_.name(); }
  std::span<const std::string_view> transfer_syntaxes() const override { return coder_.transfer_syntaxes(); }
  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override;
  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override;

 private:
  const SampleCoder& coder_;
};

}  // namespace veilgate::pixel
