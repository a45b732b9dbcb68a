#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace veilgate {

using ByteSink = std::function<Result<void>(std::span<const std::uint8_t>)>;

/// A raw deflate stream (RFC 1951: no zlib header, no checksum), as DICOM uses it. Hands the inflated bytes to `sink`
/// in pieces and returns how many bytes of `deflated` the stream took; what follows them is not looked at. Permanent
/// "deflate.corrupt" (broken or cut off), "deflate.too_large" beyond `max_bytes`; errors of `sink` end it.
Result<std::size_t> inflate_raw(std::span<const std::uint8_t> deflated, std::uint64_t max_bytes, const ByteSink& sink);

/// Makes one raw deflate stream at the default level. The same bytes give the same stream, however they are cut.
class Deflater {
 public:
  explicit Deflater(ByteSink sink);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  Result<void> append(std::span<const std::uint8_t> bytes);
  /// Ends the stream; nothing may be appended afterwards.
  Result<void> finish();

 private:
  Result<void> press(int flush);
  struct State;
  std::unique_ptr<State> state_;
  ByteSink sink_;
  std::vector<std::uint8_t> pending_;
};

}  // namespace veilgate
