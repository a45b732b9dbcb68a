#include "worker/executor.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/files.h"
#include "base/hash.h"
#include "base/limits.h"
#include "deidentify/engine.h"
#include "detect/ensemble.h"
#include "detect/models.h"
#include "detect/pace.h"
#include "detect/things.h"
#include "dicom/dataset.h"
#include "dicom/mapped_file.h"
#include "mask/plan.h"
#include "pixel/codec.h"
#include "route/route.h"
#include "verify/verify.h"
#include "worker/face_policy.h"
#include "worker/film.h"
#include "worker/findings.h"
#include "worker/mask_again.h"
#include "worker/patients.h"
#include "worker/pixel_judge.h"
#include "worker/text_policy.h"

namespace veilgate::worker {
namespace {

using nlohmann::json;
using namespace nlohmann::literals;

constexpr std::size_t kMaxFindingsKept = 50;  // enough for a reviewer; the count is kept as well

/// What is known of one object between its stages.
struct Work {
  ObjectId id;
  std::optional<dicom::File> file;                       ///< de-identified in place; pixels still original until masked
  std::shared_ptr<const deidentify::Cleaning> cleaning;  ///< null until de-identified
  deidentify::Report report;
  bool masked = false;  ///< file's pixels are masked: it cannot serve Detect any more
};

json findings_json(std::vector<verify::Finding> findings) {
  // What nobody may approve comes first: it must never be the part that is cut off.
  std::stable_partition(findings.begin(), findings.end(), [](const verify::Finding& one) { return !one.approvable; });
  json out = json::array();
  for (const auto& finding : findings) {
    if (out.size() == kMaxFindingsKept) break;
    out.push_back({{"code", finding.code}, {"where", finding.where}, {"approvable", finding.approvable}});
    if (!finding.region) continue;
    out.back()["kind"] = to_string(finding.region->kind);
    out.back()["score"] = finding.region->score;
    out.back()["source"] = finding.region->source;
    out.back()["reason"] = finding.region->reason;
  }
  return out;
}

std::string_view name_of(pixel::Style style) {
  switch (style) {
    case pixel::Style::Solid:
      return "solid";
    case pixel::Style::Pixelate:
      return "pixelate";
    case pixel::Style::Blur:
      return "blur";
  }
  return "solid";
}

class StageExecutor final : public Executor {
 public:
  StageExecutor(config::Config config, Patients patients, std::unique_ptr<detect::Ensemble> ensemble,
                std::unique_ptr<detect::TextJudge> judge,
                std::map<std::string, std::shared_ptr<const deidentify::Profile>> profiles)
      : config_(std::move(config)),
        patients_(std::move(patients)),
        ensemble_(std::move(ensemble)),
        judge_(std::move(judge)),
        profiles_(std::move(profiles)) {}

  Result<StageOutput> run(const Task& task) override {
    if (!work_ || work_->id != task.id) work_.reset();
    // Taken out while the stage runs: whatever way it ends, only finished work of a good stage stays for the next one.
    std::optional<Work> kept;
    try {
      auto result = dispatch(task);
      // After Verify nothing is kept: masking again needs the original pixels.
      if (result && task.stage != Stage::Verify) kept = std::move(work_);
      work_ = std::move(kept);
      return result;
    } catch (...) {
      work_.reset();
      throw;
    }
  }

 private:
  Result<StageOutput> dispatch(const Task& task) {
    switch (task.stage) {
      case Stage::Route:
        return route(task);
      case Stage::Deidentify:
        return deidentify(task);
      case Stage::Detect:
        return detect(task);
      case Stage::Mask:
        return mask(task);
      case Stage::Verify:
        return verify(task);
      case Stage::Review:
      case Stage::Forward:
        break;
    }
    return fail(ErrorKind::Bug, "worker.stage", "this stage does not run in a worker");
  }

  Result<StageOutput> route(const Task& task) {
    VG_ASSIGN(auto file, load_original(task));
    VG_TRY(check_announced(task, file));
    const auto* route =
        route::choose(config_, route::Sender{task.calling_ae, task.called_ae, task.peer}, file.dataset());
    if (route == nullptr) {
      return fail(ErrorKind::Refused, "route.none", "no route matches; add one to the configuration and requeue");
    }
    StageOutput output;
    output.route = route->name;
    output.facts["route"] = {
        {"regions", route::matching_regions(*route, {task.calling_ae, task.called_ae, task.peer}, file.dataset())}};
    // The parsed original serves de-identification next.
    work_ = Work{task.id, std::move(file), nullptr, {}, false};
    fresh_ = true;
    return output;
  }

