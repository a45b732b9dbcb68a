#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <set>
#include <thread>

#include "base/limits.h"
#include "base/log.h"
#include "cli/common.h"
#include "cli/offline.h"
#include "config/load.h"
#include "dicom/dataset.h"
#include "forward/forwarder.h"
#include "pixel/codec.h"
#include "receive/server.h"
#include "review/witness.h"
#include "runner.h"
#include "spool/sweep.h"
#include "worker/executor.h"
#include "worker/sandbox.h"

namespace veilgate::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kBindPatience = 15s;  // a predecessor that is being killed may hold the port for a moment
constexpr auto kBindPause = 100ms;
constexpr std::size_t kMaxApproved = 1'000'000;
constexpr std::int64_t kVanishedLeaseMs = 60'000;
constexpr auto kStopPatience = 20s;  // stores under way may finish; below the supervisor's deadline

/// Blocks the stop signals for this thread and those it starts; wait() returns when one came.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    ::sigprocmask(SIG_BLOCK, &set_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int signal = 0;
    ::sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

struct RoleOptions {
  ConfigOption config;
  pid_t parent = 0;  ///< the process that started this one; 0: started by hand
  void add_to(CLI::App& verb) {
    config.add_to(verb);
    verb.add_option("--parent", parent);
  }
};

/// What every role does first. The terminal's Ctrl-C reaches the supervisor, which asks its roles to stop.
Opened enter_role(const char* role, const RoleOptions& role_options) {
  worker::die_with_parent(role_options.parent);
  const ConfigOption& options = role_options.config;
  if (auto ready = dicom::init_dicom(); !ready) return {std::nullopt, complain(ready.error())};
  auto config = load_config(options.path);
  if (!config) return {std::nullopt, kUsage};
  log::init(role, config->log_level);
  auto gateway = open_gateway(std::move(*config));
  if (!gateway) return {std::nullopt, complain(gateway.error())};
  return {std::move(*gateway), kOk};
}

std::vector<std::string> maskable_syntaxes() {
  std::vector<std::string> uids;
  for (const auto* codec : pixel::codec_table()) {
    for (const auto uid : codec->transfer_syntaxes()) uids.emplace_back(uid);
  }
  return uids;
}

Result<std::unique_ptr<receive::Server>> start_server(Gateway& gateway) {
  const auto give_up = std::chrono::steady_clock::now() + kBindPatience;
  for (;;) {
    auto server = receive::Server::start(gateway.config.receive, gateway.config.spool,
                                         {*gateway.spool, *gateway.store, gateway.key, maskable_syntaxes()});
    if (server || std::chrono::steady_clock::now() > give_up) return server;
    std::this_thread::sleep_for(kBindPause);
  }
}

int receive_role(const RoleOptions& options) {
  const StopSignals signals;
  auto opened = enter_role("receive", options);
  if (!opened.gateway) return opened.exit;
  auto server = start_server(*opened.gateway);
  if (!server) {
    log::error("receive.start_failed", {{"code", server.error().code}, {"message", server.error().message}});
    return complain(server.error());
  }
  log::info("receive.listening", {{"port", std::to_string((*server)->port())}});
  signals.wait();
  (*server)->stop(kStopPatience);
  return kOk;
}

/// Deliveries to destinations that the configuration has no more would wait for ever: their objects are held.
Result<void> end_vanished_deliveries(Gateway& gateway) {
  VG_ASSIGN(const auto jobs, gateway.store->list({{store::JobState::Approved}, std::nullopt, kMaxApproved}));
  std::set<std::string> vanished;
  for (const auto& job : jobs) {
    VG_ASSIGN(const auto deliveries, gateway.store->deliveries(job.admission.id));
    for (const auto& delivery : deliveries) {
      if (gateway.config.destination(delivery.destination) == nullptr) vanished.insert(delivery.destination);
    }
  }
  for (const auto& name : vanished) {
    for (;;) {
      VG_ASSIGN(const auto delivery,
                gateway.store->lease_delivery(name, forward::ForwarderOptions{}.owner, kVanishedLeaseMs));
      if (!delivery) break;
      const audit::Event event{audit::EventType::DeliveryFailed,
                               delivery->object,
                               "gateway",
                               {{"destination", name}, {"code", "forward.destination_gone"}}};
      VG_TRY(
          gateway.store->finish_delivery(*delivery, store::DeliveryState::Failed, "forward.destination_gone", {event}));
    }
  }
  return {};
}

