#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "dicom/dataset.h"
#include "pixel/frame.h"

/// Palettes hold up to 65536 colours of which a picture may show three: the rest would carry anything past every eye.
namespace veilgate::pixel {

/// Which stored values the pixels of an object have. Costs nothing for pictures without a palette.
class UsedValues {
 public:
  explicit UsedValues(const Layout& layout);
  /// Uncompressed samples that lie as `layout` says.
  void add(const Layout& layout, std::span<const std::uint8_t> samples);
  bool has(int stored_value) const;

 private:
  int lowest_ = 0;
  std::vector<bool> used_;
};

/// Entries that no pixel shows become zero, bytes behind the last entry go, and so do all tables that this picture does
/// not use: alpha, large and segmented ones, and every palette where Photometric Interpretation is another. Refused
/// "pixel.unsupported" for Supplemental Palettes (PS3.3 C.7.6.19), which colour a part of a grey picture.
Result<void> clean_palette(dicom::File& file, const Layout& layout, const UsedValues& used);

}  // namespace veilgate::pixel
