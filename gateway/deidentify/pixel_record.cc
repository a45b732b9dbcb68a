#include "deidentify/pixel_record.h"

#include <fmt/format.h>

#include <string>

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kImageType{0x0008, 0x0008}, kDerivation{0x0008, 0x2111};
constexpr dicom::Tag kSmallest{0x0028, 0x0106}, kLargest{0x0028, 0x0107};
constexpr dicom::Tag kLossy{0x0028, 0x2110}, kRatio{0x0028, 0x2112}, kMethod{0x0028, 0x2114};
constexpr std::string_view kMasked = "Identifying regions masked";
constexpr std::string_view kStoredAnew = "Identifying regions masked; lossy compressed pixels stored anew without loss";
constexpr std::string_view kOnlyStoredAnew = "Lossy compressed pixels stored anew without loss";
constexpr std::string_view kCompressedAnew = "Video decoded and compressed with loss anew";
constexpr std::string_view kMaskedAndCompressedAnew =
    "Identifying regions masked; video decoded and compressed with loss anew";
constexpr std::size_t kMaxShortText = 1024;  // PS3.5 6.2, ST

/// The first value is what says that pixels were changed; the others stay.
Result<void> write_derived(dicom::Item& dataset) {
  const auto text = dataset.text(kImageType);
  const std::string& before = text.reveal();
  const auto rest = before.find('\\');
  return dataset.set_text(kImageType, "DERIVED" + (rest == std::string::npos ? std::string() : before.substr(rest)));
}

/// After what the profile left of the sender's words.
Result<void> write_derivation(dicom::Item& dataset, std::string_view words) {
  const auto text = dataset.text(kDerivation);
  const std::string& before = text.reveal();
  const bool fits = !before.empty() && before.size() + words.size() + 2 <= kMaxShortText;
  return dataset.set_text(kDerivation, fits ? before + "; " + std::string(words) : std::string(words));
}

/// Only what the object does not say yet: its history of compressions may be longer than what we saw of it.
Result<void> write_lossy(dicom::Item& dataset, const PixelFacts& facts) {
  const bool told = dataset.text(kLossy).reveal() == "01" && !dataset.text(kMethod).reveal().empty();
  if (told) return {};
  VG_TRY(dataset.set_text(kLossy, "01"));
  VG_TRY(dataset.set_text(kRatio, fmt::format("{:.2f}", facts.lossy_ratio)));
  return dataset.set_text(kMethod, facts.lossy_method);
}

/// One more value in each, in the order in which it happened.
Result<void> write_recompressed(dicom::Item& dataset, const PixelFacts& facts) {
  const auto ratios = dataset.text(kRatio), methods = dataset.text(kMethod);
  VG_TRY(dataset.set_text(kRatio, fmt::format("{}\\{:.2f}", ratios.reveal(), facts.recompressed_ratio)));
  return dataset.set_text(kMethod, fmt::format("{}\\{}", methods.reveal(), facts.recompressed_method));
}

std::string_view words_for(const PixelFacts& facts) {
  if (!facts.recompressed_method.empty()) return facts.changed ? kMaskedAndCompressedAnew : kCompressedAnew;
  return facts.made_lossless ? kStoredAnew : kMasked;
}

}  // namespace

Result<void> write_pixel_record(dicom::Item dataset, const PixelFacts& facts) {
  if (!facts.lossy_method.empty()) VG_TRY(write_lossy(dataset, facts));
  if (!facts.recompressed_method.empty()) VG_TRY(write_recompressed(dataset, facts));
  if (!facts.changed && facts.recompressed_method.empty()) {
    return facts.made_lossless ? write_derivation(dataset, kOnlyStoredAnew) : Result<void>{};
  }
  // They tell of covered pixels, and hold no more.
  for (const dicom::Tag tag : {kSmallest, kLargest}) dataset.remove(tag);
  VG_TRY(write_derived(dataset));
  return write_derivation(dataset, words_for(facts));
}

bool is_pixel_record(const dicom::Element& element) {
  if (element.tag() != kDerivation) return false;
  const auto text = element.raw_text();
  return text.reveal() == kMasked || text.reveal() == kStoredAnew || text.reveal() == kOnlyStoredAnew ||
         text.reveal() == kCompressedAnew || text.reveal() == kMaskedAndCompressedAnew;
}

}  // namespace veilgate::deidentify
