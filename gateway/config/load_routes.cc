#include <fmt/format.h>

#include "base/limits.h"
#include "config/load_match.h"

namespace veilgate::config {
namespace {

constexpr std::string_view kHeld = "held";  // what a route test expects when no route matches

void load_face_mask(const YamlNode& section, FaceMask& out) {
  if (const auto area = section["area"].choice({"face", "whole_head", "eyes"})) {
    out.area = *area == "eyes" ? FaceArea::Eyes : *area == "whole_head" ? FaceArea::WholeHead : FaceArea::Face;
  }
  if (const auto shape = section["shape"].choice({"rectangle", "ellipse"})) {
    out.shape = *shape == "ellipse" ? FaceShape::Ellipse : FaceShape::Rectangle;
  }
  if (double margin = 0; section["margin"].exists()) {
    read(section["margin"], 0.0, 2.0, margin);
    out.margin = margin;
  }
  const YamlNode subject = section["subject"], share = section["subject_share"];
  if (const auto word = subject.choice({"mask", "eyes", "review"})) {
    out.subject = *word == "review" ? FaceSubject::Review : *word == "eyes" ? FaceSubject::Eyes : FaceSubject::Mask;
  }
  read(share, 0.01, 1.0, out.subject_share);
  if (share.exists() && subject.exists() && out.subject == FaceSubject::Mask) {
    share.problem("'subject_share' changes nothing with subject mask", "subject: eyes or review");
  } else if (share.exists() && !subject.exists()) {
    share.problem("'subject_share' needs 'subject'", "eyes or review");
  }
  section.refuse_unknown_keys();
}

void load_mask(const YamlNode& section, Mask& out) {
  if (const auto style = section["style"].choice({"solid", "pixelate", "blur"})) {
    out.style = *style == "solid" ? MaskStyle::Solid : *style == "pixelate" ? MaskStyle::Pixelate : MaskStyle::Blur;
  }
  read(section["margin"], 0.0, 2.0, out.margin);
  read(section["min_margin_px"], 0, 1000, out.min_margin_px);
  load_face_mask(section["faces"], out.faces);
  section.refuse_unknown_keys();
}

// What detect: switches off for the whole gateway has no detector that a route could ask for.
void load_switch(const YamlNode& node, bool available, bool& out) {
  out = available;
  read(node, out);
  if (out && !available) {
    node.problem(fmt::format("'{}' is switched off for the whole gateway", node.label()),
                 fmt::format("set detect.{} to true", node.label()));
  }
}

std::optional<int> load_size(const YamlNode& node) {
  if (!node.exists()) return std::nullopt;
  int value = 0;
  read(node, 1, limits::kMaxFrameSide, value);
  return value;
}

FixedRegion load_region(const YamlNode& item, std::vector<DicomWord>& words) {
  FixedRegion out;
  out.place = place_of(item);
  out.name = read_name(item.required("name")).value_or("");
  read(item["relative"], out.relative);
  const double most = out.relative ? 1.0 : limits::kMaxFrameSide;
  read(item.required("x"), 0, most, out.x);
  read(item.required("y"), 0, most, out.y);
  read(item.required("w"), 0, most, out.w);
  read(item.required("h"), 0, most, out.h);
  const bool sized = item["w"].is_scalar() && item["h"].is_scalar();
  if (sized && (out.w <= 0 || out.h <= 0)) item.problem("a region must be wider and higher than 0");
  // Slack for decimals like 0.7 + 0.3.
  if (out.relative && (out.x + out.w > 1.0 + 1e-9 || out.y + out.h > 1.0 + 1e-9)) {
    item.problem("a region reaches over the edge of the picture", "x + w and y + h are at most 1");
  }
  out.rows = load_size(item["rows"]);
  out.columns = load_size(item["columns"]);
  if (item["match"].exists()) out.match = load_match(item["match"], words);
  item.refuse_unknown_keys();
  return out;
}

/// A mask that a rule ordains on what another protects: each such picture would wait for a person.
bool always_meet(const FixedRegion& a, const FixedRegion& b) {
  if (a.relative != b.relative || a.match || b.match) return false;
  const auto same = [](const std::optional<int>& one, const std::optional<int>& other) {
    return !one || !other || *one == *other;
  };
  return same(a.rows, b.rows) && same(a.columns, b.columns) && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h &&
         b.y < a.y + a.h;
}

/// `names` are those of both lists of the route: what is matched is known by its name.
std::vector<FixedRegion> load_regions(const YamlNode& list, std::set<std::string>& names,
                                      std::vector<DicomWord>& words) {
  std::vector<FixedRegion> out;
  for (const YamlNode& item : list.items()) {
    out.push_back(load_region(item, words));
    const std::string& name = out.back().name;
    if (!name.empty() && !names.insert(name).second) {
      item["name"].problem(fmt::format("a second region is named '{}'", name));
    }
  }
  return out;
}

void load_region_lists(const YamlNode& item, Route& out, std::vector<DicomWord>& words) {
  std::set<std::string> names;
  out.fixed_regions = load_regions(item["fixed_regions"], names, words);
  const YamlNode list = item["protected_regions"];
  out.protected_regions = load_regions(list, names, words);
  for (std::size_t i = 0; i < out.protected_regions.size(); ++i) {
    for (const auto& fixed : out.fixed_regions) {
      if (!always_meet(fixed, out.protected_regions[i])) continue;
      list.items()[i].problem(fmt::format("the fixed region '{}' is masked there on every picture", fixed.name),
                              "move one of them, or every picture waits for a person");
    }
  }
}

void load_route_destinations(const YamlNode& item, const LoadContext& context, Route& out) {
  const YamlNode node = item.required("destinations");
  out.destinations = node.texts();
  if (node.is_list() && node.items().empty()) {
    node.problem("a route without destinations", "name at least one of 'destinations'");
  }
  const std::vector<std::string> known(context.destination_names.begin(), context.destination_names.end());
  std::set<std::string> seen;
  for (const std::string& name : out.destinations) {
    if (!context.destination_names.contains(name)) {
      const auto near = closest(name, known);
      node.problem(fmt::format("there is no destination '{}'", name),
                   near ? fmt::format("did you mean '{}'?", *near) : "");
    } else if (!seen.insert(name).second) {
      node.problem(fmt::format("destination '{}' is named twice", name));
    }
  }
}

ReviewPolicy load_review(const YamlNode& node) {
  const auto word = node.choice({"automatic", "one", "two", "hold_findings"});
  // What cannot be read is never automatic; load() reports it anyway.
  if (!node.exists() || word == "automatic") return ReviewPolicy::Automatic;
  if (word == "one") return ReviewPolicy::One;
  return word == "hold_findings" ? ReviewPolicy::HoldFindings : ReviewPolicy::Two;
}

void load_profile_name(const YamlNode& node, const LoadContext& context, std::string& out) {
  const auto text = node.text();
  if (!text) return;
  const bool path = text->find('/') != std::string::npos || text->ends_with(".yaml") || text->ends_with(".yml");
  if (!path) {
    if (auto name = read_name(node)) out = std::move(*name);
    return;
  }
  std::filesystem::path file;
  read_path(node, context.folder, file);
  if (!file.empty()) out = file.string();
}

Route load_route(const YamlNode& item, LoadContext& context, Config& config) {
  Route out;
  const YamlNode name = item.required("name");
  out.name = read_name(name).value_or("");
  out.place = place_of(item);
  if (out.name == kHeld) name.problem("'held' cannot name a route", "route tests use it for 'no route'");
  if (!out.name.empty() && !context.route_names.insert(out.name).second) {
    name.problem(fmt::format("a second route is named '{}'", out.name));
  }
  out.match = load_match(item["match"], config.dicom_words);
  load_profile_name(item["profile"], context, out.profile);
  load_route_destinations(item, context, out);
  out.review = load_review(item["review"]);
  load_mask(item["mask"], out.mask);
  const YamlNode detect = item["detect"];
  load_switch(detect["faces"], config.detect.faces, out.detect_faces);
  const bool eyes = out.mask.faces.area == FaceArea::Eyes || out.mask.faces.subject == FaceSubject::Eyes;
  config.detect.eyes = config.detect.eyes || (eyes && out.detect_faces);
  load_switch(detect["text"], config.detect.text, out.detect_text);
  load_switch(detect["barcodes"], config.detect.barcodes, out.detect_barcodes);
  load_switch(detect["widen_labels"], config.detect.widen_labels, out.widen_labels);
  out.text_policy = config.detect.text_policy;
  read(detect["text_policy"], out.text_policy);
  config.detect.text_lines = config.detect.text_lines || (out.text_policy.keeps_some() && out.detect_text);
  detect.refuse_unknown_keys();
  load_region_lists(item, out, config.dicom_words);
  item.refuse_unknown_keys();
  return out;
}

RouteTest load_test(const YamlNode& item, const LoadContext& context, std::vector<DicomWord>& words) {
  RouteTest out;
  read(item["name"], out.name);
  out.place = place_of(item);
  const YamlNode given = item.required("given");
  read(given["calling_ae"], out.calling_ae);
  read(given["called_ae"], out.called_ae);
  read(given["peer"], out.peer);
  if (given["peer"].is_scalar() && (out.peer.find('/') != std::string::npos || !check_peer(given["peer"], out.peer))) {
    if (out.peer.find('/') != std::string::npos) given["peer"].problem("a test's 'peer' is one IP address");
  }
  read(given["sop_class"], out.sop_class);
  if (given["sop_class"].is_scalar()) {
    words.push_back({DicomWord::Kind::SopClass, out.sop_class, place_of(given["sop_class"])});
  }
  read(given["modality"], out.modality);
  const YamlNode attributes = given["attributes"];
  for (const std::string& name : attributes.keys()) {
    words.push_back({DicomWord::Kind::Attribute, name, place_of(attributes.key_node(name))});
    out.attributes[name] = attributes[name].texts();
  }
  given.refuse_unknown_keys();
  const YamlNode route = item.required("expect").required("route");
  if (const auto name = route.text()) {
    if (*name != kHeld && !context.route_names.contains(*name)) {
      const auto near = closest(*name, {context.route_names.begin(), context.route_names.end()});
      route.problem(fmt::format("there is no route '{}'", *name),
                    near ? fmt::format("did you mean '{}'?", *near) : "'held' means that no route matches");
    }
    if (*name != kHeld) out.expected_route = *name;
  }
  item["expect"].refuse_unknown_keys();
  item.refuse_unknown_keys();
  return out;
}

// False, with a problem, when there are more than anyone needs.
bool few_enough(const YamlNode& list, std::size_t count) {
  if (count <= limits::kMaxRoutes) return true;
  list.problem(fmt::format("more than {} {}", limits::kMaxRoutes, list.label()));
  return false;
}

}  // namespace

void load_routes(const YamlNode& root, LoadContext& context, Config& out) {
  const YamlNode list = root.required("routes");
  const auto items = list.items();
  if (list.is_list() && items.empty()) {
    list.problem("without routes every object is held", "add a route");
  }
  if (!few_enough(list, items.size())) return;
  for (const YamlNode& item : items) out.routes.push_back(load_route(item, context, out));
  check_reach(out.routes, items);
}

void load_tests(const YamlNode& root, const LoadContext& context, Config& out) {
  const YamlNode list = root["tests"];
  const auto items = list.items();
  if (!few_enough(list, items.size())) return;
  for (const YamlNode& item : items) out.tests.push_back(load_test(item, context, out.dicom_words));
}

}  // namespace veilgate::config
