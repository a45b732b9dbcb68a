#pragma once
#include "deidentify/engine.h"

namespace veilgate::deidentify {

/// Writes what masking did into the attributes that must tell the truth about the pixels: Image Type (DERIVED),
/// Derivation Description, Lossy Image Compression with ratio and method (PS3.3 C.7.6.1.1.5); Smallest and Largest
/// Image Pixel Value go. A lossy past stays told when the pixels are stored without loss now.
Result<void> write_pixel_record(dicom::Item dataset, const PixelFacts& facts);

/// A top-level Derivation Description that says nothing but what write_pixel_record writes.
bool is_pixel_record(const dicom::Element& element);

}  // namespace veilgate::deidentify
