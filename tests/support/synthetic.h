#pragma once
// Small synthetic DICOM files for tests, written byte by byte: nothing here shares code with what is tested.
// For a JPEG photo include support/synthetic_jpeg.h as well.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::synthetic {

inline constexpr const char* kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr const char* kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr const char* kExplicitBig = "1.2.840.10008.1.2.2";
inline constexpr const char* kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr const char* kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";

/// Appends attributes in the order given; the caller keeps tag order.
class Writer {
 public:
  explicit Writer(bool explicit_vr = true, bool big_endian = false)
      : explicit_vr_(explicit_vr), big_endian_(big_endian) {}

  Writer& element(std::uint16_t group, std::uint16_t number, std::string_view vr, std::string value) {
    if (value.size() % 2 != 0) value.push_back(vr == "UI" || vr == "OB" || vr == "UN" ? '\0' : ' ');
    header(group, number, vr, static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    return *this;
  }
  Writer& us(std::uint16_t group, std::uint16_t number, std::uint16_t value) {
    header(group, number, "US", 2);
    u16(value);
    return *this;
  }
  /// Items are the bytes() of other Writers.
  Writer& sequence(std::uint16_t group, std::uint16_t number, const std::vector<std::string>& items,
                   bool undefined = true) {
    std::string body;
    for (const auto& item : items) {
      body += delimiter(0xE000, undefined ? 0xFFFFFFFF : static_cast<std::uint32_t>(item.size())) + item;
      if (undefined) body += delimiter(0xE00D, 0);
    }
    header(group, number, "SQ", undefined ? 0xFFFFFFFF : static_cast<std::uint32_t>(body.size()));
    bytes_ += body;
    if (undefined) bytes_ += delimiter(0xE0DD, 0);
    return *this;
  }
  /// Encapsulated pixel data: empty offset table, one fragment each.
  Writer& fragments(const std::vector<std::string>& fragments) {
    header(0x7FE0, 0x0010, "OB", 0xFFFFFFFF);
    bytes_ += delimiter(0xE000, 0);
    for (auto fragment : fragments) {
      if (fragment.size() % 2 != 0) fragment.push_back('\0');
      bytes_ += delimiter(0xE000, static_cast<std::uint32_t>(fragment.size())) + fragment;
    }
    bytes_ += delimiter(0xE0DD, 0);
    return *this;
  }
  Writer& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void u16(std::uint32_t value) { bytes_ += u16_text(value); }
  void u32(std::uint32_t value) { bytes_ += u32_text(value); }
  std::string u16_text(std::uint32_t value) const {
    const char low = static_cast<char>(value & 0xFF);
    const char high = static_cast<char>(value >> 8 & 0xFF);
    return big_endian_ ? std::string{high, low} : std::string{low, high};
  }
  std::string u32_text(std::uint32_t value) const {
    return big_endian_ ? u16_text(value >> 16) + u16_text(value & 0xFFFF)
                       : u16_text(value & 0xFFFF) + u16_text(value >> 16);
  }
  std::string delimiter(std::uint16_t number, std::uint32_t length) const {
    return u16_text(0xFFFE) + u16_text(number) + u32_text(length);
  }
  void header(std::uint16_t group, std::uint16_t number, std::string_view vr, std::uint32_t length) {
    u16(group);
    u16(number);
    if (!explicit_vr_) return u32(length);
    bytes_ += vr;
    static constexpr std::string_view kLong = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
    if (kLong.find(vr) == std::string_view::npos) return u16(length);
    u16(0);
    u32(length);
  }

  bool explicit_vr_;
  bool big_endian_;
  std::string bytes_;
};

/// What goes into a photo. Every text here that names the patient is invented.
struct Photo {
  int rows = 64;
  int columns = 96;
  std::string sop_class = kVlPhotographic;
  std::string sop_instance = "1.2.826.0.1.3680043.8.498.4711.1";
  std::string study = "1.2.826.0.1.3680043.8.498.4711.2";
  std::string series = "1.2.826.0.1.3680043.8.498.4711.3";
  std::string modality = "XC";
  std::string patient_name = "Mustermann^Erika";
  std::string patient_id = "PID-4711-0815";
  std::string birth_date = "19800131";
  std::string transfer_syntax = kExplicitLittle;
  std::string character_set = "ISO_IR 100";
  std::string preamble{};                ///< e.g. a TIFF header or a name
  bool nested = true;                    ///< identifiers two sequences deep
  bool private_data = true;              ///< a private block with the patient's name
  std::string trailing{};                ///< bytes after the last element
  std::vector<std::string> fragments{};  ///< encapsulated frames; empty: native RGB
  std::string photometric = "RGB";
  std::string pixels{};  ///< native pixel bytes; empty: a gradient
};

/// The identifying values that a file made from `photo` carries.
inline std::vector<std::string> planted(const Photo& photo) {
  return {photo.patient_name, photo.patient_id, photo.birth_date, photo.study,           photo.series,
          photo.sop_instance, "Doctor^Dora",    "ACC-998877",     "Erika's left forearm"};
}

/// Interleaved RGB gradient without text or faces.
inline std::string gradient(int rows, int columns) {
  std::string pixels{};
  pixels.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * 3);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      pixels.push_back(static_cast<char>(180 + y % 40));
      pixels.push_back(static_cast<char>(140 + x % 40));
      pixels.push_back(static_cast<char>(120));
    }
  }
  return pixels;
}