  /// What is in the spool must be what was acknowledged: a disk or a hand may have changed it.
  static Result<dicom::File> load_original(const Task& task) {
    if (task.dataset_sha256) {
      VG_ASSIGN(const Sha256 digest, dicom::dataset_digest(task.original));
      if (digest != *task.dataset_sha256) {
        return fail(ErrorKind::Permanent, "spool.altered", "the original in the spool is not what was received");
      }
    }
    return dicom::File::load(task.original, {.scratch = task.output.parent_path()}, true);
  }

  /// The receiver never parses a dataset, so its command set's word is checked here.
  static Result<void> check_announced(const Task& task, const dicom::File& file) {
    const auto sop_class = Uid::parse(file.dataset().text({0x0008, 0x0016}).reveal());
    if (!sop_class)
      return fail(ErrorKind::Permanent, "dicom.no_sop_class",
                  "the dataset has no SOP Class UID (0008,0016), or no valid one");
    if (task.sop_class && *task.sop_class != *sop_class) {
      return fail(ErrorKind::Permanent, "dicom.class_mismatch",
                  "the dataset is of another SOP class than the C-STORE announced");
    }
    const auto instance = Uid::parse(file.dataset().text({0x0008, 0x0018}).reveal());
    if (!instance)
      return fail(ErrorKind::Permanent, "dicom.no_instance_uid",
                  "the dataset has no SOP Instance UID (0008,0018), or no valid one");
    const auto announced = file.media_storage_sop_instance_uid();
    if (announced && *announced != *instance) {
      return fail(ErrorKind::Permanent, "dicom.instance_mismatch",
                  "the dataset is another SOP instance than was announced");
    }
    return {};
  }

  Result<void> ensure_original(const Task& task) {
    if (work_ && fresh_) return {};
    VG_ASSIGN(auto file, load_original(task));
    work_ = Work{task.id, std::move(file), nullptr, {}, false};
    fresh_ = true;
    return {};
  }

  /// The original's attributes cleaned as planned. Leaves the result in work_.
  Result<void> clean(const Task& task, const Patients::Plan& plan) {
    VG_ASSIGN(const auto* chosen, route_of(task));
    VG_ASSIGN(const auto* profile, profile_of(*chosen));
    fresh_ = false;
    work_->cleaning = profile->begin(*work_->file, plan.identity);
    VG_ASSIGN(work_->report, work_->cleaning->apply(*work_->file));
    return {};
  }

  /// For the stages after Deidentify: cleaned as it was there, however often and in whichever worker.
  Result<void> ensure_deidentified(const Task& task) {
    if (work_ && !fresh_ && !work_->masked) return {};
    VG_TRY(ensure_original(task));
    VG_ASSIGN(const auto plan, patients_.keeps_crosswalk() ? patients_.repeat(task.id, task.patient)
                                                           : patients_.begin(*work_->file, std::nullopt));
    return clean(task, plan);
  }

  /// Later stages must not mix a profile that was edited meanwhile with what was recorded.
  Result<void> check_same_profile(const Task& task, const deidentify::Profile& profile) const {
    if (task.facts.value("/deidentify/digest"_json_pointer, std::string()) == profile.digest().hex()) return {};
    return fail(ErrorKind::Refused, "profile.changed",
                "the profile was changed while the object was under way; requeue it");
  }

  Result<const config::Route*> route_of(const Task& task) const {
    const auto* route = config_.route(task.route);
    if (route == nullptr)
      return fail(ErrorKind::Refused, "route.gone",
                  "the object's route is not in the configuration any more; requeue it");
    return route;
  }

  Result<const deidentify::Profile*> profile_of(const config::Route& route) const {
    const auto found = profiles_.find(route.profile);
    if (found == profiles_.end())
      return fail(ErrorKind::Config, "profile.missing", "the route's profile is not loaded");
    return found->second.get();
  }

  Result<const pixel::Codec*> codec_of(const dicom::File& file) const {
    VG_ASSIGN(const Uid syntax, file.transfer_syntax());
    const auto* codec = pixel::find_codec(syntax.str());
    if (codec == nullptr) {
      return fail(ErrorKind::Refused, "pixel.syntax_unsupported",
                  "pixels of this transfer syntax cannot be masked yet");
    }
    return codec;
  }

