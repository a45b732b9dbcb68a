#include <algorithm>

#include "config/load.h"
#include "config/load_parts.h"
#include "config/model_places.h"

namespace veilgate::config {
namespace {

namespace fs = std::filesystem;
constexpr int kMinute = 60, kHour = 60 * kMinute;
constexpr std::int64_t kHourMs = 3'600'000;

// With its pseudonym it must fit into a Patient ID (LO, 64 characters).
constexpr std::size_t kMaxPrefixChars = 16;
constexpr int kMaxNumberWidth = 18;  // digits of a 64-bit number
constexpr std::size_t kMaxParameters = 64, kMaxParameterName = 64, kMaxParameterBytes = 1024;

void read_prefix(const YamlNode& node, std::string& out) {
  if (!node.exists()) return;
  read(node, out);
  const bool good = out.size() <= kMaxPrefixChars && std::all_of(out.begin(), out.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.';
                    });
  if (!good) {
    node.problem("'" + node.label() + "' cannot start a Patient ID", "up to 16 letters, digits, '-', '_' and '.'");
  }
}

/// Notes a key that the chosen method does not look at: it would be believed to work.
void refuse_idle(const YamlNode& section, const char* key, bool used, const char* method) {
  const YamlNode node = section[key];
  if (node.exists() && !used) node.problem(std::string("'") + key + "' is for method " + method + " only");
}

void load_pseudonyms(const YamlNode& section, const LoadContext& context, Project& out) {
  Pseudonyms& made = out.pseudonyms;
  const auto method = section["method"].choice({"hmac", "sequence", "lookup"});
  const bool known = method.has_value();
  if (known) {
    made.method = *method == "sequence" ? PseudonymMethod::Sequence
                  : *method == "lookup" ? PseudonymMethod::Lookup
                                        : PseudonymMethod::Hmac;
  }
  const bool lookup = made.method == PseudonymMethod::Lookup, sequence = made.method == PseudonymMethod::Sequence;
  read_prefix(section["prefix"], out.pseudonym_prefix);
  read(section["width"], 1, kMaxNumberWidth, made.width);
  const YamlNode file = section["file"];
  read_path(file, context.folder, made.file);
  made.file_place = place_of(file);
  if (lookup && !file.exists())
    section["method"].problem("method lookup needs 'file'", "a CSV with patient_id,pseudonym");
  if (section["method"].exists() && !known) return section.refuse_unknown_keys();
  refuse_idle(section, "file", lookup, "lookup");
  refuse_idle(section, "width", sequence, "sequence");
  refuse_idle(section, "prefix", !lookup, "hmac and sequence");
  section.refuse_unknown_keys();
}

void load_parameters(const YamlNode& section, Project& out) {
  if (!section.exists()) return;
  if (!section.is_map()) {
    section.problem("'parameters' must be a map of names and texts");
    return;
  }
  const auto names = section.keys();
  if (names.size() > kMaxParameters) section.problem("'parameters' has more than 64 entries");
  for (const auto& name : names) {
    if (!is_parameter_name(name)) {
      section.key_node(name).problem("'" + name + "' cannot be a parameter's name", "letters, digits, '-' and '_'");
    }
    const auto value = section[name].text();
    if (!value) continue;
    if (!is_parameter_value(*value))
      section[name].problem("'" + name + "' cannot be part of a value", "one line, no backslash, up to 1024 bytes");
    out.parameters[name] = *value;
  }
}

void load_project(const YamlNode& section, const LoadContext& context, Project& out) {
  if (auto name = read_name(section["name"])) out.name = std::move(*name);
  read_path(section["key_file"], context.folder, out.key_file);
  out.crosswalk_key_file = out.key_file.parent_path() / "crosswalk.key";
  read_path(section["crosswalk_key_file"], context.folder, out.crosswalk_key_file);
  const YamlNode prefix = section["pseudonym_prefix"], pseudonyms = section["pseudonyms"];
  read_prefix(prefix, out.pseudonym_prefix);
  if (prefix.exists() && pseudonyms.exists())
    prefix.problem("'pseudonym_prefix' is 'prefix' of 'pseudonyms'", "give it there");
  load_pseudonyms(pseudonyms, context, out);
  load_parameters(section["parameters"], out);
  section.refuse_unknown_keys();
}

}  // namespace

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxParameterName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_parameter_value(std::string_view value) {
  return value.size() <= kMaxParameterBytes && std::none_of(value.begin(), value.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7F;
         });
}

void load_storage(const YamlNode& root, const LoadContext& context, Config& out) {
  fs::path data;
  read_path(root["data_dir"], context.folder, data);
  if (!data.empty()) {
    out.spool.path = data / "spool";
    out.store_file = data / "store" / "veilgate.sqlite";
    out.project.key_file = data / "keys" / "project.key";
  }
  const YamlNode spool = root["spool"], store = root["store"], project = root["project"];
  read_path(spool["path"], context.folder, out.spool.path);
  read_bytes(spool["min_free"], 0, 1ull << 50, out.spool.min_free_bytes);
  spool.refuse_unknown_keys();
  read_path(store["file"], context.folder, out.store_file);
  store.refuse_unknown_keys();
  load_project(project, context, out.project);
  const bool all = spool["path"].exists() && store["file"].exists() && project["key_file"].exists();
  if (!root["data_dir"].exists() && !all) {
    root.problem("missing key 'data_dir'", "or give all of spool.path, store.file and project.key_file");
  }
}

void load_workers(const YamlNode& section, Workers& out) {
  read(section["count"], 0, 256, out.count);
  read_bytes(section["memory_limit"], 256ull << 20, 1ull << 40, out.memory_limit_bytes);
  read_seconds(section["cpu_limit"], 1, kHour, out.cpu_limit_s);
  read_seconds(section["wall_limit"], 1, 24 * kHour, out.wall_limit_s);
  read(section["max_attempts"], 1, 100, out.max_attempts);
  read_duration(section["backoff_initial"], 1, kHourMs, out.backoff_initial_ms);
  const YamlNode longest = section["backoff_max"];
  read_duration(longest, 1, 24 * kHourMs, out.backoff_max_ms);
  if (out.backoff_initial_ms > out.backoff_max_ms) {
    (longest.exists() ? longest : section["backoff_initial"]).problem("'backoff_max' is less than 'backoff_initial'");
  }
  section.refuse_unknown_keys();
}

void load_detect(const YamlNode& section, const LoadContext& context, Detect& out) {
  read_path(section["models"], context.folder, out.models);
  read_path(section["runtime"], context.folder, out.runtime);
  if (out.models.empty()) out.models = find_models(context.folder);
  if (out.runtime.empty()) out.runtime = find_runtime(context.folder);
  load_ensemble(section["ensemble"], out);
  read(section["face_threshold"], 0.01, 0.99, out.face_threshold);
  read(section["text_threshold"], 0.01, 0.99, out.text_threshold);
  read(section["faces"], out.faces);
  read(section["text"], out.text);
  read(section["barcodes"], out.barcodes);
  read(section["widen_labels"], out.widen_labels);
  read(section["text_policy"], out.text_policy);
  section.refuse_unknown_keys();
}

}  // namespace veilgate::config
