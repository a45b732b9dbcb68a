#pragma once
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::deidentify {

/// Type of an attribute in the top level of an IOD (PS3.5 7.4); 1C and 2C count as 1 and 2.
enum class AttributeType {
  Unknown,   ///< nobody says: an IOD that is not in the table, an attribute inside a sequence
  Optional,  ///< Type 3, or not in the IOD at all
  Two,
  One,
};

/// From profiles/iod-types.tsv, which covers those attributes whose action depends on it.
AttributeType type_in_iod(std::string_view sop_class, dicom::Tag tag);

/// The Type that all IODs of the table agree on: that of the modules every image has. For IODs that are not in the
/// table.
AttributeType type_in_all_iods(dicom::Tag tag);

}  // namespace veilgate::deidentify
