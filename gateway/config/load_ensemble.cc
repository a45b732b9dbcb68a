#include <fmt/format.h>

#include <algorithm>

#include "config/load.h"
#include "config/load_parts.h"

namespace veilgate::config {
namespace {

/// Each model of an ensemble costs every picture its time.
constexpr std::size_t kMaxModels = 16;
constexpr std::size_t kMaxLicenceChars = 64;
constexpr std::size_t kDigestDigits = 64;
constexpr int kMaxTiles = 4;
constexpr const char* kDigestHint = "'veilgate models --digest FILE' prints it";

std::optional<Sha256> read_digest(const YamlNode& node) {
  const auto text = node.text();
  if (!text) return std::nullopt;
  if (auto digest = Sha256::parse(*text)) return *digest;
  node.problem(text->size() == kDigestDigits
                   ? fmt::format("'{}' must be hex digits only", node.label())
                   : fmt::format("'{}' has {} characters, not 64", node.label(), text->size()),
               kDigestHint);
  return std::nullopt;
}

void read_licence(const YamlNode& node, std::string& out) {
  read(node, out);
  const bool good = !out.empty() && out.size() <= kMaxLicenceChars &&
                    std::none_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (node.is_scalar() && !good) node.problem("'licence' must be one line of up to 64 characters", "like Apache-2.0");
}

void read_dictionary(const YamlNode& item, ModelSource& out) {
  const YamlNode file = item["dictionary"], digest = item["dictionary_sha256"];
  read_path(file, {}, out.dictionary);
  if (const auto value = read_digest(digest)) out.dictionary_sha256 = *value;
  if (file.exists() && !digest.exists()) file.problem("'dictionary' needs 'dictionary_sha256'", kDigestHint);
  if (digest.exists() && !file.exists()) digest.problem("'dictionary_sha256' is of no 'dictionary'");
}

ModelSource read_own(const YamlNode& item) {
  ModelSource out;
  const YamlNode family = item["family"], digest = item["sha256"];
  read(family, out.family);
  out.family_place = place_of(family);
  read_path(item.required("file"), {}, out.file);
  if (!digest.exists()) item.problem("missing key 'sha256': which bytes may be loaded", kDigestHint);
  if (const auto value = read_digest(digest)) out.sha256 = *value;
  read_licence(item.required("licence"), out.licence);
  read_dictionary(item, out);
  return out;
}

/// What would be believed to replace a built-in model.
void refuse_source_keys(const YamlNode& item) {
  for (const char* key : {"file", "sha256", "licence", "dictionary", "dictionary_sha256"}) {
    const YamlNode node = item[key];
    if (node.exists())
      item.key_node(key).problem(fmt::format("'{}' needs 'family'", key), "say what kind of model it is");
  }
}

void read_scores(const YamlNode& item, Model& out) {
  out.sure = item["sure"].number(0.01, 1);
  out.vote = item["vote"].number(0.01, 1);
  out.trusted = item["trusted"].number(0.01, 1);
  if (const auto tiles = item["tiles"].integer(1, kMaxTiles)) out.tiles = static_cast<int>(*tiles);
  if (out.sure && out.vote && *out.vote > *out.sure)
    item["vote"].problem("'vote' is more than 'sure'", "a model that is sure votes as well");
}

std::optional<Model> read_model(const YamlNode& item) {
  Model out;
  out.place = place_of(item);
  if (item.is_scalar()) {
    auto id = read_name(item);
    if (!id) return std::nullopt;
    out.id = std::move(*id);
    return out;
  }
  if (!item.is_map()) {
    item.problem("an entry of 'ensemble' is the id of a built-in model, or a model of your own with id, family, file");
    return std::nullopt;
  }
  const auto id = read_name(item.required("id"));
  if (id) out.id = *id;
  if (item["family"].exists()) {
    out.own = read_own(item);
  } else {
    refuse_source_keys(item);
  }
  read_scores(item, out);
  item.refuse_unknown_keys();
  return id ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

void load_ensemble(const YamlNode& list, Detect& out) {
  if (!list.exists()) return;
  out.ensemble_place = place_of(list);
  if (!list.is_list() || list.items().empty()) return list.problem("'ensemble' must be a list of models");
  if (list.items().size() > kMaxModels) return list.problem("'ensemble' has more than 16 models");
  for (const YamlNode& item : list.items()) {
    auto model = read_model(item);
    if (!model) continue;
    const auto same = [&](const Model& other) { return other.id == model->id; };
    if (std::any_of(out.ensemble.begin(), out.ensemble.end(), same)) {
      (item.is_map() ? item["id"] : item).problem(fmt::format("the id '{}' is there twice", model->id));
    }
    out.ensemble.push_back(std::move(*model));
  }
}

Result<std::vector<Model>> parse_ensemble(const std::string& text) {
  const auto document = YamlDocument::parse("ensemble: " + text + "\n", "ensemble");
  Detect out;
  if (document.root().exists()) load_ensemble(document.root()["ensemble"], out);
  if (const auto problems = document.problems(); !problems.empty())
    return fail(ErrorKind::Config, "detect.ensemble", to_string(problems.front()));
  for (auto& model : out.ensemble) {  // places in this text would be taken for places in the configuration
    model.place = {};
    if (model.own) model.own->family_place = {};
  }
  return out.ensemble;
}

}  // namespace veilgate::config