/// What killed workers left half-written. A sweep that fails costs only room.
void sweep_spool(Gateway& gateway) {
  const auto swept = spool::sweep_temporaries(gateway.config.spool.path, limits::kStaleTemporaryMs);
  if (swept > 0) log::info("spool.swept", {{"files", std::to_string(swept)}});
}

int run_role(const RoleOptions& options) {
  const StopSignals signals;
  auto opened = enter_role("run", options);
  if (!opened.gateway) return opened.exit;
  auto& gateway = *opened.gateway;
  for (const auto& owner : {std::string(Runner::kOwner), forward::ForwarderOptions{}.owner}) {
    const auto released = gateway.store->release_leases(owner);
    if (!released) return complain(released.error());
    if (*released > 0) log::info("run.leases_released", {{"owner", owner}, {"count", std::to_string(*released)}});
  }
  sweep_spool(gateway);
  if (auto ended = end_vanished_deliveries(gateway); !ended) return complain(ended.error());
  review::Witness witness(gateway.config, *gateway.store, gateway.key);
  const auto may_send = [&witness](const store::Job& job) { return witness.confirm(job); };
  std::vector<std::unique_ptr<forward::Forwarder>> forwarders;
  for (const auto& configured : gateway.config.destinations) {
    auto destination = forward::make_destination(configured);
    if (!destination) return complain(destination.error());
    forwarders.push_back(std::make_unique<forward::Forwarder>(*gateway.store, *gateway.spool, configured.name,
                                                              std::move(*destination), may_send));
  }
  Runner runner(gateway.config, *gateway.store, *gateway.spool,
                {"worker", "--config", options.config.path, "--config-digest", gateway.config.digest.hex()});
  for (auto& forwarder : forwarders) forwarder->start();
  runner.start();
  signals.wait();
  runner.stop();
  for (auto& forwarder : forwarders) forwarder->stop();
  return kOk;
}

struct WorkerOptions {
  RoleOptions role;
  OfflineOptions offline;
  std::string digest;  ///< of the configuration the runner works with
  bool is_offline = false;
};

int worker_role(const WorkerOptions& options) {
  worker::die_with_parent(options.role.parent);
  log::init("worker");
  if (auto ready = dicom::init_dicom(); !ready) return complain(ready.error());
  if (options.is_offline) {
    const auto create =
        options.offline.attributes_only ? worker::Executor::create_for_attributes : worker::Executor::create;
    return worker::serve_tasks(options.offline.to_config(), std::nullopt, create);
  }
  // The file may be half-edited by now; objects wait then, they are not to blame.
  const auto loaded = config::load(options.role.config.path);
  log::init("worker", loaded.config.log_level);
  if (!loaded.problems.empty() || loaded.config.digest.hex() != options.digest) {
    return worker::serve_tasks(loaded.config,
                               Error{ErrorKind::Transient, "config.changed",
                                     "the configuration was changed: run 'veilgate check', then restart serve"});
  }
  return worker::serve_tasks(loaded.config);
}

void add_role(CLI::App& app, int& exit, const char* name, const char* help, int (*run)(const RoleOptions&)) {
  auto options = std::make_shared<RoleOptions>();
  auto* verb = app.add_subcommand(name, help)->group("");
  options->add_to(*verb);
  verb->callback([options, &exit, run] { exit = run(*options); });
}

}  // namespace

void add_roles(CLI::App& app, int& exit) {
  add_role(app, exit, "receive", "Store SCP, started by serve", receive_role);
  add_role(app, exit, "run", "Runner and forwarders, started by serve", run_role);
  auto options = std::make_shared<WorkerOptions>();
  auto* verb = app.add_subcommand("worker", "Fenced-in process that parses, started by run and deid")->group("");
  options->role.add_to(*verb);
  verb->add_option("--config-digest", options->digest);
  verb->add_flag("--offline", options->is_offline);
  options->offline.add_to(*verb);
  verb->add_option("--prefix", options->offline.project.prefix);
  verb->callback([options, &exit] { exit = worker_role(*options); });
}

}  // namespace veilgate::cli
