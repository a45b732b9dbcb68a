#include "pixel/lookup_tables.h"

#include <algorithm>
#include <string>
#include <vector>

namespace veilgate::pixel {
namespace {
using dicom::Item;
using dicom::Tag;

constexpr Tag kWindowExplanation{0x0028, 0x1055}, kDescriptor{0x0028, 0x3002}, kExplanation{0x0028, 0x3003};
constexpr Tag kModality{0x0028, 0x3000}, kData{0x0028, 0x3006};

int word(const std::string& bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[2 * index]) | static_cast<std::uint8_t>(bytes[2 * index + 1]) << 8;
}

/// Entries as the descriptor counts them, in words or (8 bits) in bytes; empty when the lengths contradict each other.
std::vector<int> entries_of(const Item& item) {
  const auto descriptor = item.find(kDescriptor);
  const std::string shape = descriptor ? descriptor->bytes().reveal() : std::string();
  const std::string data = item.find(kData)->bytes().reveal();
  if (shape.size() != 6) return {};
  const std::size_t count = word(shape, 0) == 0 ? 65536 : static_cast<std::size_t>(word(shape, 0));
  std::vector<int> out;
  if (data.size() == 2 * count) {
    for (std::size_t i = 0; i < count; ++i) out.push_back(word(data, i));
  } else if (data.size() == count + count % 2 && word(shape, 2) <= 8) {
    for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(data[i]));
  }
  return out;
}

bool only_rises_or_falls(const std::vector<int>& entries) {
  return !entries.empty() &&
         (std::ranges::is_sorted(entries) || std::ranges::is_sorted(entries, std::ranges::greater{}));
}

Result<void> clean_in(Item item) {
  item.remove(kExplanation);
  item.remove(kWindowExplanation);
  std::vector<Tag> sequences;
  for (const auto& element : item.elements()) {
    if (element.is_sequence()) sequences.push_back(element.tag());
  }
  for (const Tag tag : sequences) {
    const auto is_senseless = [](const Item& one) {
      return one.contains(kData) && !only_rises_or_falls(entries_of(one));
    };
    const auto inside = item.find(tag)->items();
    if (std::ranges::any_of(inside, is_senseless)) {
      if (tag == kModality) {
        return fail(ErrorKind::Refused, "pixel.lookup_table", "A Modality LUT neither only rises nor only falls.");
      }
      item.remove_items(tag, is_senseless);
      if (item.find(tag)->items().empty()) {
        item.remove(tag);
        continue;
      }
    }
    for (const auto& inner : item.find(tag)->items()) VG_TRY(clean_in(inner));  // as deep as dicom::scan allows
  }
  return {};
}

}  // namespace

Result<void> clean_lookup_tables(dicom::File& file) {
  file.dataset().remove(kData);  // of a table that no sequence makes one
  return clean_in(file.dataset());
}

}  // namespace veilgate::pixel
