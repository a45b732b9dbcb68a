#include <fmt/format.h>

#include <set>

#include "cli/common.h"
#include "cli/job_json.h"
#include "cli/region_lines.h"
#include "review/desk.h"

namespace veilgate::cli {
namespace {

using store::JobState;

struct ListOptions {
  ConfigOption config;
  bool json = false;
  bool all = false;
  std::string route, state;
};

int list(const ListOptions& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  store::JobFilter filter;
  if (!options.state.empty()) {
    const auto state = store::job_state_from(options.state);
    if (!state) return complain(state.error());
    filter.states = {*state};
  } else if (!options.all) {
    filter.states = {JobState::InReview, JobState::Held, JobState::Quarantined};
  }
  if (!options.route.empty()) filter.route = options.route;
  const auto jobs = opened.gateway->store->list(filter);
  if (!jobs) return complain(jobs.error());
  if (options.json) {
    nlohmann::json out = nlohmann::json::array();
    for (const auto& job : *jobs) out.push_back(job_json(job));
    fmt::print("{}\n", out.dump(2));
    return kOk;
  }
  fmt::print("{:<32}  {:<12}  {:<16}  {:<20}  {}\n", "id", "state", "route", "received", "reason");
  for (const auto& job : *jobs) {
    fmt::print("{:<32}  {:<12}  {:<16}  {:<20}  {}\n", job.admission.id.str(), store::to_string(job.state),
               job.route.empty() ? "-" : job.route, iso8601(job.admission.received_at).substr(0, 19),
               job.reason_code.empty() ? "" : job.reason_code + ": " + job.reason);
  }
  fmt::print("{} object{}\n", jobs->size(), jobs->size() == 1 ? "" : "s");
  if (jobs->size() == filter.limit)
    fmt::print("only the first {} are shown; narrow with --state or --route\n", filter.limit);
  return kOk;
}

struct ShowOptions {
  ConfigOption config;
  std::string id;
  bool json = false;
};

nlohmann::json show_json(const store::Job& job, Gateway& gateway) {
  auto out = job_json(job);
  out["facts"] = job.facts;
  out["original_file"] = gateway.spool->original(job.admission.id).string();
  if (job.output_sha256) out["output_file"] = gateway.spool->output(job.admission.id).string();
  out["reviews"] = nlohmann::json::array();
  if (const auto reviews = gateway.store->reviews(job.admission.id)) {
    for (const auto& review : *reviews) {
      out["reviews"].push_back({{"reviewer", review.reviewer},
                                {"decision", store::to_string(review.decision)},
                                {"note", review.note},
                                {"output_sha256", review.output_sha256 ? review.output_sha256->hex() : ""},
                                {"at", iso8601(review.at)}});
    }
  }
  out["deliveries"] = nlohmann::json::array();
  if (const auto deliveries = gateway.store->deliveries(job.admission.id)) {
    for (const auto& delivery : *deliveries) {
      out["deliveries"].push_back({{"destination", delivery.destination},
                                   {"state", store::to_string(delivery.state)},
                                   {"attempts", delivery.attempts},
                                   {"last_code", delivery.last_code}});
    }
  }
  return out;
}

void print_regions(const nlohmann::json& facts, const char* stage) {
  const auto found = facts.find(stage);
  if (found == facts.end() || !found->is_object()) return;
  for (const auto& region : united_boxes(found->value("regions", nlohmann::json::array())))
    print_region("    ", region);
}

void print_job(const nlohmann::json& job) {
  for (const auto* key : {"id", "state", "route", "reason_code", "reason", "received_at", "calling_ae", "called_ae",
                          "peer", "sop_class", "transfer_syntax", "output_sha256", "original_file", "output_file"}) {
    if (const auto value = job.value(key, std::string()); !value.empty()) fmt::print("{:<16} {}\n", key, value);
  }
  const auto& facts = job.at("facts");
  if (facts.contains("deidentify")) {
    fmt::print("{:<16} {} {}\n", "profile", facts["deidentify"].value("profile", ""),
               facts["deidentify"].value("version", ""));
  }
  fmt::print("masked regions (stored pixels):\n");
  print_regions(facts, "mask");
  const nlohmann::json::json_pointer turned("/mask/exif_orientation");
  if (facts.contains(turned)) {
    fmt::print("{:<16} the camera's EXIF said {}; the picture is as stored, without it\n", "orientation",
               facts.at(turned).get<int>());
  }
  if (const auto verify = facts.find("verify"); verify != facts.end() && verify->is_object()) {
    fmt::print("findings: {}\n", verify->value("findings_total", 0));
    for (const auto& finding : verify->at("findings")) {
      fmt::print("    {:<20} {}{}\n", finding.value("code", ""), finding.value("where", ""),
                 finding.value("approvable", false) ? "" : "  (cannot be approved)");
    }
  }
  if (facts.contains("review")) fmt::print("{:<16} {}\n", "approvals needed", facts["review"].value("required", 0));
  for (const auto& review : job.at("reviews")) {
    fmt::print("review           {} {} by {}: {}\n", review.value("at", ""), review.value("decision", ""),
               review.value("reviewer", ""), review.value("note", ""));
  }
  for (const auto& delivery : job.at("deliveries")) {
    fmt::print("delivery         {} {} attempts {} {}\n", delivery.value("destination", ""),
               delivery.value("state", ""), delivery.value("attempts", 0), delivery.value("last_code", ""));
  }
}

int show(const ShowOptions& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  const auto id = ObjectId::parse(options.id);
  if (!id) return complain(id.error());
  const auto job = opened.gateway->store->find(*id);
  if (!job) return complain(job.error());
  if (!*job)
    return complain({ErrorKind::Refused, "review.unknown", "no object has this id; see 'veilgate review list'"});
  const auto out = show_json(**job, *opened.gateway);
  if (options.json) {
    fmt::print("{}\n", out.dump(2));
  } else {
    print_job(out);
  }
  return kOk;
}

struct DecideOptions {
  ConfigOption config;
  std::vector<std::string> ids;
  std::string reviewer, note, sha256, all_held_with;
  bool json = false;
};

using Decide = Result<review::Desk::Outcome> (review::Desk::*)(const review::Desk::Word&);

Result<std::vector<ObjectId>> targets(const DecideOptions& options, store::Store& store) {
  std::vector<ObjectId> ids;
  for (const auto& text : options.ids) {
    VG_ASSIGN(auto id, ObjectId::parse(text));
    ids.push_back(id);
  }
  if (options.all_held_with.empty()) return ids;
  VG_ASSIGN(const auto jobs, store.list({{JobState::Held, JobState::Quarantined}, std::nullopt, 100'000}));
  for (const auto& job : jobs) {
    if (job.reason_code == options.all_held_with) ids.push_back(job.admission.id);
  }
  return ids;
}

int decide(const DecideOptions& options, Decide what) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  auto& gateway = *opened.gateway;
  std::optional<Sha256> seen;
  if (!options.sha256.empty()) {
    const auto parsed = Sha256::parse(options.sha256);
    if (!parsed) return complain(parsed.error());
    seen = *parsed;
  }
  const auto ids = targets(options, *gateway.store);
  if (!ids) return complain(ids.error());
  review::Desk desk(gateway.config, *gateway.store, *gateway.spool);
  nlohmann::json out = nlohmann::json::array();
  int exit = kOk;
  for (const auto& id : *ids) {
    const auto outcome = (desk.*what)({id, options.reviewer, options.note, seen});
    if (!outcome) {
      exit = complain(outcome.error());
      out.push_back({{"id", id.str()}, {"error", outcome.error().code}});
      continue;
    }
    out.push_back({{"id", id.str()},
                   {"state", store::to_string(outcome->state)},
                   {"approvals", outcome->approvals},
                   {"required", outcome->required}});
    if (options.json) continue;
    fmt::print("{} is now {}", id.str(), store::to_string(outcome->state));
    if (outcome->state == JobState::InReview)
      fmt::print(" ({} of {} approvals)", outcome->approvals, outcome->required);
    fmt::print("\n");
  }
  if (options.json) fmt::print("{}\n", out.dump(2));
  return exit;
}

void add_decision(CLI::App& group, int& exit, const std::string& name, const std::string& help, Decide what) {
  auto options = std::make_shared<DecideOptions>();
  auto* verb = group.add_subcommand(name, help);
  options->config.add_to(*verb);
  auto* ids = verb->add_option("id", options->ids, "Object ids (veilgate review list)")->check(check_object_id);
  verb->add_option("-r,--reviewer", options->reviewer, "Name of the person who decides")
      ->required()
      ->envname("VEILGATE_REVIEWER");
  verb->add_option("-n,--note", options->note,
                   "Remark for colleagues; no patient data (kept in the store, not in the audit)");
  verb->add_flag("--json", options->json, "Print JSON");
  if (name == "requeue") {
    verb->add_option("--all-with-code", options->all_held_with,
                     "Also every held or quarantined object with this reason code");
  } else {
    ids->required();
    auto* seen =
        verb->add_option("--sha256", options->sha256,
                         "Digest of the output that was looked at, as 'review show' prints it; refused when it "
                         "is another by now")
            ->check(check_digest);
    if (name == "approve") seen->required();
  }
  verb->callback([options, &exit, what] { exit = decide(*options, what); });
}

}  // namespace

nlohmann::json job_json(const store::Job& job) {
  const auto regions = [&job](const char* stage) {
    const auto found = job.facts.find(stage);
    return found == job.facts.end() || !found->is_object() ? nlohmann::json::array()
                                                           : found->value("regions", nlohmann::json::array());
  };
  std::map<std::string, int> kinds{{"face", 0}, {"text", 0}, {"barcode", 0}, {"fixed", 0}};
  for (const auto& region : regions("detect")) ++kinds[region.value("kind", "fixed")];
  return {{"id", job.admission.id.str()},
          {"state", store::to_string(job.state)},
          {"route", job.route},
          {"reason_code", job.reason_code},
          {"reason", job.reason},
          {"received_at", iso8601(job.admission.received_at)},
          {"updated_at", iso8601(job.updated_at)},
          {"calling_ae", job.admission.calling_ae.str()},
          {"called_ae", job.admission.called_ae.str()},
          {"peer", job.admission.peer},
          {"sop_class", job.admission.sop_class.str()},
          {"transfer_syntax", job.admission.transfer_syntax.str()},
          {"size_bytes", job.admission.size_bytes},
          {"dataset_sha256", job.admission.dataset_sha256.hex()},
          {"output_sha256", job.output_sha256 ? job.output_sha256->hex() : ""},
          {"regions", kinds}};
}

void add_review(CLI::App& app, int& exit) {
  auto* group = app.add_subcommand("review", "List, show and decide on objects that wait for a person");
  group->require_subcommand(1);

  auto list_options = std::make_shared<ListOptions>();
  auto* list_verb = group->add_subcommand("list", "Objects in review, held or quarantined");
  list_options->config.add_to(*list_verb);
  list_verb->add_flag("--all", list_options->all, "Objects in every state");
  list_verb->add_option("--state", list_options->state, "Only this state (in_review, held, quarantined, forwarded...)");
  list_verb->add_option("--route", list_options->route, "Only this route");
  list_verb->add_flag("--json", list_options->json, "Print JSON");
  list_verb->callback([list_options, &exit] { exit = list(*list_options); });

  auto show_options = std::make_shared<ShowOptions>();
  auto* show_verb = group->add_subcommand("show", "One object: regions, findings, decisions, files");
  show_options->config.add_to(*show_verb);
  show_verb->add_option("id", show_options->id, "Object id")->required()->check(check_object_id);
  show_verb->add_flag("--json", show_options->json, "Print JSON");
  show_verb->callback([show_options, &exit] { exit = show(*show_options); });

  add_decision(*group, exit, "approve", "Approve the output (its SHA-256 is recorded)", &review::Desk::approve);
  add_decision(*group, exit, "reject", "Reject for good: never forwarded", &review::Desk::reject);
  add_decision(*group, exit, "escalate", "Ask for two different approvers", &review::Desk::escalate);
  add_decision(*group, exit, "requeue", "Start a held or quarantined object anew, or send a failed delivery again",
               &review::Desk::requeue);
}

}  // namespace veilgate::cli