  Result<StageOutput> deidentify(const Task& task) {
    VG_TRY(ensure_original(task));
    StageOutput output;
    if (patients_.keeps_crosswalk() && !task.patient) {
      output.asks_for = patients_.token_of(*work_->file);
      return output;
    }
    VG_ASSIGN(const auto plan, patients_.begin(*work_->file, task.patient));
    VG_TRY(clean(task, plan));
    VG_ASSIGN(const auto* chosen, route_of(task));
    VG_ASSIGN(const auto* profile, profile_of(*chosen));
    VG_ASSIGN(const auto layout, pixel::read_layout(*work_->file));
    if (patients_.keeps_crosswalk()) {
      output.patient = patients_.seen(plan, work_->cleaning->subject(), task.id,
                                      work_->file->dataset().text({0x0008, 0x0018}).reveal());
    }
    output.facts["deidentify"] = {
        {"profile", profile->name()},       {"version", profile->version()}, {"digest", profile->digest().hex()},
        {"actions", work_->report.actions}, {"rows", layout.rows},           {"columns", layout.columns},
        {"frames", layout.frames}};
    return output;
  }

  /// `brief`: only faces, which must not show for a single frame of a film.
  detect::Wanted wanted(const config::Route& route, bool brief = false) const {
    return {route.detect_faces && config_.detect.faces, route.detect_text && config_.detect.text && !brief,
            route.detect_barcodes && config_.detect.barcodes && !brief};
  }

  /// Of a film all text is masked: what stays is judged picture by picture.
  detect::TextRules rules_for(const config::Route& route, const pixel::Codec& codec) const {
    return text_rules(codec.is_time_series() ? config::TextPolicy{} : route.text_policy, *work_->cleaning);
  }

  /// Of one frame: what the detectors find, text judged by the route's policy, and what both stand on.
  Result<std::vector<Region>> found_in(const pixel::Frame& frame, const config::Route& route,
                                       const detect::TextRules& rules, bool brief) {
    VG_ASSIGN(auto found,
              ensemble_->detect(frame, wanted(route, brief), brief ? detect::Pass::Preview : detect::Pass::Detect));
    if (judge_) VG_TRY(judge_->judge(frame.bgr, rules, found));
    if (route.widen_labels && config_.detect.widen_labels) {
      VG_ASSIGN(const auto labels, detect::label_regions(frame, found));
      found.insert(found.end(), labels.begin(), labels.end());
    }
    return found;
  }

  Result<StageOutput> detect(const Task& task) {
    VG_TRY(ensure_deidentified(task));
    VG_ASSIGN(const auto* chosen, route_of(task));
    VG_ASSIGN(const auto* codec, codec_of(*work_->file));
    VG_ASSIGN(const auto layout, pixel::read_layout(*work_->file));
    auto regions = detect::fixed_regions(chosen->fixed_regions, layout, matching_rules(task));
    const auto rules = rules_for(*chosen, *codec);
    detect::SeriesPace pace(layout.frames, 0);
    auto teller = frame_teller();
    VG_TRY(codec->decode(*work_->file, [&](const pixel::Frame& frame) -> Result<void> {
      teller.tell(frame.index, layout.frames);
      const bool brief = codec->is_time_series() && !pace.is_thorough(frame);
      VG_ASSIGN(auto found, found_in(frame, *chosen, rules, brief));
      regions.insert(regions.end(), found.begin(), found.end());
      if (regions.size() > max_regions(*codec)) return too_many_regions();
      return {};
    }));
    if (codec->is_time_series()) {
      for (auto& region : regions) region.eyes.reset();  // faces of films are masked whole
    }
    StageOutput output;
    const auto sources = ensemble_->sources(wanted(*chosen));
    output.facts["detect"] = {
        {"regions", regions}, {"sources", sources}, {"models", detect::prints_of(config_.detect, sources)}};
    if (codec->is_time_series()) output.facts["detect"]["cuts"] = pace.cuts();
    return output;
  }

