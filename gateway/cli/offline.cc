#include "cli/offline.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "cli/ensemble_text.h"
#include "config/model_places.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

std::string default_key_file() {
  const char* home = std::getenv("HOME");
  return (fs::path(home != nullptr ? home : ".") / ".veilgate" / "project.key").string();
}

config::MaskStyle style_from(const std::string& text) {
  if (text == "pixelate") return config::MaskStyle::Pixelate;
  if (text == "blur") return config::MaskStyle::Blur;
  return config::MaskStyle::Solid;
}

constexpr const char* kMaskFormat = "a mask is X,Y,W,H: four whole numbers, width and height above 0";

std::optional<config::FixedRegion> parse_mask(const std::string& text) {
  int x = 0, y = 0, w = 0, h = 0, used = 0;
  if (std::sscanf(text.c_str(), "%d,%d,%d,%d%n", &x, &y, &w, &h, &used) != 4) return std::nullopt;
  if (static_cast<std::size_t>(used) != text.size() || x < 0 || y < 0 || w < 1 || h < 1) return std::nullopt;
  return config::FixedRegion{"mask", false, double(x), double(y), double(w), double(h), {}, {}, {}, {}};
}

}  // namespace

void add_text_policy(CLI::App& verb, std::vector<std::string>& words, const std::string& help) {
  verb.add_option("--text-policy", words, help)
      ->delimiter(',')
      ->check(CLI::IsMember({"all", "identifying", "known"}))
      ->capture_default_str();
}

config::TextPolicy text_policy_from(const std::vector<std::string>& words) {
  config::TextPolicy policy;
  for (const auto& word : words) {
    if (word == "all") return {};  // the strictest of several
    policy.identifying = policy.identifying || word == "identifying";
    policy.known = policy.known || word == "known";
  }
  return policy;
}

std::vector<std::string> words_of(const config::TextPolicy& policy) {
  std::vector<std::string> words;
  if (policy.identifying) words.emplace_back("identifying");
  if (policy.known) words.emplace_back("known");
  if (words.empty()) words.emplace_back("all");
  return words;
}

void OfflineOptions::add_to(CLI::App& verb) {
  project.key_file = default_key_file();
  verb.add_option("-p,--profile", profile, "Built-in profile or path of a profile file")->capture_default_str();
  project.add_to(verb, "Project key: the same key and project give the same pseudonyms (made when missing)");
  auto* list = verb.add_option("--pseudonym-list", pseudonym_list,
                               "CSV with patient_id[,issuer],pseudonym; files of others are held");
  verb.add_option("--pseudonyms", pseudonyms, "hmac: calculated from the key; lookup: from --pseudonym-list")
      ->check(CLI::IsMember({"hmac", "lookup", "sequence"}))
      ->capture_default_str();
  list->check(CLI::ExistingFile);
  add_pixels_to(verb);
  verb.add_flag(
      "--attributes-only", attributes_only,
      "Clean attributes only: pixels pass UNSEEN and the output says so (any transfer syntax; no models needed); "
      "compressed frames that carry comments or application segments are held");
}

void OfflineOptions::add_pixels_to(CLI::App& verb) {
  models = config::find_models().string();
  runtime = config::find_runtime().string();
  verb.add_option("--models", models, "Folder with the detection models")->capture_default_str();
  verb.add_option("--runtime", runtime, "libonnxruntime.so")->capture_default_str();
  add_ensemble_option(verb, ensemble);
  verb.add_option("--mask-style", mask_style, "solid hides everything; pixelate and blur are weaker")
      ->check(CLI::IsMember({"solid", "pixelate", "blur"}))
      ->capture_default_str();
  verb.add_option("--margin", margin, "Each region grows by this share of its longer side")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  verb.add_option("--mask", masks,
                  "X,Y,W,H in stored pixels: masked on every frame, besides what is found (repeatable)")
      ->check(
          CLI::Validator([](std::string& text) { return parse_mask(text) ? std::string() : kMaskFormat; }, "X,Y,W,H"))
      ->allow_extra_args(false);
  verb.add_flag("--no-faces", no_faces, "Do not look for faces (the output then does not claim to be free of them)");
  verb.add_flag("--no-text", no_text, "Do not look for text (the output then does not claim to be free of it)");
  verb.add_flag("--no-barcodes", no_barcodes, "Do not look for barcodes");
  add_text_policy(verb, text_policy,
                  "all: every text is masked; identifying: measures, ruler digits and sides stay; known: what is not "
                  "the patient's stays; identifying,known: what both let stay");
}

