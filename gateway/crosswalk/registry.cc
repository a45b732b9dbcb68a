#include "crosswalk/registry.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/files.h"
#include "base/limits.h"
#include "crosswalk/lookup_list.h"
#include "crosswalk/reason.h"

namespace veilgate::crosswalk {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code unknown;
  return fs::exists(file, unknown);
}

/// Gone already is success: an erasure that was cut off is repeated.
Result<void> remove_durably(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
    return fail(ErrorKind::Transient, "crosswalk.remove", "cannot remove a file of the spool: " + errno_text(errno));
  }
  return sync_folder(file.parent_path());
}

bool has_id(const Entry& entry, const Query& query) {
  const auto is = [&](const PatientId& one) {
    return one.id == *query.patient_id && (!query.issuer || one.issuer == *query.issuer);
  };
  return std::any_of(entry.patient_ids.begin(), entry.patient_ids.end(), is) ||
         std::any_of(entry.other_ids.begin(), entry.other_ids.end(), is);
}

std::string first_of(const std::vector<std::string>& values) { return values.empty() ? std::string() : values.front(); }

std::string csv_line(const store::CrosswalkEntry& row, const Entry& entry) {
  const PatientId id = entry.patient_ids.empty() ? PatientId{} : entry.patient_ids.front();
  std::string line;
  for (const auto& field : {row.pseudonym, id.id, id.issuer, first_of(entry.names), first_of(entry.birth_dates),
                            iso8601(row.created), iso8601(row.changed)}) {
    line.append(line.empty() ? "" : ",").append(csv_field(field));
  }
  return line + "\n";
}

const char* kind_of(const Query& query) {
  return query.pseudonym ? "pseudonym" : query.patient_id ? "patient_id" : "uid";
}

}  // namespace

Result<void> Registry::note(audit::EventType type, const Asker& asker, nlohmann::json details) {
  details["project"] = project_.name;
  details["reason"] = asker.reason;
  const audit::Event event{type, std::nullopt, asker.name, std::move(details)};
  return store_.append({&event, 1});
}

Result<void> Registry::refuse_or_pass(audit::EventType type, const std::string& verb, const Asker& asker,
                                      std::span<const std::string> identifiers, Whose whose) {
  auto good = check_reason(asker.reason, identifiers, whose);
  if (good) return {};
  // The answer tells something of the crosswalk, so the question is on record; its words may not be.
  VG_TRY(note(type, {asker.name, "(refused)"}, {{"verb", verb}, {"refused", good.error().code}}));
  return good;
}

Result<void> Registry::for_each(const std::function<Result<void>(const store::CrosswalkEntry&, const Entry&)>& visit) {
  std::optional<Sha256> after;
  for (;;) {
    VG_ASSIGN(const auto page, store_.crosswalk().entries(project_.name, after, limits::kCrosswalkPageRows));
    for (const auto& row : page) {
      VG_ASSIGN(const auto entry, open_entry(sealer_, project_.name, row.token, row.sealed));
      VG_TRY(visit(row, entry.reveal()));
    }
    if (page.size() < limits::kCrosswalkPageRows) return {};
    after = page.back().token;
  }
}

/// By Patient ID every entry is opened: an index over IDs would be something to guess at.
Result<std::vector<store::CrosswalkEntry>> Registry::matching(const Query& query) {
  auto& rows = store_.crosswalk();
  if (query.pseudonym) return rows.find_pseudonym(project_.name, *query.pseudonym);
  std::vector<store::CrosswalkEntry> found;
  if (query.patient_id) {
    VG_TRY(for_each([&](const store::CrosswalkEntry& row, const Entry& entry) -> Result<void> {
      if (has_id(entry, query)) found.push_back(row);
      return {};
    }));
    return found;
  }
  std::set<Sha256> tokens;
  VG_ASSIGN(const auto outputs, rows.find_output(project_.name, sealer_.uid_key(*query.uid)));
  for (const auto& object : outputs) tokens.insert(object.token);
  VG_ASSIGN(const auto originals, rows.find_instance(InstanceKey{instance_key_.hmac("instance", *query.uid)}));
  for (const auto& id : originals) {
    VG_ASSIGN(const auto object, rows.find_object(id));
    if (object && object->project == project_.name) tokens.insert(object->token);
  }
  for (const auto& token : tokens) {
    VG_ASSIGN(auto entry, rows.find_entry(project_.name, token));
    if (entry) found.push_back(std::move(*entry));
  }
  return found;
}

