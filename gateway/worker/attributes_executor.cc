#include "base/files.h"
#include "deidentify/engine.h"
#include "dicom/dataset.h"
#include "verify/verify.h"
#include "worker/executor.h"

namespace veilgate::worker {
namespace {

/// Stage::Deidentify alone, written and verified: for headers whose pixels need no cleaning or are nobody's concern.
class AttributesExecutor final : public Executor {
 public:
  AttributesExecutor(deidentify::Identity identity, std::shared_ptr<const deidentify::Profile> profile,
                     std::uint64_t max_bytes)
      : identity_(std::move(identity)), profile_(std::move(profile)), max_bytes_(max_bytes) {}

  Result<StageOutput> run(const Task& task) override {
    if (task.stage != Stage::Deidentify)
      return fail(ErrorKind::Bug, "worker.stage", "only attributes are cleaned here");
    VG_ASSIGN(auto file, dicom::File::load(task.original, {}, true));
    const auto cleaning = profile_->begin(file, identity_);
    VG_ASSIGN(const auto report, cleaning->apply(file));
    VG_TRY(profile_->stamp(file, {}));
    VG_ASSIGN(const Uid syntax, file.transfer_syntax());
    VG_ASSIGN(const Uid instance, Uid::parse(file.dataset().text({0x0008, 0x0018}).reveal()));
    StageOutput output;
    VG_ASSIGN(output.output_sha256, file.save(task.output, syntax));
    VG_ASSIGN(const auto findings, findings_in(task.output, *cleaning));
    output.facts["attributes"] = {
        {"actions", report.actions}, {"profile", profile_->name()}, {"instance", instance.str()}};
    output.facts["verify"]["findings"] = nlohmann::json::array();
    for (const auto& finding : findings) {
      output.facts["verify"]["findings"].push_back({{"code", finding.code}, {"where", finding.where}});
    }
    return output;
  }

 private:
  Result<std::vector<verify::Finding>> findings_in(const std::filesystem::path& path,
                                                   const deidentify::Cleaning& cleaning) const {
    std::vector<verify::Finding> out;
    VG_ASSIGN(const auto written, dicom::File::load(path));
    for (const auto& place : cleaning.residue(written)) out.push_back({"verify.attribute", place, false});
    VG_ASSIGN(const std::string bytes, read_file(path, max_bytes_));
    std::vector<verify::Needle> needles;
    for (const auto& value : cleaning.identifiers().values) needles.push_back({value.text.reveal(), value.tag.str()});
    const auto span = std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    for (auto& finding : verify::search_identifiers(span, verify::pixel_ranges(span), needles)) {
      out.push_back(std::move(finding));
    }
    return out;
  }

  const deidentify::Identity identity_;
  const std::shared_ptr<const deidentify::Profile> profile_;
  const std::uint64_t max_bytes_;
};

}  // namespace

Result<std::unique_ptr<Executor>> Executor::create_for_attributes(config::Config config) {
  VG_TRY(dicom::init_dicom());
  VG_ASSIGN(auto key, load_key(config.project.key_file));
  auto loaded = deidentify::load_profile(config.routes.front().profile);
  if (!loaded.profile) return fail(ErrorKind::Config, "profile.invalid", config::to_string(loaded.problems.front()));
  deidentify::Identity identity{key, config.project.name, config.project.pseudonym_prefix, config.project.parameters};
  return std::make_unique<AttributesExecutor>(std::move(identity), std::move(loaded.profile),
                                              config.receive.max_object_bytes * 2);
}

}  // namespace veilgate::worker
