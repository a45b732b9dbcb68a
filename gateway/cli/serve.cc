#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/program.h"
#include "cli/check_config.h"
#include "cli/common.h"
#include "config/load.h"
#include "detect/models.h"
#include "dicom/dataset.h"

namespace veilgate::cli {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kStopDeadline = 30s;         // stages and stores under way may end; then SIGKILL, which loses nothing
constexpr auto kFirstRestartPause = 200ms;  // a role that died starts again at once, one that keeps dying slowly
constexpr auto kLongestRestartPause = 10s;
constexpr auto kLongestWait = 1h;  // nothing to start: only signals matter
constexpr auto kStableRun = 60s;   // after this the pause starts anew

/// One supervised role: receive or run.
struct Role {
  std::string name;
  pid_t pid = -1;
  Clock::time_point started, start_again;
  Clock::duration pause = kFirstRestartPause;
};

pid_t spawn_role(const std::string& name, const std::string& config_path) {
  const std::string parent = std::to_string(::getpid());
  const pid_t pid = ::fork();  // single-threaded here, so fork and exec is safe
  if (pid != 0) return pid;
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const std::string program = own_program();
  ::execl(program.c_str(), program.c_str(), name.c_str(), "--config", config_path.c_str(), "--parent", parent.c_str(),
          nullptr);
  ::_exit(127);
}

class Supervisor {
 public:
  explicit Supervisor(std::string config_path) : config_path_(std::move(config_path)) {
    sigemptyset(&signals_);
    for (const int one : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals_, one);
    ::sigprocmask(SIG_BLOCK, &signals_, nullptr);
    events_ = FileDescriptor(::signalfd(-1, &signals_, SFD_CLOEXEC));
  }

  int run() {
    for (;;) {
      start_due_roles();
      if (wait_for_signal(next_start())) return stop();
      reap();
    }
  }

 private:
  void start_due_roles() {
    for (auto& role : roles_) {
      if (role.pid > 0 || Clock::now() < role.start_again) continue;
      role.pid = spawn_role(role.name, config_path_);
      if (role.pid < 0) role.start_again = Clock::now() + kLongestRestartPause;
      role.started = Clock::now();
      log::info("role.started", {{"role", role.name}, {"child", std::to_string(role.pid)}});
    }
  }

  int next_start() const {
    Clock::duration shortest = kLongestWait;
    for (const auto& role : roles_) {
      if (role.pid <= 0)
        shortest = std::min(shortest, std::max(Clock::duration::zero(), role.start_again - Clock::now()));
    }
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(shortest).count()) + 1;
  }

  /// True when asked to stop.
  bool wait_for_signal(int timeout_ms) {
    pollfd waiting{events_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return false;
    signalfd_siginfo info{};
    if (::read(events_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return false;
    return info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
  }

  void reap() {
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
      for (auto& role : roles_) {
        if (role.pid != pid) continue;
        role.pid = -1;
        if (Clock::now() - role.started > kStableRun) role.pause = kFirstRestartPause;
        role.start_again = Clock::now() + role.pause;
        role.pause = std::min<Clock::duration>(role.pause * 2, kLongestRestartPause);
        log::warn("role.ended", {{"role", role.name},
                                 {"how", WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                             : "exit " + std::to_string(WEXITSTATUS(status))}});
      }
    }
  }

  int stop() {
    log::info("serve.stopping");
    const auto deadline = Clock::now() + kStopDeadline;
    for (const auto& role : roles_) {
      if (role.pid > 0) ::kill(role.pid, SIGTERM);
    }
    bool clean = true;
    while (std::any_of(roles_.begin(), roles_.end(), [](const Role& role) { return role.pid > 0; })) {
      if (Clock::now() > deadline) {
        clean = false;
        for (const auto& role : roles_) {
          if (role.pid > 0) ::kill(role.pid, SIGKILL);
        }
      }
      wait_for_signal(200);
      reap();
    }
    log::info("serve.stopped", {{"clean", clean ? "true" : "false"}});
    return clean ? kOk : kFailed;
  }

  std::string config_path_;
  sigset_t signals_{};
  FileDescriptor events_;
  std::vector<Role> roles_{{"receive", -1, {}, {}, kFirstRestartPause}, {"run", -1, {}, {}, kFirstRestartPause}};
};

/// Copies of duplicates and cut-off stores that no job knows. Only under the spool's lock, before receiving starts.
/// They are set aside, not removed: a store restored from an older copy does not know what it acknowledged since.
Result<int> set_aside_unknown_originals(Gateway& gateway) {
  VG_ASSIGN(const auto on_disk, gateway.spool->list_originals());
  int set_aside = 0;
  for (const auto& id : on_disk) {
    VG_ASSIGN(const auto job, gateway.store->find(id));
    if (job) continue;
    VG_TRY(gateway.spool->set_aside(id));
    ++set_aside;
  }
  return set_aside;
}

Result<Gateway> prepare(config::Config config) {
  VG_TRY(detect::require_models(config.detect));
  VG_ASSIGN(const auto keys, load_or_create_keys(config));
  VG_TRY(make_folder(config.store_file.parent_path()));
  auto gateway = open_gateway(std::move(config));
  if (gateway) VG_TRY(ensure_crosswalk_key(*gateway));
  return gateway;
}

int serve(const ConfigOption& options) {
  if (auto ready = dicom::init_dicom(); !ready) return complain(ready.error());
  auto loaded = config::load(options.path);
  if (const auto problems = check_whole(loaded); !problems.empty()) {
    print_counted(problems, "in the configuration: not started");
    return kUsage;
  }
  log::init("serve", loaded.config.log_level);
  const std::string path = std::filesystem::absolute(options.path).string();
  FileDescriptor lock;
  {
    auto gateway = prepare(std::move(loaded.config));
    if (!gateway) return complain(gateway.error());
    auto locked = gateway->spool->lock();
    if (!locked) return complain(locked.error());
    lock = std::move(*locked);
    const auto set_aside = set_aside_unknown_originals(*gateway);
    if (!set_aside) return complain(set_aside.error());
    const std::vector<audit::Event> events{
        {audit::EventType::GatewayStarted,
         std::nullopt,
         "gateway",
         {{"version", VEILGATE_VERSION}, {"set_aside", *set_aside}}},
        {audit::EventType::ConfigurationLoaded, std::nullopt, "gateway", {{"digest", gateway->config.digest.hex()}}}};
    if (auto appended = gateway->store->append(events); !appended) return complain(appended.error());
    log::info("serve.started", {{"version", VEILGATE_VERSION},
                                {"port", std::to_string(gateway->config.receive.port)},
                                {"set_aside", std::to_string(*set_aside)}});
    // The store is closed before roles are forked: SQLite connections must not cross a fork.
  }
  const int exit = Supervisor(path).run();
  if (auto config = load_config(path)) {
    if (auto gateway = open_gateway(std::move(*config))) {
      (void)gateway->store->append(
          std::vector<audit::Event>{{audit::EventType::GatewayStopped, std::nullopt, "gateway", {{"exit", exit}}}});
    }
  }
  return exit;
}

}  // namespace

void add_serve(CLI::App& app, int& exit) {
  auto options = std::make_shared<ConfigOption>();
  auto* verb = app.add_subcommand("serve", "Receive, de-identify and forward until SIGTERM or Ctrl-C");
  options->add_to(*verb);
  verb->callback([options, &exit] { exit = serve(*options); });
}

}  // namespace veilgate::cli
