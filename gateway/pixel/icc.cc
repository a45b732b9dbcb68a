#include "pixel/icc.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kHeader = 128, kEntry = 12;
/// Of cameras under 4 KB, of printers up to 2 MB.
constexpr std::size_t kMaxProfile = 4U << 20;
constexpr std::uint32_t kMaxTags = 100;
constexpr dicom::Tag kProfile{0x0028, 0x2000};

/// What colour management calculates with (ICC.1 9.2); every other tag is words or somebody's own.
constexpr std::array<std::string_view, 24> kColours{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "kTRC", "wtpt",
                                                    "bkpt", "chad", "lumi", "A2B0", "A2B1", "A2B2", "B2A0", "B2A1",
                                                    "B2A2", "B2D0", "D2B0", "gamt", "pre0", "pre1", "pre2", "meas"};
constexpr std::array<std::string_view, 10> kTypes{"XYZ ", "curv", "para", "sf32", "mft1",
                                                  "mft2", "mAB ", "mBA ", "meas", "mpet"};
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

/// As long as its type says, so that nothing follows it; empty when it is not of such a type.
Bytes colours_of(Bytes element) {
  if (element.size() < 12 || !is_one_of(kTypes, name_at(element, 0))) return {};
  const auto type = name_at(element, 0);
  std::size_t size = element.size();
  if (type == "XYZ ") size = 20;
  if (type == "sf32") size = 8 + 4 * 9;
  if (type == "meas") size = 36;
  if (type == "curv") size = 12 + std::size_t{2} * number(element, 8);
  if (type == "para") {
    constexpr std::array<std::size_t, 5> kParameters{1, 3, 4, 5, 7};
    const auto function = number(element, 8, 2);
    if (function >= kParameters.size()) return {};
    size = 12 + 4 * kParameters[function];
  }
  return size <= element.size() ? element.first(size) : Bytes{};
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