Result<Trace> Registry::trace(const store::CrosswalkObject& object, const std::vector<store::DeliveryMade>& made) {
  VG_ASSIGN(const auto job, store_.find(object.object));
  if (!job)
    return fail(ErrorKind::Bug, "crosswalk.corrupt", "the crosswalk names an object that the store does not have");
  VG_ASSIGN(const auto record, open_object(sealer_, project_.name, object.object, object.sealed));
  Trace out{object.object,
            job->state,
            job->admission.received_at,
            job->route,
            job->output_sha256 ? job->output_sha256->hex() : "",
            Phi(record.reveal().output_uid),
            {},
            false,
            false};
  for (const auto& one : made) {
    if (one.object == object.object) out.sent.push_back({one.destination, true, one.at});
  }
  VG_ASSIGN(const auto deliveries, store_.deliveries(object.object));
  for (const auto& delivery : deliveries) {
    if (delivery.state == store::DeliveryState::Failed || delivery.attempts > 0) {
      const bool known = std::any_of(out.sent.begin(), out.sent.end(),
                                     [&](const Sent& sent) { return sent.destination == delivery.destination; });
      if (!known) out.sent.push_back({delivery.destination, false, 0});
    }
  }
  out.original_there = is_there(spool_.original(object.object));
  out.output_there = is_there(spool_.output(object.object));
  return out;
}

