#include "pixel/icc.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kHeader = 128, kEntry = 12;
/// Of cameras under 4 KB, of printers up to 2 MB.
constexpr std::size_t kMaxProfile = 4U << 20;
constexpr std::uint32_t kMaxTags = 100;
constexpr std::size_t kMaxChannels = 15;  // ICC.1 7.2.6
constexpr dicom::Tag kProfile{0x0028, 0x2000};

/// What colour management calculates with (ICC.1 9.2); every other tag is words or somebody's own.
constexpr std::array<std::string_view, 22> kColours{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "kTRC", "wtpt",
                                                    "bkpt", "chad", "lumi", "A2B0", "A2B1", "A2B2", "B2A0", "B2A1",
                                                    "B2A2", "gamt", "pre0", "pre1", "pre2", "meas"};
constexpr std::array<std::string_view, 4> kClasses{"mntr", "scnr", "prtr", "spac"};
constexpr std::array<std::string_view, 4> kSpaces{"RGB ", "GRAY", "YCbr", "CMYK"};
constexpr std::array<std::string_view, 2> kConnections{"XYZ ", "Lab "};

std::uint32_t number(Bytes bytes, std::size_t at, std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}
void put(std::vector<std::uint8_t>& out, std::uint32_t value, int size = 4) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void put(std::vector<std::uint8_t>& out, std::string_view text) {
  for (const char c : text) out.push_back(static_cast<std::uint8_t>(c));  // gcc 12 warns of a short insert()
}

std::string_view name_at(Bytes bytes, std::size_t at) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data() + at)), 4};
}
template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Of a curve at the start of `bytes`; nullopt for another type.
std::optional<std::size_t> curve_size(Bytes bytes) {
  if (bytes.size() < 12) return {};
  if (name_at(bytes, 0) == "curv") return 12 + std::size_t{2} * number(bytes, 8);
  constexpr std::array<std::size_t, 5> kParameters{1, 3, 4, 5, 7};
  const auto function = number(bytes, 8, 2);
  if (name_at(bytes, 0) != "para" || function >= kParameters.size()) return {};
  return 12 + 4 * kParameters[function];
}

/// Entries of a colour cube; nullopt beyond what a profile holds.
std::optional<std::size_t> cube_size(Bytes grid, std::size_t outputs) {
  std::size_t size = outputs;
  for (const std::uint8_t points : grid) {
    size *= points;
    if (size > kMaxProfile) return {};
  }
  return size;
}

/// ICC.1 10.10 and 10.11: tables of 16 and of 8 bits.
std::optional<std::size_t> table_size(Bytes bytes) {
  const bool deep = name_at(bytes, 0) == "mft2";
  const std::size_t head = deep ? 52 : 48;
  if (bytes.size() < head || bytes[8] == 0 || bytes[8] > kMaxChannels) return {};
  const std::vector<std::uint8_t> grid(bytes[8], bytes[10]);
  const auto cube = cube_size(grid, bytes[9]);
  if (!cube) return {};
  const std::size_t in = deep ? number(bytes, 48, 2) : 256, out = deep ? number(bytes, 50, 2) : 256;
  return head + (deep ? 2 : 1) * (in * bytes[8] + *cube + out * bytes[9]);
}

/// ICC.1 10.12 and 10.13: curves, matrix and cube wherever their offsets say, but side by side.
class Parts {
 public:
  explicit Parts(Bytes bytes) : bytes_(bytes) {}

  std::optional<std::size_t> size() {
    if (bytes_.size() < kHead || bytes_[8] == 0 || bytes_[8] > kMaxChannels || bytes_[9] > kMaxChannels) return {};
    const bool to_device = name_at(bytes_, 0) == "mBA ";
    const std::size_t in = bytes_[8], out = bytes_[9], near = to_device ? in : out, far = to_device ? out : in;
    constexpr std::size_t kMatrix = 48;
    if (!add_curves(12, near) || !add(number(bytes_, 16), kMatrix) || !add_curves(20, near) || !add_cube(24, in, out) ||
        !add_curves(28, far)) {
      return {};
    }
    std::ranges::sort(parts_);
    std::size_t end = kHead;
    for (const auto& [from, size] : parts_) {
      const bool shared = from < end && from + size <= end;
      if (from != end && !shared) return {};
      end = std::max(end, from + size);
    }
    return end;
  }

 private:
  static constexpr std::size_t kHead = 32;

  /// False when it does not lie within; at 0 lies nothing.
  bool add(std::size_t from, std::size_t size) {
    if (from == 0) return true;
    if (from < kHead || from > bytes_.size() || size > bytes_.size() - from) return false;
    parts_.emplace_back(from, size);
    return true;
  }

  /// Up to the next multiple of 4, as far as the element reaches.
  static std::size_t padded(std::size_t size, std::size_t available) {
    return std::min((size + 3) / 4 * 4, std::max(size, available));
  }

  bool add_curves(std::size_t entry, std::size_t count) {
    std::size_t at = number(bytes_, entry);
    for (; at != 0 && count > 0; --count) {
      if (at >= bytes_.size()) return false;
      const auto size = curve_size(bytes_.subspan(at));
      if (!size || !add(at, padded(*size, bytes_.size() - at))) return false;
      at += (*size + 3) / 4 * 4;
    }
    return true;
  }

