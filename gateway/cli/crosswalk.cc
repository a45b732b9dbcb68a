#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "cli/common.h"
#include "config/problem.h"
#include "crosswalk/lookup_list.h"
#include "crosswalk/registry.h"

namespace veilgate::cli {
namespace {

using crosswalk::Asker;
using crosswalk::Patient;
using crosswalk::PatientId;
using crosswalk::Trace;

constexpr int kNotFound = 3;

struct Options {
  ConfigOption config;
  std::string pseudonym, patient_id, issuer, uid, reason, file;
  bool json = false, yes = false, dry_run = false, delete_originals = false;
};

/// The account, not what somebody types: the audit must not be told stories.
std::string operator_name() {
  const struct passwd* account = ::getpwuid(::getuid());
  return account != nullptr && account->pw_name != nullptr ? account->pw_name : "uid " + std::to_string(::getuid());
}

/// A received value may hold control characters that a terminal obeys.
std::string shown(const std::string& value) {
  std::string out = value;
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return out;
}

int complain_here(const Error& error) {
  const int exit = complain(error);
  return error.code.starts_with("reason.") ? static_cast<int>(kUsage) : exit;
}

/// Gateway, key and registry of one run.
struct Desk {
  std::optional<Gateway> gateway;
  std::optional<crosswalk::Sealer> sealer;
  std::optional<crosswalk::Registry> registry;
  int exit = kOk;
};

void open_desk(const Options& options, Desk& desk) {
  auto opened = open(options.config.path);
  desk.exit = opened.exit;
  if (!opened.gateway) return;
  desk.gateway.emplace(std::move(*opened.gateway));
  auto& gateway = *desk.gateway;
  const auto sealer = crosswalk::load_sealer(gateway.config.project.crosswalk_key_file);
  if (!sealer) {
    desk.exit = complain(sealer.error());
    return;
  }
  desk.sealer.emplace(*sealer);
  desk.registry.emplace(gateway.config.project, *gateway.store, *gateway.spool, *desk.sealer, gateway.key);
}

std::optional<crosswalk::Query> query_of(const Options& options) {
  const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  crosswalk::Query query{given(options.pseudonym), given(options.patient_id), given(options.uid),
                         given(options.issuer)};
  if (query.pseudonym.has_value() + query.patient_id.has_value() + query.uid.has_value() != 1) return std::nullopt;
  if (query.issuer && !query.patient_id) return std::nullopt;
  return query;
}

int no_query(const char* verb, const char* choices) {
  fmt::print(stderr, "veilgate: crosswalk {} needs exactly one of {} (--issuer goes with --patient-id)\n", verb,
             choices);
  return kUsage;
}

Asker asker_of(const Options& options) { return {operator_name(), options.reason}; }

nlohmann::json to_json(const std::vector<PatientId>& ids) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& one : ids) out.push_back({{"id", one.id}, {"issuer", one.issuer}});
  return out;
}

/// Nothing of who it is: what an erasure may leave behind in a file.
nlohmann::json to_json(const Trace& trace) {
  nlohmann::json sent = nlohmann::json::array();
  for (const auto& one : trace.sent) {
    sent.push_back({{"destination", one.destination},
                    {"confirmed", one.confirmed},
                    {"delivered_at", one.confirmed ? iso8601(one.at) : ""}});
  }
  return {{"object", trace.object.str()},
          {"state", store::to_string(trace.state)},
          {"received_at", iso8601(trace.received_at)},
          {"route", trace.route},
          {"output_sha256", trace.output_sha256},
          {"output_uid", trace.output_uid.reveal()},
          {"original_in_spool", trace.original_there},
          {"output_in_spool", trace.output_there},
          {"sent", sent}};
}

nlohmann::json traces_json(const Patient& patient) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& trace : patient.objects) out.push_back(to_json(trace));
  return out;
}

nlohmann::json to_json(const Patient& patient) {
  const auto& entry = patient.entry.reveal();
  return {{"pseudonym", entry.pseudonym},
          {"patient_ids", to_json(entry.patient_ids)},
          {"names", entry.names},
          {"birth_dates", entry.birth_dates},
          {"other_ids", to_json(entry.other_ids)},
          {"other_names", entry.other_names},
          {"first_seen", iso8601(patient.created)},
          {"last_changed", iso8601(patient.changed)},
          {"objects", traces_json(patient)}};
}

