#pragma once
#include "deidentify/text/text_cleaner.h"
#include "dicom/dataset.h"

namespace veilgate::deidentify {

/// Everyone and everything identifying that an object names, at any depth, and what is known of its patient already.
KnownPeople people_of(const dicom::Item& dataset, const KnownPeople* known);

}  // namespace veilgate::deidentify
