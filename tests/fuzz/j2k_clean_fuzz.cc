// libFuzzer target: any bytes through the JPEG 2000 cleaner, and what it accepts of small pictures through the decoder.
// Cleaning is idempotent, and what is cleaned says the same about itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "pixel/codecs/j2k_samples.h"
#include "pixel/codecs/j2k_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace veilgate::pixel;
  if (size < 1) return 0;
  const std::span<const std::uint8_t> stream(data + 1, size - 1);
  const auto mode = (data[0] & 1) != 0 ? TileLengths::Present : TileLengths::AsFound;
  const auto cleaned = read_j2k(stream, mode);
  if (!cleaned) return 0;
  const auto again = read_j2k(cleaned->bytes, mode);
  if (!again || again->bytes != cleaned->bytes || again->info.reversible != cleaned->info.reversible) std::abort();
  const auto& info = cleaned->info;
  const bool drawable = (info.components.size() == 1 || info.components.size() == 3) && info.components[0].bits <= 16;
  // Larger pictures only cost fuzzing speed.
  if (!drawable || std::uint64_t{info.width} * info.height > 1 << 14) return 0;
  Layout layout;
  layout.rows = static_cast<int>(info.height);
  layout.columns = static_cast<int>(info.width);
  layout.samples = static_cast<int>(info.components.size());
  layout.bits_stored = info.components[0].bits;
  layout.bits_allocated = layout.bits_stored > 8 ? 16 : 8;
  layout.high_bit = layout.bits_stored - 1;
  layout.is_signed = layout.samples == 1 && info.components[0].is_signed;
  layout.photometric = layout.samples == 1 ? "MONOCHROME2" : "RGB";
  (void)decode_j2k(stream, layout, {.high_throughput = info.high_throughput});
  return 0;
}
