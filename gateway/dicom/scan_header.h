#pragma once
// Internal to dicom: reading element headers from bytes.
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dicom/tag.h"

namespace veilgate::dicom {

inline constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFF;
inline constexpr Tag kItem{0xFFFE, 0xE000};
inline constexpr Tag kItemEnd{0xFFFE, 0xE00D};
inline constexpr Tag kSequenceEnd{0xFFFE, 0xE0DD};
inline constexpr Tag kPixelDataTag{0x7FE0, 0x0010};

/// How headers are encoded at one place; changes inside UN of undefined length (PS3.5 6.2.2 note 7).
struct Encoding {
  bool explicit_vr = true;
  bool big_endian = false;
};

struct Header {
  Tag tag;
  std::array<char, 2> vr{};
  std::uint32_t length = 0;
  std::size_t size = 0;  ///< of the header itself
  bool is(const char* name) const { return vr[0] == name[0] && vr[1] == name[1]; }
};

/// nullopt when fewer bytes are left than the header takes. The decision between 2 and 4 byte lengths is DCMTK's, so
/// that the parser later sees the same elements.
std::optional<Header> read_header(std::span<const std::uint8_t> bytes, std::size_t at, Encoding encoding);
std::uint16_t read_u16(const std::uint8_t* at, bool big_endian);
std::uint32_t read_u32(const std::uint8_t* at, bool big_endian);
/// Whether the two letters are a VR of the standard.
bool is_standard_vr(const std::uint8_t* letters);

}  // namespace veilgate::dicom