  bool add_cube(std::size_t entry, std::size_t in, std::size_t out) {
    constexpr std::size_t kCubeHead = 20;
    const std::size_t at = number(bytes_, entry);
    if (at == 0) return true;
    if (at > bytes_.size() || bytes_.size() - at < kCubeHead) return false;
    const auto entries = cube_size(bytes_.subspan(at, in), out);
    const std::size_t width = bytes_[at + 16];
    if (!entries || (width != 1 && width != 2)) return false;
    return add(at, padded(kCubeHead + *entries * width, bytes_.size() - at));
  }

  Bytes bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> parts_;  ///< where and how long
};

/// nullopt for a type that is not of numbers, or whose numbers do not fit each other.
std::optional<std::size_t> size_of(Bytes element) {
  const auto type = name_at(element, 0);
  if (type == "XYZ ") return 20;
  if (type == "sf32") return 8 + 4 * 9;
  if (type == "meas") return 36;
  if (type == "curv" || type == "para") return curve_size(element);
  if (type == "mft1" || type == "mft2") return table_size(element);
  if (type == "mAB " || type == "mBA ") return Parts(element).size();
  return {};
}

/// As long as its type says, so that nothing follows it; empty when it is not of such a type.
Bytes colours_of(Bytes element) {
  if (element.size() < 12) return {};
  const auto size = size_of(element);
  return size && *size <= element.size() ? element.first(*size) : Bytes{};
}

struct Element {
  std::string_view name;
  std::vector<std::uint8_t> bytes;
};

/// The words that each profile must have (ICC.1 8.2), in the notation of its version.
std::vector<std::uint8_t> words(bool version4, bool description) {
  constexpr std::string_view kText = "colours";
  std::vector<std::uint8_t> out;
  if (version4) {
    put(out, std::string_view("mluc\0\0\0\0", 8));
    put(out, 1);
    put(out, 12);
    put(out, "enUS");
    put(out, static_cast<std::uint32_t>(2 * kText.size()));
    put(out, 28);
    for (const char c : kText) put(out, static_cast<std::uint8_t>(c), 2);
    return out;
  }
  put(out, description ? std::string_view("desc\0\0\0\0", 8) : std::string_view("text\0\0\0\0", 8));
  if (description) put(out, static_cast<std::uint32_t>(kText.size() + 1));
  put(out, kText);
  out.push_back(0);
  constexpr std::size_t kOtherScripts = 4 + 4 + 2 + 1 + 67;
  if (description) out.resize(out.size() + kOtherScripts);
  return out;
}

std::vector<std::uint8_t> written(Bytes header, const std::vector<Element>& elements) {
  std::vector<std::uint8_t> out(kHeader);
  const auto keep = [&](std::size_t at, std::size_t size) { std::memcpy(&out[at], &header[at], size); };
  keep(8, 16);   // version, class, colour space, connection space
  keep(36, 4);   // "acsp"
  keep(64, 16);  // rendering intent, illuminant
  put(out, static_cast<std::uint32_t>(elements.size()));
  std::size_t at = kHeader + 4 + kEntry * elements.size();
  for (const auto& [name, bytes] : elements) {
    put(out, name);
    put(out, static_cast<std::uint32_t>(at));
    put(out, static_cast<std::uint32_t>(bytes.size()));
    at += (bytes.size() + 3) / 4 * 4;
  }
  for (const auto& element : elements) {
    out.insert(out.end(), element.bytes.begin(), element.bytes.end());
    out.resize((out.size() + 3) / 4 * 4);
  }
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(out.size() >> (24 - 8 * i));
  return out;
}

void clean_in(dicom::Item item) {
  if (const auto found = item.find(kProfile)) {
    const std::string bytes = found->bytes().reveal();
    const auto clean =
        clean_icc({static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.data())), bytes.size()});
    if (!clean ||
        !item.set_bytes(kProfile, {static_cast<const char*>(static_cast<const void*>(clean->data())), clean->size()},
                        "OB")) {
      item.remove(kProfile);
    }
  }
  for (const auto& element : item.elements()) {
    for (const auto& inner : element.items()) clean_in(inner);  // as deep as dicom::scan allows
  }
}

}  // namespace

std::optional<std::vector<std::uint8_t>> clean_icc(Bytes profile) {
  if (profile.size() < kHeader + 4 || profile.size() > kMaxProfile || name_at(profile, 36) != "acsp") return {};
  const std::size_t size = number(profile, 0);
  // One byte may be padding to an even length.
  if (size > profile.size() || size + 1 < profile.size() || size < kHeader + 4) return {};
  if (!is_one_of(kClasses, name_at(profile, 12)) || !is_one_of(kSpaces, name_at(profile, 16)) ||
      !is_one_of(kConnections, name_at(profile, 20))) {
    return {};
  }
  const std::uint32_t count = number(profile, kHeader);
  if (count > kMaxTags || kHeader + 4 + kEntry * count > size) return {};
  const bool version4 = profile[8] >= 4;
  std::vector<Element> elements{{"desc", words(version4, true)}, {"cprt", words(version4, false)}};
  const std::size_t without_colours = elements.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = kHeader + 4 + kEntry * i;
    const auto name = name_at(profile, entry);
    const std::size_t at = number(profile, entry + 4), length = number(profile, entry + 8);
    if (at > size || length > size - at) return {};
    const bool twice = std::ranges::any_of(elements, [&](const Element& one) { return one.name == name; });
    const Bytes colours = colours_of(profile.subspan(at, length));
    if (twice || !is_one_of(kColours, name) || colours.empty()) continue;
    elements.push_back({name, {colours.begin(), colours.end()}});
  }
  if (elements.size() == without_colours) return {};
  return written(profile, elements);
}

void clean_icc_attributes(dicom::File& file) { clean_in(file.dataset()); }

}  // namespace veilgate::pixel
