#include <array>

#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

struct Payload {
  dicom::Tag tag;
  std::string_view what;
};

/// The profile's actions work on attributes; what lies inside these would pass unread or be lost without a word.
constexpr std::array<Payload, 13> kPayloads = {{
    {{0x0042, 0x0011}, "an encapsulated document"},
    {{0x0040, 0xA730}, "a structured report"},
    {{0x5400, 0x0100}, "waveforms or sound"},
    {{0x0070, 0x0001}, "graphic annotations"},
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

Result<void> check_payload(const dicom::Item& dataset) {
  for (const Payload& payload : kPayloads) {
    if (!dataset.contains(payload.tag)) continue;
    return fail(ErrorKind::Refused, "deid.payload",
                "the object carries " + std::string(payload.what) + " " + payload.tag.str() +
                    ", which this version cannot clean; it stays held");
  }
  return {};
}

}  // namespace veilgate::deidentify
