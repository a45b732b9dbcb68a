#include "verify/deflated_frame.h"

#include <zlib.h>

#include <array>

namespace veilgate::verify {

std::vector<std::string> foreign_deflated_parts(std::span<const std::uint8_t> frame, std::size_t bytes) {
  constexpr int kRaw = -15;  // window of 32 KiB, no zlib header
  constexpr std::size_t kChunk = 64 * 1024;
  z_stream stream{};
  if (frame.size() > UINT32_MAX || inflateInit2(&stream, kRaw) != Z_OK) return {"a deflated frame that cannot be read"};
  stream.next_in = const_cast<Bytef*>(frame.data());  // zlib reads only
  stream.avail_in = static_cast<uInt>(frame.size());
  std::array<Bytef, kChunk> out;
  int status = Z_OK;
  while (status == Z_OK && stream.total_out <= bytes + 1) {
    stream.next_out = out.data();
    stream.avail_out = out.size();
    status = inflate(&stream, Z_NO_FLUSH);
  }
  const std::size_t made = stream.total_out, rest = stream.avail_in;
  inflateEnd(&stream);
  if (status != Z_STREAM_END || made < bytes || made > bytes + bytes % 2)
    return {"a deflated frame of another size than the picture"};
  if (rest > 1) return {std::to_string(rest) + " bytes after the end"};
  return {};
}

}  // namespace veilgate::verify
