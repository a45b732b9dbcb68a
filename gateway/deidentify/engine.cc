#include "deidentify/engine.h"

#include "deidentify/embedded.h"
#include "deidentify/identity.h"
#include "deidentify/stamp.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

/// Goes up with every change of code that changes outputs, so that a digest never stands for two behaviours.
constexpr std::string_view kEngineVersion = "1";

Sha256 digest_of(const ProfileSpec& spec) {
  Sha256Stream stream;
  const auto add = [&](std::string_view text) {
    stream.update(std::to_string(text.size()) + ":");
    stream.update(text);
  };
  add(kEngineVersion);
  for (const std::string& source : spec.sources) add(source);
  add(embedded("annex-e.tsv"));
  add(embedded("iod-types.tsv"));
  return stream.finish();
}

class RulesProfile final : public Profile {
 public:
  explicit RulesProfile(ProfileSpec spec) : spec_(std::move(spec)), rules_(spec_), digest_(digest_of(spec_)) {}

  const std::string& name() const override { return spec_.name; }
  const std::string& version() const override { return spec_.version; }
  const Sha256& digest() const override { return digest_; }
  Identifiers identifiers(const dicom::File& input) const override {
    return collect_identifiers(rules_, input.dataset(), {spec_.max_days, std::nullopt});
  }
  Identifiers identifiers(const dicom::File& input, const Identity& identity) const override {
    const int offset = date_offset_of(identity, patient_key(input.dataset()), spec_.max_days);
    return collect_identifiers(rules_, input.dataset(), {spec_.max_days, offset});
  }
  Result<Report> apply(dicom::File& file, const Identity& identity) const override {
    return transform(rules_, spec_.max_days, file.dataset(), identity);
  }
  Result<void> stamp(dicom::File& file, const PixelFacts& facts) const override {
    return write_stamp(spec_, file.dataset(), facts);
  }
  std::vector<std::string> residue(const dicom::File& output) const override {
    return unsettled(rules_, output.dataset());
  }

 private:
  ProfileSpec spec_;
  Ruleset rules_;
  Sha256 digest_;
};

}  // namespace

LoadedProfile load_profile(const std::string& name_or_path) {
  LoadedSpec loaded = load_spec(name_or_path);
  LoadedProfile out{nullptr, std::move(loaded.problems)};
  if (loaded.spec) out.profile = std::make_shared<const RulesProfile>(std::move(*loaded.spec));
  return out;
}

}  // namespace veilgate::deidentify
