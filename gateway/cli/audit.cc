#include <fmt/format.h>

#include "audit/chain.h"
#include "cli/common.h"
#include "store/audited_states.h"

namespace veilgate::cli {
namespace {

constexpr std::size_t kPageRows = 5000;

struct VerifyOptions {
  ConfigOption config;
  bool json = false;
  std::string expect_head;
};

void print(const audit::Verdict& verdict, const std::vector<store::Mismatch>& differing) {
  if (verdict.intact()) {
    fmt::print("audit chain intact: {} rows, head {}\n", verdict.rows, verdict.head ? verdict.head->hash.hex() : "-");
    fmt::print("keep the head elsewhere and pass it as --expect-head to find a rolled-back store\n");
  } else {
    for (const auto& finding : verdict.findings) fmt::print("{}\n", finding.what);
    fmt::print("audit chain BROKEN: {} finding{} in {} rows\n", verdict.findings.size(),
               verdict.findings.size() == 1 ? "" : "s", verdict.rows);
  }
  for (const auto& one : differing) fmt::print("object {} {}\n", one.object, one.what);
  if (!differing.empty()) fmt::print("{} object(s) ARE NOT where the audit says\n", differing.size());
}

nlohmann::json to_json(const audit::Verdict& verdict, const std::vector<store::Mismatch>& differing) {
  nlohmann::json out{
      {"intact", verdict.intact()}, {"rows", verdict.rows}, {"head", verdict.head ? verdict.head->hash.hex() : ""}};
  out["findings"] = nlohmann::json::array();
  for (const auto& finding : verdict.findings)
    out["findings"].push_back({{"seq", finding.seq}, {"what", finding.what}});
  out["objects"] = nlohmann::json::array();
  for (const auto& one : differing) out["objects"].push_back({{"id", one.object}, {"what", one.what}});
  return out;
}

int verify(const VerifyOptions& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  auto& gateway = *opened.gateway;
  bool expected_seen = options.expect_head.empty();
  store::AuditedStates states;
  auto verified = store::verify_audit(*gateway.store, &gateway.key, [&](const audit::Row& row) {
    if (row.hash.hex() == options.expect_head) expected_seen = true;
    states.add(row);
  });
  if (!verified) return complain(verified.error());
  auto& verdict = *verified;
  if (!expected_seen)
    verdict.findings.push_back({0, "the expected head is not in the chain: the store was rolled back or rebuilt"});

  const auto compared = store::compare_with_audit(*gateway.store, states);
  const auto differing = compared.value_or(std::vector<store::Mismatch>{});
  if (options.json) {
    fmt::print("{}\n", to_json(verdict, differing).dump(2));
  } else {
    print(verdict, differing);
  }
  if (!compared) return complain(compared.error());
  return verdict.intact() && differing.empty() ? kOk : kNotClean;
}

struct ListOptions {
  ConfigOption config;
  bool json = false;
  std::int64_t after = 0;
  std::size_t limit = 1000;
  std::string object, type;
};

bool matches(const ListOptions& options, const audit::Row& row) {
  return (options.object.empty() || row.object == options.object) && (options.type.empty() || row.type == options.type);
}

void print(const ListOptions& options, const audit::Row& row) {
  if (!options.json) {
    fmt::print("{:>6}  {}  {:<22} {:<32}  {:<12} {}\n", row.seq, iso8601(row.at), row.type,
               row.object.empty() ? "-" : row.object, row.actor, row.details);
    return;
  }
  const nlohmann::json line{{"seq", row.seq},        {"at", iso8601(row.at)},
                            {"type", row.type},      {"object", row.object},
                            {"actor", row.actor},    {"details", nlohmann::json::parse(row.details, nullptr, false)},
                            {"hash", row.hash.hex()}};
  fmt::print("{}\n", line.dump());
}

int list(const ListOptions& options) {
  auto opened = open(options.config.path);
  if (!opened.gateway) return opened.exit;
  std::size_t printed = 0;
  std::int64_t position = options.after;
  for (;;) {
    const auto rows = opened.gateway->store->audit_rows(position, kPageRows);
    if (!rows) return complain(rows.error());
    for (const auto& row : *rows) {
      position = row.position;
      if (!matches(options, row)) continue;
      print(options, row);
      if (++printed == options.limit) return kOk;
    }
    if (rows->size() < kPageRows) return kOk;
  }
}

}  // namespace

void add_audit(CLI::App& app, int& exit) {
  auto* group = app.add_subcommand("audit", "Verify and list the tamper-evident audit trail");
  group->require_subcommand(1);

  auto verify_options = std::make_shared<VerifyOptions>();
  auto* verify_verb = group->add_subcommand(
      "verify", "Walk the whole chain and compare every object with it; exit 3 when something was altered");
  verify_options->config.add_to(*verify_verb);
  verify_verb->add_flag("--json", verify_options->json, "Print JSON");
  verify_verb->add_option("--expect-head", verify_options->expect_head,
                          "A head hash noted earlier that must be in the chain");
  verify_verb->callback([verify_options, &exit] { exit = verify(*verify_options); });

  auto list_options = std::make_shared<ListOptions>();
  auto* list_verb = group->add_subcommand("list", "Print rows, oldest first (--json: one JSON object per line)");
  list_options->config.add_to(*list_verb);
  list_verb->add_flag("--json", list_options->json, "Print JSON lines");
  list_verb->add_option("--after", list_options->after, "Only rows after this number");
  list_verb->add_option("--limit", list_options->limit, "At most this many rows")->capture_default_str();
  list_verb->add_option("--object", list_options->object, "Only rows of this object id")->check(check_object_id);
  list_verb->add_option("--type", list_options->type, "Only rows of this type, as in object.forwarded");
  list_verb->callback([list_options, &exit] { exit = list(*list_options); });
}

}  // namespace veilgate::cli
