#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dicom/dataset.h"

/// ICC profiles (ICC.1:2022): cameras and screens write names, serial numbers and whole documents into them.
namespace veilgate::pixel {

/// The same colours and nothing else: matrices, curves and tables are kept exactly, words, dates, makers and private
/// tags are not. nullopt for what is no profile that colour management could use.
std::optional<std::vector<std::uint8_t>> clean_icc(std::span<const std::uint8_t> profile);

/// Every ICC Profile of the object (0028,2000), at any depth; those that are none are removed.
void clean_icc_attributes(dicom::File& file);

}  // namespace veilgate::pixel
