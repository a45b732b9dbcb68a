#include "deidentify/engine.h"

#include "deidentify/embedded.h"
#include "deidentify/explain.h"
#include "deidentify/identity.h"
#include "deidentify/people.h"
#include "deidentify/stamp.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

/// Goes up with every change of code that changes outputs, so that a digest never stands for two behaviours.
constexpr std::string_view kEngineVersion = "4";

Sha256 digest_of(const ProfileSpec& spec) {
  Sha256Stream stream;
  const auto add = [&](std::string_view text) {
    stream.update(std::to_string(text.size()) + ":");
    stream.update(text);
  };
  add(kEngineVersion);
  for (const std::string& source : spec.sources) add(source);
  for (std::string_view table : {"annex-e.tsv", "iod-types.tsv", "safe-private.tsv", "structured-content.tsv"}) {
    add(embedded(table));
  }
  return stream.finish();
}

TextDates text_dates(DatePolicy dates) {
  return dates == DatePolicy::Shift  ? TextDates::Shift
         : dates == DatePolicy::Keep ? TextDates::Keep
                                     : TextDates::Replace;
}

class RulesCleaning final : public Cleaning {
 public:
  RulesCleaning(std::shared_ptr<const Ruleset> rules, const dicom::File& input, const Identity& identity)
      : rules_(std::move(rules)),
        identity_(identity),
        subject_(deidentify::subject_of(input, identity_)),
        offset_days_(date_offset_of(identity_, patient_key(input.dataset()), rules_->spec().max_days)),
        conditions_(rules_->conditions_of(input.dataset())),
        codes_(rules_->kept_codes(input.dataset(), conditions_)) {
    if (rules_->cleans_text()) {
      const KnownPeople people = people_of(input.dataset(), identity_.known.get());
      const TextDates dates = text_dates(rules_->spec().dates);
      cleaner_.emplace(people, dates, offset_days_);
      checker_.emplace(*cleaner_, dates == TextDates::Shift ? TextDates::Keep : dates);
    }
    identifiers_ = collect_identifiers(*rules_, conditions_, context(), input.dataset(), identity_.known.get());
  }

  const Subject& subject() const override { return subject_; }
  const Identifiers& identifiers() const override { return identifiers_; }

  Result<Report> apply(dicom::File& file) const override {
    const dicom::Item dataset = file.dataset();
    return transform(*rules_, conditions_, context(), dataset);
  }

  Result<std::vector<Explained>> explain(dicom::File& file) const override {
    const dicom::Item dataset = file.dataset();
    Explanation out(dataset, rules_->spec());
    VG_TRY(transform(*rules_, conditions_, context(), dataset, out.observer()));
    return out.finish(dataset);
  }

  std::vector<std::string> residue(const dicom::File& output) const override {
    const dicom::Item dataset = output.dataset();
    return unsettled(*rules_, conditions_, context(), dataset);
  }

 private:
  Context context() const {
    const ProfileSpec& spec = rules_->spec();
    return {identity_,
            subject_,
            subject_.pseudonym,
            offset_days_,
            spec.dates,
            spec.columns,
            spec.parameters,
            codes_,
            cleaner_ ? &*cleaner_ : nullptr,
            checker_ ? &*checker_ : nullptr};
  }

  const std::shared_ptr<const Ruleset> rules_;
  const Identity identity_;
  const Subject subject_;
  const int offset_days_;
  const Conditions conditions_;
  const Codes codes_;
  std::optional<TextCleaner> cleaner_, checker_;
  Identifiers identifiers_;
};

class RulesProfile final : public Profile {
 public:
  explicit RulesProfile(const ProfileSpec& spec) : rules_(std::make_shared<Ruleset>(spec)), digest_(digest_of(spec)) {}

  const std::string& name() const override { return rules_->spec().name; }
  const std::string& version() const override { return rules_->spec().version; }
  const std::string& description() const override { return rules_->spec().description; }
  const std::map<std::string, std::string>& parameters() const override { return rules_->spec().parameters; }
  const Sha256& digest() const override { return digest_; }
  bool keeps_private() const override { return rules_->keeps_private(); }
  std::unique_ptr<const Cleaning> begin(const dicom::File& input, const Identity& identity) const override {
    return std::make_unique<RulesCleaning>(rules_, input, identity);
  }
  Result<void> stamp(dicom::File& file, const PixelFacts& facts) const override {
    return write_stamp(rules_->spec(), file.dataset(), facts);
  }

 private:
  std::shared_ptr<const Ruleset> rules_;
  Sha256 digest_;
};

}  // namespace

LoadedProfile load_profile(const std::string& name_or_path) {
  LoadedSpec loaded = load_spec(name_or_path);
  LoadedProfile out{nullptr, std::move(loaded.problems)};
  if (loaded.spec) out.profile = std::make_shared<const RulesProfile>(*loaded.spec);
  return out;
}

}  // namespace veilgate::deidentify