  Result<StageOutput> mask(const Task& task) {
    VG_TRY(ensure_deidentified(task));
    VG_ASSIGN(const auto* chosen, route_of(task));
    VG_ASSIGN(const auto* profile, profile_of(*chosen));
    VG_TRY(check_same_profile(task, *profile));
    VG_ASSIGN(const auto* codec, codec_of(*work_->file));
    VG_ASSIGN(const auto layout, pixel::read_layout(*work_->file));
    VG_ASSIGN(const auto found, regions_of(task.facts, "detect"));
    VG_ASSIGN(auto planned, plan_masks(*codec, found, task.facts, chosen->mask, layout));
    VG_ASSIGN(const auto masked, codec->mask(*work_->file, {.regions = planned,
                                                            .style = mask::codec_style(chosen->mask.style),
                                                            .scratch = task.output.parent_path()}));
    for (std::size_t i = 0; i < planned.size() && i < masked.applied.size(); ++i) planned[i].box = masked.applied[i];
    work_->masked = true;
    const auto want = wanted(*chosen);
    VG_TRY(profile->stamp(
        *work_->file, {.text_masked = want.text && want.barcodes && !leaves_unknown_text(found, chosen->text_policy),
                       .faces_masked = want.faces && !leaves_faces(found, chosen->mask, layout),
                       .changed = std::ranges::any_of(masked.applied, [](const Box& box) { return !box.empty(); }),
                       .lossy_method = masked.lossy_method,
                       .lossy_ratio = masked.lossy_ratio,
                       .made_lossless = masked.made_lossless,
                       .recompressed_method = masked.recompressed_method,
                       .recompressed_ratio = masked.recompressed_ratio}));
    VG_ASSIGN(const Uid syntax, work_->file->transfer_syntax());
    StageOutput output;
    VG_ASSIGN(output.output_sha256, work_->file->save(task.output, syntax));
    output.facts["mask"] = {{"regions", planned}, {"style", name_of(masked.style)}};
    // For the reviewer: viewers of the camera's file would have turned the picture.
    if (masked.exif_orientation != 1) output.facts["mask"]["exif_orientation"] = masked.exif_orientation;
    return output;
  }

