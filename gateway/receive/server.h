#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "config/config.h"
#include "receive/stats.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::receive {

/// The Store SCP: takes objects from peers into the spool and the store. Never parses a dataset.
class Server {
 public:
  struct Dependencies {
    spool::Spool& spool;  ///< outlives the server, as does the store
    store::Store& store;
    SecretKey instance_key;                               ///< hides SOP Instance UIDs in the store
    std::vector<std::string> maskable_transfer_syntaxes;  ///< of the codec table
  };
  /// Listens when it returns; port 0 takes a free one. Calls dicom::init_dicom(). Config: bad address, port taken.
  static Result<std::unique_ptr<Server>> start(const config::Receive& receive, const config::Spool& spool,
                                               Dependencies dependencies);
  /// stop() without grace.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Closes the port, ends associations that wait for a message at once and the others after their message; what still
  /// runs after `grace` is aborted, and what was not acknowledged is gone. Idempotent.
  void stop(std::chrono::milliseconds grace);
  const Stats& stats() const;
  int open_associations() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace veilgate::receive
