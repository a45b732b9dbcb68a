// libFuzzer target: any bytes through header check, decoder and editor. What the editor accepts must be accepted
// again, with the same bytes (cleaning is idempotent).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "pixel/jpeg_edit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace veilgate;
  if (size < 4) return 0;
  // The first bytes choose box and style, the rest is the stream.
  const std::span<const std::uint8_t> jpeg(data + 4, size - 4);
  const std::vector<Box> boxes{{data[0] - 16, data[1] - 16, data[2], data[3]}};
  const auto style = static_cast<pixel::Style>(data[3] % 3);
  const pixel::JpegHints hints{(data[2] & 1) != 0, (data[2] & 2) != 0};
  const auto info = pixel::inspect_jpeg(jpeg, hints);
  // Larger pictures only cost fuzzing speed; their bounds have unit tests.
  if (!info || std::int64_t{info->width} * info->height > 1 << 20) return 0;
  (void)pixel::decode_jpeg(jpeg, hints);
  const auto edited = pixel::edit_jpeg(jpeg, boxes, style, hints);
  if (!edited) return 0;
  const auto again = pixel::edit_jpeg(*edited, {}, style, hints);
  if (!again || *again != *edited) std::abort();
  return 0;
}