std::string dumped(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print(const Trace& trace) {
  fmt::print("object           {}  {}  received {}\n", trace.object.str(), store::to_string(trace.state),
             iso8601(trace.received_at));
  if (!trace.output_uid.reveal().empty())
    fmt::print("    output       {}  sha256 {}\n", shown(trace.output_uid.reveal()), trace.output_sha256);
  for (const auto& sent : trace.sent) {
    fmt::print("    sent to      {}  {}\n", sent.destination,
               sent.confirmed ? iso8601(sent.at) : "tried, not confirmed: look there too");
  }
  if (trace.original_there || trace.output_there) {
    fmt::print("    in the spool {}{}{}\n", trace.original_there ? "original" : "",
               trace.original_there && trace.output_there ? ", " : "", trace.output_there ? "output" : "");
  }
}

void print(const Patient& patient) {
  const auto& entry = patient.entry.reveal();
  fmt::print("{:<16} {}\n", "pseudonym", entry.pseudonym);
  const auto print_ids = [](const char* label, const std::vector<PatientId>& ids) {
    for (const auto& one : ids) {
      fmt::print("{:<16} {}{}\n", label, shown(one.id),
                 one.issuer.empty() ? "" : "  (issuer " + shown(one.issuer) + ")");
    }
  };
  const auto print_all = [](const char* label, const std::vector<std::string>& values) {
    for (const auto& value : values) fmt::print("{:<16} {}\n", label, shown(value));
  };
  print_ids("patient id", entry.patient_ids);
  print_all("name", entry.names);
  print_all("birth date", entry.birth_dates);
  print_ids("other id", entry.other_ids);
  print_all("other name", entry.other_names);
  fmt::print("{:<16} {}\n{:<16} {}\n", "first seen", iso8601(patient.created), "last changed",
             iso8601(patient.changed));
  for (const auto& trace : patient.objects) print(trace);
}

int lookup(const Options& options) {
  const auto query = query_of(options);
  if (!query) return no_query("lookup", "--pseudonym, --patient-id and --uid");
  Desk desk;
  open_desk(options, desk);
  if (!desk.registry) return desk.exit;
  const auto found = desk.registry->lookup(*query, asker_of(options));
  if (!found) return complain_here(found.error());
  if (options.json) {
    nlohmann::json out = nlohmann::json::array();
    for (const auto& patient : *found) out.push_back(to_json(patient));
    fmt::print("{}\n", dumped({{"found", out}}));
  } else {
    for (const auto& patient : *found) print(patient);
    if (found->empty()) fmt::print(stderr, "veilgate: nothing found\n");
  }
  return found->empty() ? kNotFound : static_cast<int>(kOk);
}

int export_all(const Options& options) {
  Desk desk;
  open_desk(options, desk);
  if (!desk.registry) return desk.exit;
  const auto count = desk.registry->export_all(options.file, asker_of(options));
  if (!count) return complain_here(count.error());
  fmt::print("{} patients written to {}: it names them, keep it as you keep the key\n", *count, options.file);
  return kOk;
}

/// Where the patient may still be found, or come back from.
std::vector<std::string> warnings(const config::Project& project, const Patient& patient, bool delete_originals) {
  std::vector<std::string> out;
  const auto in_spool = std::count_if(patient.objects.begin(), patient.objects.end(),
                                      [](const Trace& one) { return one.original_there || one.output_there; });
  if (in_spool > 0 && !delete_originals) {
    out.push_back(
        fmt::format("{} object(s) of the patient stay in the spool; --delete-originals removes them", in_spool));
  }
  if (project.pseudonyms.method == config::PseudonymMethod::Lookup) {
    const auto list = crosswalk::LookupList::load(project.pseudonyms.file).list;
    for (const auto& id : patient.entry.reveal().patient_ids) {
      if (const auto* row = list.find_row(id.id, id.issuer)) {
        out.push_back(fmt::format("line {} of the list of pseudonyms still names the patient: remove it", row->line));
      }
    }
  }
  if (project.pseudonyms.method == config::PseudonymMethod::Hmac) {
    out.emplace_back("the pseudonym is calculated: whoever has project.key and a Patient ID can calculate it again");
  }
  out.emplace_back("what the destinations received is not touched: ask them to erase the outputs listed");
  out.emplace_back("backups of the store made before still hold the sealed entry; it opens with crosswalk.key");
  out.emplace_back("an object of this patient that is received from now on makes a new entry");
  return out;
}

bool confirmed(const Options& options) {
  if (options.yes) return true;
  if (::isatty(STDIN_FILENO) == 0) {
    fmt::print(stderr, "veilgate: an erasure cannot be taken back; say --yes, or --dry-run to see what it would do\n");
    return false;
  }
  fmt::print(stderr, "This cannot be taken back. Type 'erase' to go on: ");
  std::string answer;
  return std::getline(std::cin, answer) && answer == "erase";
}

void print_erasure(const Options& options, const Patient& patient, const std::vector<std::string>& warned,
                   bool erased) {
  if (options.json) {
    fmt::print("{}\n", dumped({{"erased", erased},
                               {"pseudonym", patient.entry.reveal().pseudonym},
                               {"files_deleted", erased && options.delete_originals},
                               {"objects", traces_json(patient)},
                               {"warnings", warned}}));
    return;
  }
  fmt::print("{} {}: {} object(s)\n", erased ? "erased" : "would erase", patient.entry.reveal().pseudonym,
             patient.objects.size());
  for (const auto& trace : patient.objects) print(trace);
  if (erased && options.delete_originals) fmt::print("their files in the spool are removed\n");
  for (const auto& warning : warned) fmt::print("note: {}\n", warning);
}

int erase(const Options& options) {
  const auto query = query_of(options);
  if (!query) return no_query("erase", "--pseudonym and --patient-id");
  Desk desk;
  open_desk(options, desk);
  if (!desk.registry) return desk.exit;
  const auto asker = asker_of(options);
  const auto found = desk.registry->lookup(*query, asker, options.dry_run ? "erase --dry-run" : "erase");
  if (!found) return complain_here(found.error());
  if (found->empty()) {
    // An erasure whose log could not be emptied is finished by saying it again.
    if (const auto emptied = desk.gateway->store->crosswalk().truncate_log(); !emptied)
      return complain(emptied.error());
    fmt::print(stderr, "veilgate: nothing found; of earlier erasures nothing is left\n");
    return kNotFound;
  }
  if (found->size() > 1) {
    fmt::print(stderr, "veilgate: {} patients match; name one by --pseudonym, or by --issuer too\n", found->size());
    return kUsage;
  }
  const Patient& patient = found->front();
  const auto warned = warnings(desk.gateway->config.project, patient, options.delete_originals);
  if (options.dry_run) {
    print_erasure(options, patient, warned, false);
    return kOk;
  }
  if (!confirmed(options)) return kUsage;
  const auto erased = desk.registry->erase(patient, asker, options.delete_originals);
  if (!erased && erased.error().code != "crosswalk.log") return complain(erased.error());
  print_erasure(options, patient, warned, true);
  if (erased) return kOk;
  fmt::print(stderr, "veilgate: run the same command again to finish\n");
  return complain(erased.error());
}

int import_list(const Options& options) {
  Desk desk;
  open_desk(options, desk);
  if (!desk.registry) return desk.exit;
  if (desk.gateway->config.project.pseudonyms.method != config::PseudonymMethod::Lookup) {
    return complain({ErrorKind::Config, "crosswalk.method",
                     "the configuration takes no list: set project.pseudonyms to method lookup, and file"});
  }
  const auto imported = desk.registry->import_list(options.file, asker_of(options));
  if (!imported) return complain_here(imported.error());
  print_problems(imported->problems);
  if (!imported->problems.empty()) {
    fmt::print(stderr, "veilgate: {} problem(s), the list in use was not changed\n", imported->problems.size());
    return kFailed;
  }
  fmt::print("{} pseudonyms are in use from now on\n", imported->rows);
  return kOk;
}

std::shared_ptr<Options> add_verb(CLI::App& group, int& exit, const char* name, const char* help,
                                  int (*run)(const Options&), CLI::App*& verb) {
  auto options = std::make_shared<Options>();
  verb = group.add_subcommand(name, help);
  options->config.add_to(*verb);
  verb->add_option("--reason", options->reason,
                   "Why: goes into the audit, so no patient data; name a request or ticket")
      ->required();
  verb->callback([options, &exit, run] { exit = run(*options); });
  return options;
}

void add_patient(CLI::App& verb, Options& options) {
  verb.add_option("--pseudonym", options.pseudonym, "Patient ID of the outputs");
  verb.add_option("--patient-id", options.patient_id, "Patient ID as received");
  verb.add_option("--issuer", options.issuer, "Issuer of the Patient ID, where several have one");
  verb.add_flag("--json", options.json, "Print JSON");
}

}  // namespace

