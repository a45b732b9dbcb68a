// A receiver on the real spool and store and nothing behind it: what ingest_bench.py measures against storescp.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "receive/server.h"

namespace {

using namespace veilgate;

int run(const std::filesystem::path& folder, std::uint16_t port) {
  const std::array<std::uint8_t, SecretKey::kBytes> zero{};
  const SecretKey key(zero);
  const auto spool = spool::Spool::open(folder / "spool");
  const auto store = store::open_sqlite(folder / "store.db", key);
  if (!spool || !store) return 1;
  config::Receive receive;
  receive.ae_title = AeTitle::sanitized("VEILGATE");
  receive.bind = "127.0.0.1";
  receive.port = port;
  receive.allow_any_peer = true;
  config::Spool limits;
  limits.min_free_bytes = 0;
  const auto server = receive::Server::start(
      receive, limits, {**spool, **store, key, {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"}});
  if (!server) return 1;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int caught = 0;
  sigwait(&signals, &caught);
  (*server)->stop(std::chrono::seconds(10));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: receive_bench_server FOLDER PORT\n");
    return 2;
  }
  // Before any thread starts, so that only sigwait() gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return run(argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])));
}
