#include "crosswalk/entry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/limits.h"

namespace veilgate::crosswalk {
namespace {

using nlohmann::json;

bool is_empty(const std::string& value) { return value.empty(); }
bool is_empty(const PatientId& value) { return value.id.empty(); }
std::size_t bytes_of(const std::string& value) { return value.size(); }
std::size_t bytes_of(const PatientId& value) { return value.id.size() + value.issuer.size(); }

/// The oldest stay: which ones are kept must not hang on the order of later arrivals more than it has to.
template <typename T>
bool add(std::vector<T>& known, const std::vector<T>& seen) {
  bool changed = false;
  for (const auto& one : seen) {
    if (is_empty(one) || bytes_of(one) > limits::kMaxKnownValueBytes || known.size() >= limits::kMaxKnownValues)
      continue;
    if (std::find(known.begin(), known.end(), one) != known.end()) continue;
    known.push_back(one);
    changed = true;
  }
  return changed;
}

json to_json(const std::vector<PatientId>& ids) {
  json out = json::array();
  for (const auto& one : ids) out.push_back({{"id", one.id}, {"issuer", one.issuer}});
  return out;
}

std::vector<PatientId> ids_from(const json& in) {
  std::vector<PatientId> out;
  for (const auto& one : in) out.push_back({one.at("id").get<std::string>(), one.at("issuer").get<std::string>()});
  return out;
}

json to_json(const Entry& entry) {
  return {{"pseudonym", entry.pseudonym},
          {"patient_ids", to_json(entry.patient_ids)},
          {"names", entry.names},
          {"birth_dates", entry.birth_dates},
          {"other_ids", to_json(entry.other_ids)},
          {"other_names", entry.other_names}};
}

Entry entry_from(const json& in) {
  return {in.at("pseudonym").get<std::string>(),
          ids_from(in.at("patient_ids")),
          in.at("names").get<std::vector<std::string>>(),
          in.at("birth_dates").get<std::vector<std::string>>(),
          ids_from(in.at("other_ids")),
          in.at("other_names").get<std::vector<std::string>>()};
}

/// Received values may hold broken UTF-8: it is replaced, never thrown about.
Phi<std::string> dumped(const json& value) { return Phi(value.dump(-1, ' ', false, json::error_handler_t::replace)); }

template <typename T, typename Read>
Result<Phi<T>> parsed(const Phi<std::string>& text, Read read) {
  try {
    return Phi<T>(read(json::parse(text.reveal())));
  } catch (const json::exception&) {  // what() would quote the text
    return fail(ErrorKind::Bug, "crosswalk.corrupt", "a row of the crosswalk opens but holds no entry");
  }
}

}  // namespace

bool Entry::merge(const Entry& seen) {
  bool changed = false;
  if (pseudonym.empty() && !seen.pseudonym.empty()) {
    pseudonym = seen.pseudonym;
    changed = true;
  }
  changed |= add(patient_ids, seen.patient_ids);
  changed |= add(names, seen.names);
  changed |= add(birth_dates, seen.birth_dates);
  changed |= add(other_ids, seen.other_ids);
  changed |= add(other_names, seen.other_names);
  return changed;
}

std::vector<std::string> Entry::identifiers() const {
  std::vector<std::string> out = names;
  out.insert(out.end(), other_names.begin(), other_names.end());
  out.insert(out.end(), birth_dates.begin(), birth_dates.end());
  for (const auto* ids : {&patient_ids, &other_ids}) {
    for (const auto& one : *ids) out.push_back(one.id);
  }
  return out;
}

std::string seal_entry(const Sealer& sealer, const std::string& project, const Sha256& token, const Phi<Entry>& entry) {
  return sealer.seal(dumped(to_json(entry.reveal())), entry_binding(project, token));
}

Result<Phi<Entry>> open_entry(const Sealer& sealer, const std::string& project, const Sha256& token,
                              std::string_view sealed) {
  VG_ASSIGN(const auto text, sealer.open(sealed, entry_binding(project, token)));
  return parsed<Entry>(text, entry_from);
}

std::string seal_object(const Sealer& sealer, const std::string& project, const ObjectId& object,
                        const Phi<ObjectRecord>& record) {
  const json value{{"known", to_json(record.reveal().known)}, {"output_uid", record.reveal().output_uid}};
  return sealer.seal(dumped(value), object_binding(project, object));
}

Result<Phi<ObjectRecord>> open_object(const Sealer& sealer, const std::string& project, const ObjectId& object,
                                      std::string_view sealed) {
  VG_ASSIGN(const auto text, sealer.open(sealed, object_binding(project, object)));
  return parsed<ObjectRecord>(text, [](const json& in) {
    return ObjectRecord{entry_from(in.at("known")), in.at("output_uid").get<std::string>()};
  });
}

}  // namespace veilgate::crosswalk
