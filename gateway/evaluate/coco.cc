#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evaluate/truth.h"

namespace veilgate::evaluate {
namespace {

using nlohmann::json;

tl::unexpected<Error> bad(std::string_view what) {
  return fail(ErrorKind::Config, "evaluate.truth", fmt::format("truth (COCO): {}", what));
}

Result<std::map<std::int64_t, TruthBox>> categories_of(const json& coco, Truth& truth) {
  std::map<std::int64_t, TruthBox> out;
  for (const auto& category : coco.at("categories")) {
    const auto kind = truth_kind(category.at("name").get<std::string>());
    if (!kind) {
      return bad(
          "a category's name must be face, text, barcode, label, keep, ignore, or one of the first four with _ignore");
    }
    out[category.at("id").get<std::int64_t>()] = *kind;
    if (kind->ignored || std::count(truth.declared.begin(), truth.declared.end(), *kind->kind) > 0) continue;
    truth.declared.push_back(*kind->kind);
  }
  return out;
}

/// Polygons alone: what is run-length coded or broken leaves the box to judge by.
Outline outline_of(const json& annotation) {
  Outline out;
  const auto polygons = annotation.find("segmentation");
  if (polygons == annotation.end() || !polygons->is_array()) return out;
  for (const auto& polygon : *polygons) {
    const bool numbers = polygon.is_array() && std::all_of(polygon.begin(), polygon.end(),
                                                           [](const json& value) { return value.is_number(); });
    auto ring = numbers ? ring_of(polygon.get<std::vector<double>>()) : std::nullopt;
    if (ring) out.push_back(std::move(*ring));
  }
  return out;
}

Result<Truth> read(const json& coco) {
  Truth truth;
  VG_ASSIGN(const auto categories, categories_of(coco, truth));
  std::map<std::int64_t, std::string> names;
  for (const auto& image : coco.at("images")) {
    const auto& name = names[image.at("id").get<std::int64_t>()] = image.at("file_name").get<std::string>();
    truth.boxes[name];
  }
  std::size_t count = 0;
  for (const auto& annotation : coco.at("annotations")) {
    ++count;
    const auto name = names.find(annotation.at("image_id").get<std::int64_t>());
    const auto category = categories.find(annotation.at("category_id").get<std::int64_t>());
    if (name == names.end() || category == categories.end()) {
      return bad(fmt::format("annotation {} is of an image or category that is not listed", count));
    }
    const auto values = annotation.at("bbox").get<std::vector<double>>();
    const auto box = values.size() == 4 ? truth_box(values[0], values[1], values[2], values[3]) : std::nullopt;
    if (!box) return bad(fmt::format("annotation {}: bbox must be [x, y, width, height]", count));
    TruthBox one = category->second;
    one.box = *box;
    one.outline = outline_of(annotation);
    one.ignored = one.ignored || annotation.value("iscrowd", 0) != 0;
    truth.boxes[name->second].push_back(one);
  }
  return truth;
}

}  // namespace

Result<Truth> truth_from_coco(std::string_view text) try {
  return read(json::parse(text));
} catch (const json::exception&) {
  return bad("not a JSON object with images, annotations and categories as COCO has them");
}

}  // namespace veilgate::evaluate
