#pragma once
#include <string>
#include <vector>

#include "dicom/dataset.h"

namespace veilgate::deidentify {

/// Values of Specific Character Set (0008,0005) of an item; empty when it has none of its own.
std::vector<std::string> character_sets_of(const dicom::Item& item);
/// An attribute's text in UTF-8, as well as it can be read; empty for bytes and sequences.
Phi<std::string> text_of(const dicom::Element& element, const std::vector<std::string>& character_sets);
/// The same by tag; empty when the item has no such attribute.
Phi<std::string> text_of(const dicom::Item& item, dicom::Tag tag, const std::vector<std::string>& character_sets);

}  // namespace veilgate::deidentify
