#pragma once
#include <set>

#include "deidentify/actions/action.h"

namespace veilgate::deidentify {

/// What happens to a content item because of its concept name, PS3.15 Table E.3.4-1.
enum class ContentFate {
  Keep,   ///< its values are cleaned like any others
  Dummy,  ///< the item stays, its text says nothing any more
  Remove,
};
ContentFate content_fate(const dicom::Item& item, const std::set<Column>& options, DatePolicy dates);

}  // namespace veilgate::deidentify
