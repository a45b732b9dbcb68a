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

void add_ensemble_option(CLI::App& verb, std::vector<config::Model>& ensemble) {
  const auto read = [&ensemble](const std::string& text) {
    auto parsed = config::parse_ensemble(text);
    if (!parsed) throw CLI::ValidationError("--ensemble", parsed.error().message);
    ensemble = std::move(*parsed);
  };
  verb.add_option_function<std::string>("--ensemble", read)->group("");
}

}  // namespace veilgate::cli
