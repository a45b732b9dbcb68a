#include <fmt/format.h>

#include <limits>
#include <map>
#include <set>

#include "cli/common.h"

namespace veilgate::cli {
namespace {

struct Options {
  ConfigOption config;
  bool json = false;
};

bool in_flight(store::JobState state) {
  using enum store::JobState;
  switch (state) {
    case Received:
    case Routed:
    case Deidentified:
    case Detected:
    case Masked:
    case Verified:
    case Approved:
      return true;
    case InReview:
    case Forwarded:
    case Held:
    case Rejected:
    case Quarantined:
      return false;
  }
  return true;
}

int status(const Options& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  const auto counts = opened.gateway->store->counts();
  if (!counts) return complain(counts.error());
  const auto totals = opened.gateway->store->totals();
  if (!totals) return complain(totals.error());
  std::map<std::string, std::int64_t> states;
  std::map<std::string, std::map<std::string, std::int64_t>> routes;
  std::int64_t received = 0;
  std::int64_t flying = 0;
  for (const auto state : store::kAllJobStates) states[std::string(store::to_string(state))] = 0;
  for (const auto& row : *counts) {
    for (const auto& [state, n] : row.by_state) {
      const std::string name(store::to_string(state));
      states[name] += n;
      routes[row.route][name] += n;
      received += n;
      if (in_flight(state)) flying += n;
    }
  }
  const nlohmann::json out{{"received", received},
                           {"duplicates", totals->duplicate_events},
                           {"in_flight", flying},
                           {"states", states},
                           {"routes", routes}};
  if (options.json) {
    fmt::print("{}\n", out.dump(2));
    return kOk;
  }
  fmt::print("received    {:>8}  ({} duplicates acknowledged besides)\nin flight   {:>8}\n", received,
             totals->duplicate_events, flying);
  for (const auto* name : {"forwarded", "in_review", "held", "quarantined", "rejected"})
    fmt::print("{:<12}{:>8}\n", name, states[name]);
  for (const auto& [route, by_state] : routes) {
    fmt::print("route {}:", route);
    for (const auto& [state, n] : by_state) fmt::print(" {} {}", state, n);
    fmt::print("\n");
  }
  return kOk;
}

/// Compares what independent places say: the audit chain, the job table and the spool's files.
struct Ledger {
  std::int64_t received_events = 0, jobs = 0, forwarded_events = 0, forwarded_jobs = 0;
  std::vector<std::string> missing_originals, unknown_originals, bad_outputs;
  bool adds_up() const {
    return received_events == jobs && forwarded_events == forwarded_jobs && missing_originals.empty() &&
           bad_outputs.empty();
  }
};

/// An output that is approved or waits for approval must be the very bytes that were verified.
bool output_matters(store::JobState state) {
  return state == store::JobState::InReview || state == store::JobState::Approved;
}

Result<Ledger> draw_up(Gateway& gateway) {
  // Originals first: an object admitted meanwhile has its file already, so nothing seems missing.
  VG_ASSIGN(const auto on_disk, gateway.spool->list_originals());
  VG_ASSIGN(const auto jobs, gateway.store->list({{}, std::nullopt, std::numeric_limits<std::int64_t>::max()}));
  VG_ASSIGN(const auto totals, gateway.store->totals());
  Ledger ledger;
  ledger.received_events = totals.received_events;
  ledger.forwarded_events = totals.forwarded_events;
  ledger.jobs = static_cast<std::int64_t>(jobs.size());
  const std::set<ObjectId> files(on_disk.begin(), on_disk.end());
  std::set<ObjectId> known;
  for (const auto& job : jobs) {
    const auto& id = job.admission.id;
    known.insert(id);
    if (job.state == store::JobState::Forwarded) ++ledger.forwarded_jobs;
    if (job.facts.contains("erased")) continue;  // by 'crosswalk erase --delete-originals', in the audit
    if (!files.contains(id) && !std::filesystem::exists(gateway.spool->original(id)))
      ledger.missing_originals.push_back(id.str());
    if (output_matters(job.state)) {
      const auto digest = sha256_file(gateway.spool->output(id));
      if (!digest || *digest != job.output_sha256) ledger.bad_outputs.push_back(id.str());
    }
  }
  for (const auto& id : on_disk) {
    if (!known.contains(id)) ledger.unknown_originals.push_back(id.str());
  }
  return ledger;
}

void print_counts(const std::vector<store::CountRow>& counts) {
  fmt::print("{:<12} {:<18} {:>8} {:>10} {:>7} {:>9} {:>12} {:>9} {:>10}\n", "day", "route", "received", "forwarded",
             "held", "in review", "quarantined", "rejected", "in flight");
  for (const auto& row : counts) {
    std::int64_t all = 0;
    std::int64_t flying = 0;
    for (const auto& [state, n] : row.by_state) {
      all += n;
      if (in_flight(state)) flying += n;
    }
    const auto of = [&row](store::JobState state) {
      const auto found = row.by_state.find(state);
      return found == row.by_state.end() ? 0 : found->second;
    };
    fmt::print("{:<12} {:<18} {:>8} {:>10} {:>7} {:>9} {:>12} {:>9} {:>10}\n", row.day, row.route, all,
               of(store::JobState::Forwarded), of(store::JobState::Held), of(store::JobState::InReview),
               of(store::JobState::Quarantined), of(store::JobState::Rejected), flying);
  }
}

int reconcile(const Options& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  auto& gateway = *opened.gateway;
  const auto counts = gateway.store->counts();
  if (!counts) return complain(counts.error());
  const auto ledger = draw_up(gateway);
  if (!ledger) return complain(ledger.error());
  if (options.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : *counts) {
      nlohmann::json states = nlohmann::json::object();
      for (const auto& [state, n] : row.by_state) states[std::string(store::to_string(state))] = n;
      rows.push_back({{"day", row.day}, {"route", row.route}, {"states", states}});
    }
    fmt::print("{}\n", nlohmann::json({{"adds_up", ledger->adds_up()},
                                       {"received_events", ledger->received_events},
                                       {"jobs", ledger->jobs},
                                       {"forwarded_events", ledger->forwarded_events},
                                       {"forwarded_jobs", ledger->forwarded_jobs},
                                       {"missing_originals", ledger->missing_originals},
                                       {"unknown_originals", ledger->unknown_originals},
                                       {"bad_outputs", ledger->bad_outputs},
                                       {"counts", rows}})
                           .dump(2));
    return ledger->adds_up() ? kOk : kNotClean;
  }
  print_counts(*counts);
  fmt::print("audit says received {}, the store has {} objects; audit says forwarded {}, the store {}\n",
             ledger->received_events, ledger->jobs, ledger->forwarded_events, ledger->forwarded_jobs);
  for (const auto& id : ledger->missing_originals) fmt::print("original missing in the spool: {}\n", id);
  for (const auto& id : ledger->bad_outputs) fmt::print("output missing or altered: {}\n", id);
  if (!ledger->unknown_originals.empty()) {
    fmt::print(
        "{} file(s) in the spool were never acknowledged (an interrupted store); 'serve' sets them aside when it "
        "starts\n",
        ledger->unknown_originals.size());
  }
  fmt::print("{}\n", ledger->adds_up()
                         ? "it adds up: received = forwarded + held + in review + quarantined + rejected + in flight"
                         : "IT DOES NOT ADD UP");
  return ledger->adds_up() ? kOk : kNotClean;
}

void add_verb(CLI::App& app, int& exit, const char* name, const char* help, int (*run)(const Options&)) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(name, help);
  options->config.add_to(*verb);
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit, run] { exit = run(*options); });
}

}  // namespace

void add_status(CLI::App& app, int& exit) { add_verb(app, exit, "status", "How many objects are where", status); }

void add_reconcile(CLI::App& app, int& exit) {
  add_verb(app, exit, "reconcile",
           "Check that everything received is accounted for, against audit and spool; exit 3 when not", reconcile);
}

}  // namespace veilgate::cli
