#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "dicom/dataset.h"
#include "pixel/frame.h"

namespace veilgate::pixel {

/// First VOI window, in stored values (rescale undone).
struct Window {
  double low = 0, high = 0;
};

/// PALETTE COLOR tables with 8 bits per entry.
struct Palette {
  int first = 0;  ///< stored value of entry 0; smaller values show entry 0, larger ones the last
  std::vector<cv::Vec3b> bgr;
  /// Stored value that shows the darkest entry among those that `layout` can store.
  std::uint32_t darkest(const Layout& layout) const;
};

/// nullopt when absent or senseless.
std::optional<Window> read_window(const dicom::File& file);
/// Refused for segmented tables, Permanent for missing or malformed ones.
Result<Palette> read_palette(const dicom::File& file, const Layout& layout);

/// One uncompressed frame as 8-bit BGR. Monochrome with up to 8 bits is shown over its full range. Deeper ones use the
/// window unless it would saturate more than half of the pixels (it hides what another window shows), else the range of
/// the values, where the lowest and highest storable value do not count: masks and padding would flatten the rest.
cv::Mat render(const Layout& layout, std::span<const std::uint8_t> data, int frame, const std::optional<Window>& window,
               const Palette* palette);

}  // namespace veilgate::pixel