void add_crosswalk(CLI::App& app, int& exit) {
  auto* group = app.add_subcommand(
      "crosswalk", "Who is behind a pseudonym: look up, export, erase. Audited with a reason; exit 3 nothing found");
  group->require_subcommand(1);
  CLI::App* verb = nullptr;

  auto looking = add_verb(*group, exit, "lookup", "The patient of a pseudonym, an ID or an object", lookup, verb);
  add_patient(*verb, *looking);
  verb->add_option("--uid", looking->uid, "SOP Instance UID of an output or of a received object");

  auto exporting = add_verb(*group, exit, "export", "Everybody as CSV, readable by you only", export_all, verb);
  verb->add_option("-o,--out", exporting->file, "File; not overwritten")->required();

  auto erasing = add_verb(*group, exit, "erase",
                          "Forget a patient for good, and list which outputs went where (GDPR Art. 17)", erase, verb);
  add_patient(*verb, *erasing);
  verb->add_flag("--delete-originals", erasing->delete_originals,
                 "Remove the patient's objects from the spool as well");
  verb->add_flag("-y,--yes", erasing->yes, "Do not ask");
  verb->add_flag("-n,--dry-run", erasing->dry_run, "Only list");

  auto importing =
      add_verb(*group, exit, "import", "Use another list of pseudonyms (method lookup)", import_list, verb);
  verb->add_option("file", importing->file, "CSV: patient_id,pseudonym or patient_id,issuer,pseudonym")->required();
}

}  // namespace veilgate::cli
