#include "receive/server.h"

#include <mutex>

#include "base/limits.h"
#include "base/log.h"
#include "dicom/dataset.h"
#include "receive/association.h"
#include "receive/worker_pool.h"

namespace veilgate::receive {

// Members are destroyed from the last to the first: listener, threads, then what they use.
struct Server::Impl {
  Context context;
  std::unique_ptr<WorkerPool> pool;
  std::unique_ptr<Listener> listener;
  std::uint16_t port = 0;
  std::once_flag stopped;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::start(const config::Receive& receive, const config::Spool& spool,
                                              Dependencies dependencies) {
  VG_TRY(dicom::init_dicom());
  VG_ASSIGN(auto access, AccessPolicy::create(receive));
  VG_ASSIGN(auto network, dicom::net::AcceptorNetwork::create(limits::kCloseTimeoutMs / 1000));
  auto impl = std::unique_ptr<Impl>(new Impl{
      Context{receive,
              spool.min_free_bytes,
              {std::move(dependencies.maskable_transfer_syntaxes), receive.accept_unmaskable},
              std::move(dependencies.instance_key),
              std::move(access),
              dependencies.spool,
              {receive.max_associations, receive.max_associations_per_ae, receive.max_associations_per_address},
              Committer(dependencies.store),
              RefusalAudit(dependencies.store),
              std::move(network),
              {},
              {},
              {}},
      {},
      {},
      0,
      {}});
  Context& context = impl->context;
  impl->pool = std::make_unique<WorkerPool>(
      receive.max_associations + limits::kRefusalThreads,
      [&context](Connection connection) { run_association(context, std::move(connection)); });
  WorkerPool& pool = *impl->pool;
  VG_ASSIGN(impl->listener, Listener::start(receive, context.stats, [&pool](Connection&& connection) {
              return pool.add(std::move(connection));
            }));
  impl->port = impl->listener->port();
  log::info("receiver.listening", {{"port", std::to_string(impl->port)}, {"ae", receive.ae_title.str()}});
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop(std::chrono::milliseconds grace) {
  std::call_once(impl_->stopped, [&] {
    impl_->listener.reset();
    impl_->pool->close();
    impl_->context.draining.raise();
    const bool quiet = impl_->pool->wait_idle(grace);
    impl_->context.aborting.raise();
    impl_->pool.reset();
    log::info("receiver.stopped", {{"graceful", quiet ? "yes" : "no"}});
  });
}

const Stats& Server::stats() const { return impl_->context.stats; }

int Server::open_associations() const { return impl_->context.slots.open(); }

}  // namespace veilgate::receive
