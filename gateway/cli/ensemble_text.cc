#include "cli/ensemble_text.h"

#include <nlohmann/json.hpp>

#include "config/load.h"

namespace veilgate::cli {
namespace {

using nlohmann::json;

json to_json(const config::Model& model) {
  json out{{"id", model.id}};
  if (model.own) {
    const auto& own = *model.own;
    out.update(
        {{"family", own.family}, {"file", own.file.string()}, {"sha256", own.sha256.hex()}, {"licence", own.licence}});
    if (!own.dictionary.empty())
      out.update({{"dictionary", own.dictionary.string()}, {"dictionary_sha256", own.dictionary_sha256.hex()}});
  }
  if (model.sure) out["sure"] = *model.sure;
  if (model.vote) out["vote"] = *model.vote;
  if (model.trusted) out["trusted"] = *model.trusted;
  if (model.tiles) out["tiles"] = *model.tiles;
  return out;
}

}  // namespace

std::string ensemble_text(const std::vector<config::Model>& ensemble) {
  if (ensemble.empty()) return {};
  json out = json::array();
  for (const auto& model : ensemble) out.push_back(to_json(model));
  return out.dump();
}

std::vector<config::Model> ensemble_from(const std::string& text) {
  if (text.empty()) return {};
  return config::parse_ensemble(text).value_or(std::vector<config::Model>{});
}

void add_ensemble_option(CLI::App& verb, std::string& text) {
  const auto check = [](std::string& value) {
    const auto parsed = config::parse_ensemble(value);
    return parsed ? std::string() : parsed.error().message;
  };
  verb.add_option("--ensemble", text)->check(CLI::Validator(check, "MODELS"))->group("");
}

}  // namespace veilgate::cli