  Result<StageOutput> verify(const Task& task) {
    if (!work_ || !work_->masked) VG_TRY(ensure_deidentified(task));  // for the identifiers to look for
    VG_ASSIGN(const auto* chosen, route_of(task));
    VG_ASSIGN(const auto* profile, profile_of(*chosen));
    VG_TRY(check_same_profile(task, *profile));
    VG_ASSIGN(const auto plain, masked_output(task));
    std::vector<verify::Finding> findings;
    const auto add = [&findings](std::vector<verify::Finding> more) {
      findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    VG_ASSIGN(auto output_file, dicom::File::load(task.output, {.scratch = task.output.parent_path()}));
    VG_ASSIGN(auto residue, find_residue(plain, output_file, *work_->cleaning, *profile));
    add(std::move(residue));
    add(find_identifiers(plain, work_->cleaning->identifiers()));
    VG_TRY(check_geometry(task, output_file));
    VG_ASSIGN(auto pixels, check_pixels(task, *chosen, output_file));
    add(std::move(pixels));
    StageOutput output;
    if (auto again = regions_to_mask_again(task.facts, findings)) {
      output.facts["detect"] = {{"regions", std::move(*again)}, {"rounds", mask_rounds(task.facts) + 1}};
      if (const auto cuts = "/detect/cuts"_json_pointer; task.facts.contains(cuts))
        output.facts["detect"]["cuts"] = task.facts.at(cuts);
      output.next = store::JobState::Detected;
      output.reason_code = "verify.mask_again";
      output.reason = "verification found more to mask";
      return output;
    }
    // After the decision to mask more: what is masked on a protected region stays masked, and a person looks at it.
    VG_ASSIGN(auto on_protected, find_masks_on_protected(task, *chosen, output_file));
    add(std::move(on_protected));
    VG_ASSIGN(const auto detected, regions_of(task.facts, "detect"));
    VG_ASSIGN(const auto layout, pixel::read_layout(output_file));
    add(subject_findings(detected, chosen->mask, layout));
    output.facts["verify"] = {{"findings", findings_json(findings)},
                              {"findings_total", findings.size()},
                              {"needles", work_->cleaning->identifiers().values.size()}};
    return output;
  }

  /// Rules whose match the received object fits: the de-identified one has lost what they look at. nullopt for an
  /// object that an older version routed.
  static std::optional<std::vector<std::string>> matching_rules(const Task& task) {
    const auto known = task.facts.find("route");
    if (known == task.facts.end() || !known->is_object() || !known->contains("regions")) return std::nullopt;
    try {
      return known->at("regions").get<std::vector<std::string>>();
    } catch (const json::exception&) {
      return std::nullopt;
    }
  }

  static Result<std::vector<verify::Finding>> find_masks_on_protected(const Task& task, const config::Route& route,
                                                                      const dicom::File& output) {
    if (route.protected_regions.empty()) return std::vector<verify::Finding>{};
    VG_ASSIGN(const auto layout, pixel::read_layout(output));
    VG_ASSIGN(const auto masked, regions_of(task.facts, "mask"));
    return masks_on_protected(masked, detect::fixed_regions(route.protected_regions, layout, matching_rules(task)));
  }

  std::uint64_t max_output_bytes() const { return config_.receive.max_object_bytes * 2; }

  Result<dicom::PlainFile> masked_output(const Task& task) const {
    VG_ASSIGN(auto mapped, dicom::MappedFile::open(task.output, max_output_bytes()));
    if (!task.output_sha256 || sha256(mapped.bytes()) != *task.output_sha256) {
      return fail(ErrorKind::Bug, "verify.digest", "the output in the spool is not the one that was masked");
    }
    return dicom::PlainFile::of(std::move(mapped),
                                {.max_bytes = max_output_bytes(), .scratch = task.output.parent_path()});
  }

  /// Masking must not have moved, cropped or dropped anything.
  static Result<void> check_geometry(const Task& task, const dicom::File& output) {
    VG_ASSIGN(const auto layout, pixel::read_layout(output));
    const auto& before = task.facts.value("deidentify", json::object());
    if (before.value("rows", 0) != layout.rows || before.value("columns", 0) != layout.columns ||
        before.value("frames", 0) != layout.frames) {
      return fail(ErrorKind::Bug, "verify.geometry", "the output's rows, columns or frames differ from the input's");
    }
    return {};
  }

  Result<std::vector<verify::Finding>> check_pixels(const Task& task, const config::Route& route, dicom::File& output) {
    VG_ASSIGN(const auto masked, regions_of(task.facts, "mask"));
    VG_ASSIGN(const auto detected, regions_of(task.facts, "detect"));
    VG_ASSIGN(const auto* codec, codec_of(output));
    VG_ASSIGN(const auto layout, pixel::read_layout(output));
    const auto rules = rules_for(route, *codec);
    PixelJudge judge({detected, masked, route.mask, layout, wanted(route), rules}, *ensemble_, judge_.get());
    // Other frames of a film than Detect looked at thoroughly.
    detect::SeriesPace pace(layout.frames, detect::SeriesPace::kThoroughStep / 2);
    std::vector<verify::Finding> findings;
    auto teller = frame_teller();
    VG_TRY(codec->decode(output, [&](const pixel::Frame& frame) -> Result<void> {
      teller.tell(frame.index, layout.frames);
      const bool brief = codec->is_time_series() && !pace.is_thorough(frame);
      VG_ASSIGN(const auto found, judge.check(frame, brief));
      findings.insert(findings.end(), found.begin(), found.end());
      return {};
    }));
    return findings;
  }

  const config::Config config_;
  Patients patients_;
  std::unique_ptr<detect::Ensemble> ensemble_;
  std::unique_ptr<detect::TextJudge> judge_;  ///< null while no route keeps text
  std::map<std::string, std::shared_ptr<const deidentify::Profile>> profiles_;
  std::optional<Work> work_;
  bool fresh_ = false;  ///< work_->file is the untouched original
};

}  // namespace

Result<std::unique_ptr<Executor>> Executor::create(config::Config config) {
  VG_TRY(dicom::init_dicom());
  VG_ASSIGN(auto key, load_key(config.project.key_file));
  std::map<std::string, std::shared_ptr<const deidentify::Profile>> profiles;
  for (const auto& route : config.routes) {
    if (profiles.contains(route.profile)) continue;
    auto loaded = deidentify::load_profile(route.profile);
    if (!loaded.profile) {
      return fail(ErrorKind::Config, "profile.invalid",
                  loaded.problems.empty() ? "profile " + route.profile + " cannot be loaded"
                                          : config::to_string(loaded.problems.front()));
    }
    profiles.emplace(route.profile, std::move(loaded.profile));
  }
  VG_ASSIGN(auto ensemble, detect::Ensemble::create(config.detect));
  std::unique_ptr<detect::TextJudge> judge;
  if (config.detect.text && config.detect.text_lines) {
    VG_ASSIGN(judge, detect::TextJudge::create(config.detect));
  }
  VG_ASSIGN(auto patients, Patients::create(config.project, {key, config.project.name, config.project.pseudonym_prefix,
                                                             config.project.parameters, std::nullopt, nullptr}));
  return std::make_unique<StageExecutor>(std::move(config), std::move(patients), std::move(ensemble), std::move(judge),
                                         std::move(profiles));
}

}  // namespace veilgate::worker
