#pragma once
#include <nlohmann/json.hpp>

namespace veilgate::cli {

/// Regions out of facts as people read them: boxes that touch and say the same (the strips of an ellipse, of a band
/// over slanted eyes, of a slanted line) become one, with the box around them and in "boxes" how many they are.
nlohmann::json united_boxes(const nlohmann::json& regions);

/// One line for a region: kind, place, score, model or rule, reason, and the count of boxes where it has several.
void print_region(const char* indent, const nlohmann::json& region);

}  // namespace veilgate::cli