inline std::string meta(const Photo& photo) {
  Writer group;
  group.element(0x0002, 0x0001, "OB", std::string("\0\1", 2))
      .element(0x0002, 0x0002, "UI", photo.sop_class)
      .element(0x0002, 0x0003, "UI", photo.sop_instance)
      .element(0x0002, 0x0010, "UI", photo.transfer_syntax)
      .element(0x0002, 0x0012, "UI", "1.2.826.0.1.3680043.8.498.1")
      .element(0x0002, 0x0016, "AE", "CAMERA_WARD7");
  std::string preamble = photo.preamble.substr(0, 128);
  preamble.resize(128, '\0');
  const auto size = static_cast<std::uint32_t>(group.bytes().size());
  std::string length;
  for (int shift = 0; shift < 32; shift += 8) length.push_back(static_cast<char>(size >> shift & 0xFF));
  return preamble + "DICM" + Writer().element(0x0002, 0x0000, "UL", length).bytes() + group.bytes();
}

/// Everything after the file meta information.
inline std::string dataset(const Photo& photo) {
  const bool explicit_vr = photo.transfer_syntax != kImplicitLittle;
  const bool big = photo.transfer_syntax == kExplicitBig;
  Writer out(explicit_vr, big);
  if (!photo.character_set.empty()) out.element(0x0008, 0x0005, "CS", photo.character_set);
  out.element(0x0008, 0x0016, "UI", photo.sop_class)
      .element(0x0008, 0x0018, "UI", photo.sop_instance)
      .element(0x0008, 0x0020, "DA", "20260105")
      .element(0x0008, 0x0030, "TM", "101500")
      .element(0x0008, 0x0050, "SH", "ACC-998877")
      .element(0x0008, 0x0060, "CS", photo.modality)
      .element(0x0008, 0x0090, "PN", "Doctor^Dora");
  if (photo.nested) {
    const auto inner = Writer(explicit_vr, big)
                           .element(0x0008, 0x1155, "UI", photo.study + ".9")
                           .element(0x0010, 0x0010, "PN", photo.patient_name);
    const auto outer = Writer(explicit_vr, big)
                           .element(0x0010, 0x0020, "LO", photo.patient_id)
                           .sequence(0x0008, 0x1199, {inner.bytes()}, false);
    out.sequence(0x0008, 0x1115, {outer.bytes(), outer.bytes()});
  }
  if (photo.private_data) {
    out.element(0x0009, 0x0010, "LO", "ACME PHOTO 1.0").element(0x0009, 0x1001, "LO", photo.patient_name);
  }
  out.element(0x0010, 0x0010, "PN", photo.patient_name)
      .element(0x0010, 0x0020, "LO", photo.patient_id)
      .element(0x0010, 0x0030, "DA", photo.birth_date)
      .element(0x0010, 0x0040, "CS", "F")
      .element(0x0010, 0x4000, "LT", "Erika's left forearm")
      .element(0x0020, 0x000D, "UI", photo.study)
      .element(0x0020, 0x000E, "UI", photo.series)
      .element(0x0020, 0x0010, "SH", "S1")
      .element(0x0020, 0x0013, "IS", "1")
      .us(0x0028, 0x0002, 3)
      .element(0x0028, 0x0004, "CS", photo.photometric)
      .us(0x0028, 0x0006, 0)
      .us(0x0028, 0x0010, static_cast<std::uint16_t>(photo.rows))
      .us(0x0028, 0x0011, static_cast<std::uint16_t>(photo.columns))
      .us(0x0028, 0x0100, 8)
      .us(0x0028, 0x0101, 8)
      .us(0x0028, 0x0102, 7)
      .us(0x0028, 0x0103, 0);
  if (!photo.fragments.empty()) {
    out.fragments(photo.fragments);
  } else {
    out.element(0x7FE0, 0x0010, "OB", photo.pixels.empty() ? gradient(photo.rows, photo.columns) : photo.pixels);
  }
  return out.raw(photo.trailing).bytes();
}

inline std::string file_bytes(const Photo& photo = {}) { return meta(photo) + dataset(photo); }

/// Writes bytes to folder/name and returns the path.
inline std::filesystem::path write_bytes(const std::filesystem::path& folder, std::string_view name,
                                         std::string_view bytes) {
  std::filesystem::create_directories(folder);
  const auto path = folder / name;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write a test file");
  return path;
}

/// A VL Photographic RGB 8-bit file with planted identifiers.
inline std::filesystem::path write_photo(const std::filesystem::path& folder, const Photo& photo = {},
                                         std::string_view name = "photo.dcm") {
  return write_bytes(folder, name, file_bytes(photo));
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::filesystem::file_size(path), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

/// A folder that goes away with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "veilgate-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a test folder");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace veilgate::synthetic
