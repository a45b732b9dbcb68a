#include "cli/explain_pixels.h"

#include <fmt/format.h>

#include "cli/lane.h"
#include "cli/region_lines.h"
#include "cli/scratch.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;
using namespace nlohmann::literals;
using nlohmann::json;

json list_at(const json& facts, const json::json_pointer& where) { return facts.value(where, json::array()); }

}  // namespace

Result<json> explain_pixels(const fs::path& file, OfflineOptions options) {
  VG_ASSIGN(const auto scratch, Scratch::create(fs::temp_directory_path()));
  const fs::path example = scratch.path() / "example.key";
  if (options.project.key_file.empty()) {
    VG_ASSIGN(const auto made, create_key(example));
    options.project.key_file = example.string();
  }
  Lane lane(options, scratch.path());
  fs::path result;
  const auto cleaned = lane.clean(file, result);
  std::error_code ignored;
  fs::remove(result, ignored);
  fs::remove(example, ignored);
  const auto& facts = lane.facts();
  json out{{"found", list_at(facts, "/detect/regions"_json_pointer)},
           {"masked", list_at(facts, "/mask/regions"_json_pointer)},
           {"findings", list_at(facts, "/verify/findings"_json_pointer)},
           {"sources", list_at(facts, "/detect/sources"_json_pointer)}};
  if (!cleaned) out["held"] = {{"code", cleaned.error().code}, {"message", cleaned.error().message}};
  return out;
}

void print_pixels(const json& pixels) {
  const auto found = united_boxes(pixels.at("found")), masked = united_boxes(pixels.at("masked"));
  fmt::print("\npixels: {} found, {} masked (stored pixels), {} findings in the output\n", found.size(), masked.size(),
             pixels.at("findings").size());
  for (const auto& region : found) print_region(region.value("kept", false) ? "kept     " : "found    ", region);
  for (const auto& region : masked) print_region("masked   ", region);
  for (const auto& finding : pixels.at("findings")) {
    fmt::print("finding  {}  {}\n", finding.value("code", ""), finding.value("where", ""));
  }
  if (const auto held = pixels.find("held"); held != pixels.end()) {
    fmt::print("held     {}: {}\n", held->value("code", ""), held->value("message", ""));
  }
}

}  // namespace veilgate::cli