void OfflineOptions::take(const config::Project& from) {
  using Method = config::PseudonymMethod;
  project.config.clear();
  project.key_file = from.key_file;
  project.name = from.name;
  project.prefix = from.pseudonym_prefix;
  project.parameters.clear();
  for (const auto& [name, value] : from.parameters) project.parameters.push_back(name + "=" + value);
  if (from.pseudonyms.method == Method::Sequence) pseudonyms = "sequence";
  if (from.pseudonyms.method == Method::Lookup) {
    pseudonyms = "lookup";
    pseudonym_list = from.pseudonyms.file;
  }
}

void OfflineOptions::take(const config::Detect& from) {
  const auto take_path = [](std::string& own, const std::string& usual, const fs::path& configured) {
    if (std::error_code error; own == usual && fs::exists(configured, error)) own = configured.string();
  };
  take_path(models, config::find_models().string(), from.models);
  take_path(runtime, config::find_runtime().string(), from.runtime);
  if (!ensemble.empty()) return;
  ensemble = from.ensemble;
  ensemble_place = from.ensemble_place;
}

std::vector<std::string> OfflineOptions::to_arguments() const {
  std::vector<std::string> arguments{"worker",
                                     "--offline",
                                     "--profile",
                                     profile,
                                     "--key-file",
                                     project.key_file,
                                     "--project",
                                     project.name,
                                     "--prefix=" + project.prefix,
                                     "--models",
                                     models,
                                     "--runtime",
                                     runtime,
                                     "--mask-style",
                                     mask_style,
                                     "--margin",
                                     std::to_string(margin)};
  for (const std::string& parameter : project.parameters) arguments.push_back("--param=" + parameter);
  if (!pseudonym_list.empty()) arguments.insert(arguments.end(), {"--pseudonym-list", pseudonym_list});
  for (const auto& one : masks) arguments.insert(arguments.end(), {"--mask", one});
  if (!ensemble.empty()) arguments.insert(arguments.end(), {"--ensemble", ensemble_text(ensemble)});
  for (const auto& word : text_policy) arguments.insert(arguments.end(), {"--text-policy", word});
  if (no_faces) arguments.emplace_back("--no-faces");
  if (no_text) arguments.emplace_back("--no-text");
  if (no_barcodes) arguments.emplace_back("--no-barcodes");
  if (attributes_only) arguments.emplace_back("--attributes-only");
  return arguments;
}

config::Config OfflineOptions::to_config() const {
  config::Config config;
  config.project.key_file = project.key_file;
  config.project.name = project.name;
  config.project.pseudonym_prefix = project.prefix;
  config.project.parameters = parameters_from(project.parameters);
  if (!pseudonym_list.empty()) {
    config.project.pseudonyms.method = config::PseudonymMethod::Lookup;
    config.project.pseudonyms.file = std::filesystem::absolute(pseudonym_list);
  }
  config.detect.models = models;
  config.detect.runtime = runtime;
  config.detect.ensemble = ensemble;
  config.detect.ensemble_place = ensemble_place;
  config.detect.faces = !no_faces;
  config.detect.text = !no_text;
  config.detect.barcodes = !no_barcodes;
  config::Route route;
  route.name = kRoute;
  route.profile = profile;
  route.mask.style = style_from(mask_style);
  route.mask.margin = margin;
  for (const auto& one : masks) route.fixed_regions.push_back(*parse_mask(one));
  route.text_policy = text_policy_from(text_policy);
  config.detect.text_lines = config.detect.text && route.text_policy.keeps_some();
  config.routes.push_back(std::move(route));
  return config;
}

}  // namespace veilgate::cli
