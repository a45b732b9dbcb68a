#include <algorithm>
#include <system_error>

#include "config/load_parts.h"

namespace veilgate::config {
namespace {

namespace fs = std::filesystem;
constexpr int kMinute = 60, kHour = 60 * kMinute;
constexpr std::int64_t kHourMs = 3'600'000;

// First that exists; the first one when none does, so that the start can say what to fetch.
fs::path first_of(std::initializer_list<fs::path> candidates) {
  for (const fs::path& candidate : candidates) {
    std::error_code error;
    if (fs::exists(candidate, error)) return candidate.lexically_normal();
  }
  return candidates.begin()->lexically_normal();
}

constexpr std::size_t kMaxPrefixChars = 16;  // With its pseudonym it must fit into a Patient ID (LO, 64 characters).

void load_project(const YamlNode& section, const LoadContext& context, Project& out) {
  if (auto name = read_name(section["name"])) out.name = std::move(*name);
  read_path(section["key_file"], context.folder, out.key_file);
  const YamlNode prefix = section["pseudonym_prefix"];
  read(prefix, out.pseudonym_prefix);
  const bool good = out.pseudonym_prefix.size() <= kMaxPrefixChars &&
                    std::all_of(out.pseudonym_prefix.begin(), out.pseudonym_prefix.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.';
                    });
  if (!good) {
    prefix.problem("'pseudonym_prefix' cannot start a Patient ID", "up to 16 letters, digits, '-', '_' and '.'");
  }
  section.refuse_unknown_keys();
}

}  // namespace

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
  const fs::path deps = context.folder / ".." / ".deps", packaged = "/usr/share/veilgate";
  read_path(section["models"], context.folder, out.models);
  read_path(section["runtime"], context.folder, out.runtime);
  if (out.models.empty()) out.models = first_of({deps / "models", packaged / "models"});
  if (out.runtime.empty()) {
    out.runtime = first_of({deps / "onnxruntime/lib/libonnxruntime.so", packaged / "libonnxruntime.so"});
  }
  read(section["face_threshold"], 0.01, 0.99, out.face_threshold);
  read(section["text_threshold"], 0.01, 0.99, out.text_threshold);
  read(section["faces"], out.faces);
  read(section["text"], out.text);
  read(section["barcodes"], out.barcodes);
  section.refuse_unknown_keys();
}

}  // namespace veilgate::config
