#include "config/load.h"

#include <algorithm>
#include <system_error>

#include "base/hash.h"
#include "config/load_parts.h"

namespace veilgate::config {
namespace {

template <typename T>
const T* named(const std::vector<T>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void load_root(const YamlNode& root, LoadContext& context, Config& out) {
  root.required("version").integer(1, 1);
  load_receive(root.required("receive"), out.receive);
  load_storage(root, context, out);
  load_workers(root["workers"], out.workers);
  load_detect(root["detect"], context, out.detect);
  if (const auto level = root["log"]["level"].choice({"debug", "info", "warn", "error"})) out.log_level = *level;
  root["log"].refuse_unknown_keys();
  load_destinations(root, context, out);
  load_routes(root, context, out);
  load_tests(root, context, out);
  check_folders(root, out);
  root.refuse_unknown_keys();
}

}  // namespace

Loaded load(const std::filesystem::path& file) {
  Loaded out;
  std::error_code error;
  out.config.file = std::filesystem::absolute(file, error).lexically_normal();
  out.config.shown_file = file.string();
  const YamlDocument document = YamlDocument::load(file);
  if (document.root().exists()) {
    LoadContext context{out.config.file.parent_path(), {}, {}};
    out.config.digest = sha256(document.source());
    load_root(document.root(), context, out.config);
  }
  out.problems = document.problems();
  return out;
}

const Route* Config::route(std::string_view name) const { return named(routes, name); }
const Destination* Config::destination(std::string_view name) const { return named(destinations, name); }

}  // namespace veilgate::config
