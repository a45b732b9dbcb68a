#include "cli/evaluate_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/ensemble_text.h"
#include "cli/offline.h"
#include "config/model_places.h"

namespace veilgate::cli {

const std::vector<std::string>& kind_names() {
  static const std::vector<std::string> kNames{"face", "text", "barcode", "label"};
  return kNames;
}

std::vector<RegionKind> kinds_from(const std::vector<std::string>& names) {
  std::vector<RegionKind> kinds;
  for (const auto kind : {RegionKind::Face, RegionKind::Text, RegionKind::Barcode, RegionKind::Label}) {
    if (std::find(names.begin(), names.end(), to_string(kind)) != names.end()) kinds.push_back(kind);
  }
  return kinds;
}

std::vector<RegionKind> kinds_of(const config::Detect& detect) {
  std::vector<RegionKind> kinds;
  if (detect.faces) kinds.push_back(RegionKind::Face);
  if (detect.text) kinds.push_back(RegionKind::Text);
  if (detect.barcodes) kinds.push_back(RegionKind::Barcode);
  if (detect.widen_labels) kinds.push_back(RegionKind::Label);
  return kinds;
}

void DetectorSettings::add_to(CLI::App& verb) {
  add_ensemble_option(verb, ensemble);
  verb.add_option("--models", models, "Folder with the detection models, instead of the configuration's");
  verb.add_option("--runtime", runtime, "libonnxruntime.so, instead of the configuration's");
  verb.add_option("--kinds", kinds, "Look for these only: face,text,barcode,label (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember(kind_names()));
  verb.add_option("--face-threshold", face_threshold, "As detect.face_threshold: lower finds more")
      ->check(CLI::Range(0.01, 0.99));
  verb.add_option("--text-threshold", text_threshold, "As detect.text_threshold: lower finds more")
      ->check(CLI::Range(0.01, 0.99));
  add_text_policy(verb, text_policy, "As detect.text_policy (known keeps nothing here: pictures name no patient)");
  verb.add_option("--pass", pass, "Look as for masking (detect), or as verification does at full size or in previews")
      ->check(CLI::IsMember({"detect", "verify", "preview"}))
      ->capture_default_str();
}

config::Detect DetectorSettings::over(config::Detect base) const {
  if (!ensemble.empty()) base.ensemble = ensemble;
  if (!models.empty()) base.models = models;
  if (!runtime.empty()) base.runtime = runtime;
  if (base.models.empty()) base.models = config::find_models();
  if (base.runtime.empty()) base.runtime = config::find_runtime();
  base.face_threshold = face_threshold.value_or(base.face_threshold);
  base.text_threshold = text_threshold.value_or(base.text_threshold);
  if (!text_policy.empty()) base.text_policy = text_policy_from(text_policy);
  if (!kinds.empty()) {
    const auto chosen = kinds_from(kinds);
    const auto has = [&](RegionKind kind) { return std::find(chosen.begin(), chosen.end(), kind) != chosen.end(); };
    base.faces = has(RegionKind::Face);
    base.text = has(RegionKind::Text);
    base.barcodes = has(RegionKind::Barcode);
    base.widen_labels = has(RegionKind::Label);
  }
  return base;
}

std::vector<std::string> DetectorSettings::to_arguments(const config::Detect& detect, const std::string& pass) {
  std::vector<std::string> arguments{
      "evaluate-worker", "--models", detect.models.string(), "--runtime", detect.runtime.string(), "--pass", pass};
  arguments.insert(arguments.end(), {"--face-threshold", fmt::format("{}", detect.face_threshold), "--text-threshold",
                                     fmt::format("{}", detect.text_threshold)});
  if (const auto text = ensemble_text(detect.ensemble); !text.empty())
    arguments.insert(arguments.end(), {"--ensemble", text});
  for (const auto& word : words_of(detect.text_policy)) arguments.insert(arguments.end(), {"--text-policy", word});
  for (const auto kind : kinds_of(detect)) arguments.insert(arguments.end(), {"--kinds", std::string(to_string(kind))});
  return arguments;
}

detect::Pass DetectorSettings::pass_value() const {
  if (pass == "verify") return detect::Pass::Verify;
  return pass == "preview" ? detect::Pass::Preview : detect::Pass::Detect;
}

}  // namespace veilgate::cli
