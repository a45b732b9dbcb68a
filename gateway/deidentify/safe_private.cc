#include "deidentify/safe_private.h"

#include <charconv>
#include <map>

#include "deidentify/embedded.h"
#include "deidentify/tsv.h"

namespace veilgate::deidentify {
namespace {

using Rows = std::map<std::string, std::map<std::uint32_t, std::string_view>, std::less<>>;

constexpr std::uint32_t kGroupAndElement = 0xFFFF00FF;

/// tag ("gggg00ee"), vr, creator
Rows read() {
  Rows out;
  for (const auto& fields : read_tsv(embedded("safe-private.tsv"))) {
    std::uint32_t tag = 0;
    const auto [end, error] = std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), tag, 16);
    if (error == std::errc{}) out[std::string(fields[2])][tag] = fields[1];
  }
  return out;
}

}  // namespace

std::string_view safe_private_vr(std::string_view creator, dicom::Tag tag) {
  static const Rows kRows = read();
  const auto rows = kRows.find(creator);
  if (rows == kRows.end()) return {};
  const auto packed = static_cast<std::uint32_t>(tag.group) << 16 | tag.element;
  const auto found = rows->second.find(packed & kGroupAndElement);
  return found == rows->second.end() ? std::string_view() : found->second;
}

}  // namespace veilgate::deidentify
