#include "base/hash.h"
#include "deidentify/engine.h"
#include "dicom/dataset.h"
#include "dicom/mapped_file.h"
#include "dicom/plain_file.h"
#include "dicom/required_uid.h"
#include "worker/executor.h"
#include "worker/findings.h"

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
    VG_ASSIGN(auto file, dicom::File::load(task.original, {.scratch = task.output.parent_path()}, true));
    const auto cleaning = profile_->begin(file, identity_);
    VG_ASSIGN(const auto report, cleaning->apply(file));
    VG_TRY(profile_->stamp(file, {}));
    VG_ASSIGN(const Uid syntax, file.transfer_syntax());
    VG_ASSIGN(const Uid instance, dicom::required_uid(file.dataset(), {0x0008, 0x0018}));
    StageOutput output;
    // Many outputs are made durable at once, by whoever gives them their names.
    VG_ASSIGN(const Sha256 digest, file.save(task.output, syntax, dicom::Durability::LeftToCaller));
    VG_ASSIGN(const auto findings, findings_in(task.output, digest, *cleaning));
    output.output_sha256 = digest;
    output.facts["attributes"] = {
        {"actions", report.actions}, {"profile", profile_->name()}, {"instance", instance.str()}};
    output.facts["verify"]["findings"] = nlohmann::json::array();
    for (const auto& finding : findings) {
      output.facts["verify"]["findings"].push_back({{"code", finding.code}, {"where", finding.where}});
    }
    return output;
  }

 private:
  /// Reads back what was written and knows nothing else of it.
  Result<std::vector<verify::Finding>> findings_in(const std::filesystem::path& path, const Sha256& digest,
                                                   const deidentify::Cleaning& cleaning) const {
    const dicom::LoadLimits limits{.max_bytes = max_bytes_, .scratch = path.parent_path()};
    VG_ASSIGN(auto mapped, dicom::MappedFile::open(path, max_bytes_));
    if (sha256(mapped.bytes()) != digest) {
      return fail(ErrorKind::Bug, "verify.digest", "the output on disk is not the one that was written");
    }
    VG_ASSIGN(const auto plain, dicom::PlainFile::of(std::move(mapped), limits));
    const bool in_memory = !plain.was_deflated() && plain.bytes().size() <= kInMemoryBytes;
    VG_ASSIGN(const auto written, in_memory ? dicom::File::parse(plain.bytes()) : dicom::File::load(path, limits));
    VG_ASSIGN(auto out, find_residue(plain, written, cleaning, *profile_));
    for (auto& finding : find_identifiers(plain, cleaning.identifiers())) out.push_back(std::move(finding));
    return out;
  }

  /// Larger outputs are parsed from their file: pixel data is not copied then.
  static constexpr std::size_t kInMemoryBytes = 1 << 20;

  const deidentify::Identity identity_;
  const std::shared_ptr<const deidentify::Profile> profile_;
  const std::uint64_t max_bytes_;
};

}  // namespace

Result<std::unique_ptr<Executor>> Executor::create_for_attributes(config::Config config) {
  VG_TRY(dicom::init_dicom());
  VG_ASSIGN(auto key, load_key(config.project.key_file));
  auto loaded = deidentify::load_profile(config.routes.front().profile);
  if (!loaded.profile) {
    return fail(ErrorKind::Config, "profile.invalid",
                loaded.problems.empty() ? "the profile cannot be loaded" : config::to_string(loaded.problems.front()));
  }
  deidentify::Identity identity{key, config.project.name, config.project.pseudonym_prefix, config.project.parameters};
  return std::make_unique<AttributesExecutor>(std::move(identity), std::move(loaded.profile),
                                              config.receive.max_object_bytes * 2);
}

}  // namespace veilgate::worker
