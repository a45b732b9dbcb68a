#include <algorithm>
#include <array>
#include <optional>

#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

struct Payload {
  dicom::Tag tag;
  std::string_view what;
  std::optional<Column> option = std::nullopt;  ///< that cleans it
};

/// Actions work on attributes; what lies inside these would pass unread or be lost without a word.
constexpr std::array<Payload, 13> kPayloads = {{
    {{0x0042, 0x0011}, "an encapsulated document"},
    {{0x0040, 0xA730}, "a structured report", Column::StructuredContent},
    {{0x5400, 0x0100}, "waveforms or sound"},
    {{0x0070, 0x0001}, "graphic annotations", Column::Graphics},
    {{0x0070, 0x0242}, "a volumetric presentation"},
    {{0x5600, 0x0020}, "spectroscopy data"},
    {{0x0066, 0x0002}, "surface meshes"},
    {{0x0068, 0x6300}, "a plotter document"},
    {{0x0072, 0x0002}, "a hanging protocol"},
    {{0x0400, 0x0500}, "encrypted attributes"},
    {{0x7FE0, 0x0008}, "floating-point pixel data"},
    {{0x7FE0, 0x0009}, "floating-point pixel data"},
    {{0x0028, 0x7FE0}, "pixel data kept by another server"},
}};

}  // namespace

Result<void> check_payload(const dicom::Item& dataset, const ProfileSpec& spec) {
  for (const Payload& payload : kPayloads) {
    if (!dataset.contains(payload.tag) || (payload.option && spec.has(*payload.option))) continue;
    const auto option =
        std::ranges::find(options(), payload.option, [](const Option& each) { return std::optional(each.column); });
    const std::string way_out =
        option == options().end()
            ? "which cannot be cleaned; it stays held"
            : "which profile " + spec.name + " does not clean; the option " + std::string(option->name) + " does";
    return fail(ErrorKind::Refused, "deid.payload",
                "the object carries " + std::string(payload.what) + " " + payload.tag.str() + ", " + way_out);
  }
  return {};
}

}  // namespace veilgate::deidentify
