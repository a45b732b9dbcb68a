#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

/// JPEG 2000 and HTJ2K codestreams (ISO 15444-1 Annex A, 15444-15) read and cleaned without decoding: pure functions.
namespace veilgate::pixel {

struct J2kComponent {
  int bits = 0;  ///< 1 to 38
  bool is_signed = false;
  int dx = 1, dy = 1;  ///< subsampling, XRsiz and YRsiz
};

/// What the headers of one codestream say. Tile-parts may override the main header; both count here.
struct J2kInfo {
  std::uint32_t width = 0, height = 0;  ///< pixels of the picture on the reference grid
  std::vector<J2kComponent> components;
  bool reversible = true;         ///< 5/3 wavelet without quantisation in all tiles and components
  bool color_transform = false;   ///< RCT or ICT over the first three components
  bool mixed_transform = false;   ///< tiles differ in it
  bool high_throughput = false;   ///< HT code blocks
  bool extended = false;          ///< uses ISO 15444-2: what its samples mean is not told by the attributes
  bool has_tile_lengths = false;  ///< TLM
};

struct J2kStream {
  J2kInfo info;
  /// SOC to EOC: only what a decoder needs. Box files (JP2, JPH) are unwrapped to their codestream. Gone: COM, CRG,
  /// PLM, unknown markers, PLT that does not add up, what follows EOC. Tile-part lengths, also those in TLM, are made
  /// anew.
  std::vector<std::uint8_t> bytes;
};

enum class TileLengths { AsFound, Present };

/// Checks and cleans one fragmented-together frame. Time and memory are linear in its size. What follows the headers'
/// structure inside a tile-part (packets) is not looked into. Errors: Permanent "pixel.j2k_corrupt" (broken,
/// incomplete, or headers that ask for more structures than such a picture needs) and "pixel.too_large"; Refused
/// "pixel.unsupported".
Result<J2kStream> read_j2k(std::span<const std::uint8_t> frame, TileLengths tile_lengths = TileLengths::AsFound);

}  // namespace veilgate::pixel