Result<std::vector<Trace>> Registry::traces(const Sha256& token) {
  VG_ASSIGN(const auto objects, store_.crosswalk().objects_of(project_.name, token));
  std::vector<ObjectId> ids;
  for (const auto& object : objects) ids.push_back(object.object);
  VG_ASSIGN(const auto made, store_.crosswalk().deliveries_made(ids));
  std::vector<Trace> out;
  for (const auto& object : objects) {
    VG_ASSIGN(auto one, trace(object, made));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<Patient>> Registry::lookup(const Query& query, const Asker& asker, const std::string& verb) {
  std::vector<std::string> identifiers;
  for (const auto* asked : {&query.patient_id, &query.uid}) {
    if (*asked) identifiers.push_back(**asked);
  }
  VG_TRY(refuse_or_pass(audit::EventType::CrosswalkLookedUp, verb, asker, identifiers));
  VG_ASSIGN(const auto rows, matching(query));
  std::vector<Patient> found;
  nlohmann::json pseudonyms = nlohmann::json::array();
  for (const auto& row : rows) {
    VG_ASSIGN(auto entry, open_entry(sealer_, project_.name, row.token, row.sealed));
    VG_TRY(refuse_or_pass(audit::EventType::CrosswalkLookedUp, verb, asker, entry.reveal().identifiers()));
    VG_ASSIGN(auto objects, traces(row.token));
    found.push_back({row.token, row.created, row.changed, std::move(entry), std::move(objects)});
    pseudonyms.push_back(row.pseudonym);
  }
  VG_TRY(note(audit::EventType::CrosswalkLookedUp, asker,
              {{"verb", verb}, {"by", kind_of(query)}, {"found", found.size()}, {"pseudonyms", pseudonyms}}));
  return found;
}

Result<std::size_t> Registry::export_all(const fs::path& file, const Asker& asker) {
  if (is_there(file)) {
    return fail(ErrorKind::Refused, "crosswalk.exists", "the file exists and is not overwritten: " + file.string());
  }
  std::size_t count = 0;
  std::string text = "pseudonym,patient_id,issuer,patient_name,birth_date,first_seen,last_changed\n";
  const auto all = for_each([&](const store::CrosswalkEntry& row, const Entry& entry) -> Result<void> {
    text += csv_line(row, entry);
    ++count;
    return refuse_or_pass(audit::EventType::CrosswalkExported, "export", asker, entry.identifiers(), Whose::Everybody);
  });
  if (!all) return fail(all.error());
  VG_TRY(check_reason(asker.reason, {}));
  VG_TRY(note(audit::EventType::CrosswalkExported, asker, {{"verb", "export"}, {"entries", count}}));
  VG_TRY(write_durably(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  return count;
}

Result<void> Registry::erase(const Patient& patient, const Asker& asker, bool delete_originals) {
  const auto moving =
      std::find_if(patient.objects.begin(), patient.objects.end(), [](const Trace& one) { return !one.at_rest(); });
  if (moving != patient.objects.end()) {
    return fail(ErrorKind::Refused, "crosswalk.in_flight",
                "object " + moving->object.str() + " is " + std::string(store::to_string(moving->state)) +
                    ": wait until it is forwarded, or 'veilgate review reject' it");
  }
  const nlohmann::json details{{"verb", "erase"},
                               {"pseudonym", patient.entry.reveal().pseudonym},
                               {"objects", patient.objects.size()},
                               {"delete_originals", delete_originals}};
  VG_TRY(note(audit::EventType::CrosswalkErasing, asker, details));
  store::Erasure erasure{project_.name, patient.token, {}, {}};
  for (const auto& one : patient.objects) {
    if (!delete_originals) break;
    VG_TRY(remove_durably(spool_.original(one.object)));
    VG_TRY(remove_durably(spool_.output(one.object)));
    erasure.files_removed.push_back(one.object);
    erasure.events.push_back({audit::EventType::ObjectErased, one.object, asker.name, nlohmann::json::object()});
  }
  audit::Event done{audit::EventType::CrosswalkErased, std::nullopt, asker.name, details};
  done.details["project"] = project_.name;
  done.details["reason"] = asker.reason;
  erasure.events.push_back(std::move(done));
  return store_.crosswalk().erase(erasure);
}

Result<Registry::Imported> Registry::import_list(const fs::path& file, const Asker& asker) {
  const auto text = read_file(file, limits::kMaxLookupListBytes);
  if (!text) return fail(ErrorKind::Config, "crosswalk.import", "cannot read the list: " + text.error().message);
  auto parsed = LookupList::parse(*text, file.string());
  Imported out{parsed.list.rows().size(), std::move(parsed.problems)};
  std::vector<std::string> ids;
  for (const auto& row : parsed.list.rows()) ids.push_back(row.patient_id);
  VG_TRY(refuse_or_pass(audit::EventType::CrosswalkImported, "import", asker, ids, Whose::Everybody));
  VG_TRY(for_each([&](const store::CrosswalkEntry&, const Entry& entry) -> Result<void> {
    const PatientId id = entry.patient_ids.empty() ? PatientId{} : entry.patient_ids.front();
    const auto* row = parsed.list.find_row(id.id, id.issuer);
    if (row == nullptr || row->pseudonym == entry.pseudonym || out.problems.size() >= limits::kMaxProblems) return {};
    out.problems.push_back({file.string(), row->line, 1, "this patient has another pseudonym in the crosswalk already",
                            "keep that one, erase the patient, or use another project"});
    return {};
  }));
  if (!out.problems.empty()) return out;
  VG_TRY(note(audit::EventType::CrosswalkImported, asker,
              {{"verb", "import"}, {"rows", out.rows}, {"list_sha256", sha256(*text).hex()}}));
  VG_TRY(write_durably(project_.pseudonyms.file, {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()}));
  return out;
}

Result<void> check_key(store::Store& store, const std::string& project, const Sealer& sealer) {
  VG_ASSIGN(const auto page, store.crosswalk().entries(project, std::nullopt, 1));
  for (const auto& row : page) VG_TRY(open_entry(sealer, project, row.token, row.sealed));
  return {};
}

}  // namespace veilgate::crosswalk
