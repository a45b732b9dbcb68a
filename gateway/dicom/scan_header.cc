#include "dicom/scan_header.h"

#include <algorithm>
#include <string_view>

namespace veilgate::dicom {
namespace {

constexpr std::array<std::string_view, 21> kShortVrs{"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO",
                                                     "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"};
constexpr std::array<std::string_view, 13> kLongVrs{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                    "SV", "UC", "UN", "UR", "UT", "UV"};

std::string_view letters_at(const std::uint8_t* at) { return {reinterpret_cast<const char*>(at), 2}; }

/// Unknown pairs of capitals are read as future VRs, which all have 4-byte lengths; anything else is a broken sender's.
bool has_long_length(std::string_view vr) {
  if (std::ranges::find(kShortVrs, vr) != kShortVrs.end()) return false;
  if (std::ranges::find(kLongVrs, vr) != kLongVrs.end()) return true;
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return capital(vr[0]) && capital(vr[1]);
}

}  // namespace

std::uint16_t read_u16(const std::uint8_t* at, bool big_endian) {
  return static_cast<std::uint16_t>(big_endian ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

std::uint32_t read_u32(const std::uint8_t* at, bool big_endian) {
  const std::uint32_t first = read_u16(at, big_endian);
  const std::uint32_t second = read_u16(at + 2, big_endian);
  return big_endian ? first << 16 | second : second << 16 | first;
}

bool is_standard_vr(const std::uint8_t* letters) {
  const auto vr = letters_at(letters);
  return std::ranges::find(kShortVrs, vr) != kShortVrs.end() || std::ranges::find(kLongVrs, vr) != kLongVrs.end();
}

std::optional<Header> read_header(std::span<const std::uint8_t> bytes, std::size_t at, Encoding encoding) {
  if (at > bytes.size() || bytes.size() - at < 8) return std::nullopt;
  const std::uint8_t* start = bytes.data() + at;
  Header header;
  header.tag = {read_u16(start, encoding.big_endian), read_u16(start + 2, encoding.big_endian)};
  header.size = 8;
  const bool delimiter = header.tag == kItem || header.tag == kItemEnd || header.tag == kSequenceEnd;
  if (!encoding.explicit_vr || delimiter) {
    header.length = read_u32(start + 4, encoding.big_endian);
    return header;
  }
  const auto letters = letters_at(start + 4);
  header.vr = {letters[0], letters[1]};
  if (!has_long_length(letters)) {
    header.length = read_u16(start + 6, encoding.big_endian);
    return header;
  }
  if (bytes.size() - at < 12) return std::nullopt;
  header.length = read_u32(start + 8, encoding.big_endian);
  header.size = 12;
  return header;
}

}  // namespace veilgate::dicom
