#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "cli/common.h"
#include "cli/explain_pixels.h"
#include "cli/offline.h"
#include "cli/project_options.h"
#include "deidentify/engine.h"
#include "detect/models.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string file, profile = "research-photo";
  ProjectOptions project;
  OfflineOptions offline;  ///< of which only what concerns pixels comes from the command line
  bool json = false, show_values = false, changed_only = false, pixels = false;
};

/// Without a key the pseudonyms shown are examples; the actions are the same with any.
Result<SecretKey> key_of(const config::Project& project) {
  if (!project.key_file.empty()) return load_key(project.key_file);
  return SecretKey(std::vector<std::uint8_t>(SecretKey::kBytes));
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kWidth = 40;
  std::string out;
  for (char c : text) out.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  std::size_t end = std::min(kWidth, out.size());
  while (end < out.size() && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  return out.size() > end ? out.substr(0, end) + "..." : out;
}

void print_line(const deidentify::Explained& line, bool values) {
  fmt::print("{:<28} {:<2} {:<34} {:<13} {}\n", line.path, line.vr, line.keyword, line.action, line.source);
  if (values && !(line.before.reveal().empty() && line.after.reveal().empty())) {
    fmt::print("{:<28}    '{}' -> '{}'\n", "", shortened(line.before.reveal()), shortened(line.after.reveal()));
  }
}

nlohmann::json to_json(const deidentify::Explained& line, bool values) {
  nlohmann::json out{{"path", line.path},     {"keyword", line.keyword}, {"vr", line.vr},
                     {"action", line.action}, {"source", line.source},   {"changed", line.changed}};
  if (values) {
    out["before"] = line.before.reveal();
    out["after"] = line.after.reveal();
  }
  return out;
}

/// `pixels` is null when nobody asked for them.
void print(const Options& options, const deidentify::Profile& profile, const std::vector<deidentify::Explained>& lines,
           const nlohmann::json& pixels) {
  if (options.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& line : lines) list.push_back(to_json(line, options.show_values));
    nlohmann::json out{{"profile", profile.name()},
                       {"version", profile.version()},
                       {"digest", profile.digest().hex()},
                       {"attributes", list}};
    if (!pixels.is_null()) out["pixels"] = pixels;
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  std::map<std::string, int> counts;
  for (const auto& line : lines) {
    ++counts[line.action];
    print_line(line, options.show_values);
  }
  fmt::print("\nprofile {} {}, digest {}\n", profile.name(), profile.version(), profile.digest().hex());
  for (const auto& [action, count] : counts) fmt::print("{:>6} {}\n", count, action);
  if (!pixels.is_null()) print_pixels(pixels);
}

/// Null when nobody asked for them.
Result<nlohmann::json> pixels_of(const Options& options, const config::Project& project) {
  if (!options.pixels) return nlohmann::json();
  OfflineOptions offline = options.offline;
  offline.profile = options.profile;
  if (!options.project.config.empty()) {
    if (const auto config = load_config(options.project.config)) offline.take(config->detect);
  }
  offline.take(project);
  // Pseudonyms of a gateway are examples here, and the pixels do not depend on them.
  offline.pseudonyms = OfflineOptions{}.pseudonyms;
  offline.pseudonym_list.clear();
  VG_TRY(detect::require_models(offline.to_config().detect));
  return explain_pixels(options.file, std::move(offline));
}

Result<void> explain(const Options& options) {
  VG_TRY(dicom::init_dicom());
  const auto loaded = deidentify::load_profile(options.profile);
  if (!loaded.profile) {
    print_problems(loaded.problems);
    return fail(ErrorKind::Config, "profile.invalid", "the profile cannot be used");
  }
  VG_TRY(options.project.check_against(*loaded.profile));
  VG_ASSIGN(const auto project, options.project.read());
  VG_ASSIGN(const SecretKey key, key_of(project));
  if (project.pseudonyms.method != config::PseudonymMethod::Hmac) {
    fmt::print(stderr, "veilgate: this project's pseudonyms are handed out by the gateway; those shown are examples\n");
  }
  VG_ASSIGN(auto file, dicom::File::load(options.file, {}, true));
  const deidentify::Identity identity{key, project.name, project.pseudonym_prefix, project.parameters};
  VG_ASSIGN(auto lines, loaded.profile->begin(file, identity)->explain(file));
  if (options.changed_only) std::erase_if(lines, [](const auto& line) { return !line.changed; });
  VG_ASSIGN(const auto pixels, pixels_of(options, project));
  print(options, *loaded.profile, lines, pixels);
  return {};
}

}  // namespace

void add_explain(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "explain",
      "Say what a profile does to each attribute of a file, and which rule or table cell says so; with "
      "--pixels also what is found, masked and kept in the picture, and why");
  verb->add_option("file", options->file, "DICOM file")->required()->check(CLI::ExistingFile);
  verb->add_option("-p,--profile", options->profile, "Built-in profile or path of a profile file")
      ->capture_default_str();
  options->project.add_to(*verb, "Project key; without one pseudonyms, UIDs and dates are examples");
  options->project.add_config_to(*verb, {});
  verb->add_flag("--show-values", options->show_values, "Print values before and after: they identify people");
  verb->add_flag("--changed", options->changed_only,
                 "Only attributes that change, and sequences with such ones in them");
  auto* pixels =
      verb->add_flag("--pixels", options->pixels,
                     "Also look at the picture, as masking and verification do, and say what is found and why");
  const auto others = verb->get_options().size();
  options->offline.add_pixels_to(*verb);
  const auto all = verb->get_options();
  for (auto i = others; i < all.size(); ++i) all[i]->needs(pixels);
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit] {
    const auto done = explain(*options);
    exit = done ? kOk : complain(done.error());
  });
}

}  // namespace veilgate::cli
