#include "worker/patients.h"

#include <sys/stat.h>

#include "deidentify/text/text_cleaner.h"
#include "deidentify/text_of.h"

namespace veilgate::worker {
namespace {

using crosswalk::Entry;

constexpr dicom::Tag kPatientId{0x0010, 0x0020}, kIssuer{0x0010, 0x0021}, kOtherIds{0x0010, 0x1000},
    kOtherIdItems{0x0010, 0x1002}, kOtherNames{0x0010, 0x1001}, kBirthName{0x0010, 0x1005};

/// Bounded by Entry::merge.
std::vector<std::string> values_of(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == '\\') {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return out;
}

Entry told_by(const dicom::Item& dataset, const deidentify::Subject& subject) {
  const auto sets = deidentify::character_sets_of(dataset);
  const auto values = [&](dicom::Tag tag) { return values_of(deidentify::text_of(dataset, tag, sets).reveal()); };
  Entry told{{},
             {{subject.patient_id.reveal(), subject.issuer.reveal()}},
             {subject.patient_name.reveal()},
             {subject.birth_date.reveal()},
             {},
             values(kOtherNames)};
  for (auto& name : values(kBirthName)) told.other_names.push_back(std::move(name));
  for (auto& id : values(kOtherIds)) told.other_ids.push_back({std::move(id), {}});
  if (const auto sequence = dataset.find(kOtherIdItems)) {
    for (const auto& item : sequence->items()) {
      const auto text = [&](dicom::Tag tag) { return deidentify::text_of(item, tag, sets).reveal(); };
      told.other_ids.push_back({text(kPatientId), text(kIssuer)});
    }
  }
  return told;
}

std::shared_ptr<const deidentify::KnownPeople> people_of(const Entry& entry) {
  auto people = std::make_shared<deidentify::KnownPeople>();
  for (const auto* names : {&entry.names, &entry.other_names}) {
    for (const auto& name : *names) people->patient_names.emplace_back(name);
  }
  for (const auto* ids : {&entry.patient_ids, &entry.other_ids}) {
    for (const auto& one : *ids) people->identifiers.emplace_back(one.id);
  }
  for (const auto& date : entry.birth_dates) people->birth_dates.emplace_back(date);
  return people;
}

std::string version_of(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return "missing";
  return std::to_string(info.st_ino) + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) +
         "." + std::to_string(info.st_mtim.tv_nsec);
}

}  // namespace

Result<Patients> Patients::create(const config::Project& project, deidentify::Identity identity) {
  Patients out(project, std::move(identity));
  if (!project.crosswalk_key_file.empty()) {
    VG_ASSIGN(out.sealer_, crosswalk::load_sealer(project.crosswalk_key_file));
  }
  VG_TRY(out.refresh_list());
  return out;
}

Result<void> Patients::refresh_list() {
  if (project_.pseudonyms.method != config::PseudonymMethod::Lookup) return {};
  const std::string version = version_of(project_.pseudonyms.file);
  if (version == list_version_) return {};
  auto loaded = crosswalk::LookupList::load(project_.pseudonyms.file);
  if (!loaded.problems.empty()) {
    // Half a list must not decide; where exactly it is wrong, veilgate check tells.
    return fail(ErrorKind::Config, "pseudonym.list",
                "the list of pseudonyms cannot be used; run 'veilgate check', mend it and requeue");
  }
  list_ = std::move(loaded.list);
  list_version_ = version;
  return {};
}

Sha256 Patients::token_of(const dicom::File& original) const {
  return deidentify::subject_of(original, identity_).token;
}

Result<std::optional<std::string>> Patients::given_pseudonym(const deidentify::Subject& subject,
                                                             const std::optional<PatientKnown>& known,
                                                             const std::string& kept) {
  using config::PseudonymMethod;
  const auto method = project_.pseudonyms.method;
  if (method == PseudonymMethod::Lookup) {
    VG_TRY(refresh_list());
    auto listed = list_.find(subject.patient_id.reveal(), subject.issuer.reveal());
    if (!listed) {
      return fail(ErrorKind::Refused, "pseudonym.missing",
                  "the patient is not in the list of pseudonyms; add the patient and requeue");
    }
    if (!kept.empty() && *listed != kept) {
      return fail(ErrorKind::Refused, "pseudonym.changed",
                  "the list of pseudonyms gives the patient another one than earlier objects got; mend it and requeue");
    }
    return listed;
  }
  if (!kept.empty()) return std::optional(kept);
  if (method == PseudonymMethod::Hmac) return std::optional<std::string>();
  if (!known || known->pseudonym.empty()) {
    return fail(ErrorKind::Refused, "pseudonym.sequence", "only a gateway with its store can count pseudonyms");
  }
  return std::optional(known->pseudonym);
}

Result<Patients::Plan> Patients::begin(const dicom::File& original, const std::optional<PatientKnown>& known) {
  const auto subject = deidentify::subject_of(original, identity_);
  Plan plan{identity_, Phi(Entry{}), Phi(told_by(original.dataset(), subject))};
  if (known && known->token != subject.token) {
    return fail(ErrorKind::Bug, "worker.other_patient", "the crosswalk's answer is about another patient");
  }
  if (known && sealer_ && !known->entry_sealed.empty()) {
    VG_ASSIGN(plan.before, crosswalk::open_entry(*sealer_, project_.name, subject.token, known->entry_sealed));
    plan.identity.known = people_of(plan.before.reveal());
  }
  VG_ASSIGN(plan.identity.assigned_pseudonym, given_pseudonym(subject, known, plan.before.reveal().pseudonym));
  return plan;
}

Result<Patients::Plan> Patients::repeat(const ObjectId& object, const std::optional<PatientKnown>& known) const {
  if (!known || known->object_sealed.empty()) {
    return fail(ErrorKind::Refused, "crosswalk.no_record",
                "the crosswalk does not say how this object was cleaned; requeue it");
  }
  VG_ASSIGN(const auto record, crosswalk::open_object(*sealer_, project_.name, object, known->object_sealed));
  Plan plan{identity_, Phi(record.reveal().known), Phi(Entry{})};
  plan.identity.known = people_of(plan.before.reveal());
  plan.identity.assigned_pseudonym = plan.before.reveal().pseudonym;
  return plan;
}

PatientSeen Patients::seen(const Plan& plan, const deidentify::Subject& subject, const ObjectId& object,
                           const std::string& output_uid) const {
  Entry entry = plan.before.reveal();
  Entry told = plan.told.reveal();
  told.pseudonym = subject.pseudonym;
  const bool learnt = entry.merge(told);
  crosswalk::ObjectRecord record{plan.before.reveal(), output_uid};
  record.known.pseudonym = subject.pseudonym;
  PatientSeen out{subject.token, subject.pseudonym};
  if (learnt) out.entry_sealed = crosswalk::seal_entry(*sealer_, project_.name, subject.token, Phi(std::move(entry)));
  out.object_sealed = crosswalk::seal_object(*sealer_, project_.name, object, Phi(std::move(record)));
  if (!output_uid.empty()) out.output_key = sealer_->uid_key(output_uid);
  return out;
}

}  // namespace veilgate::worker
