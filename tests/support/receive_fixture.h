#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "raw_dicom_client.h"
#include "receive/server.h"
#include "receive_fakes.h"

namespace veilgate::test {

/// Waits for something that another thread does; false after 20 s. Polling, but never a guess about how long it takes.
inline bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// A receiver on a free port over memory fakes, for peers from 127.0.0.1.
class ReceiveFixture : public ::testing::Test {
 protected:
  ReceiveFixture() : receive_{.ae_title = AeTitle::parse("VEILGATE").value(), .allow = {}} {
    receive_.bind = "127.0.0.1";
    receive_.port = 0;
    receive_.allow_any_peer = true;
  }
  void start() {
    const std::array<std::uint8_t, SecretKey::kBytes> key{1, 2, 3};
    auto started = receive::Server::start(
        receive_, {}, {spool_, store_, SecretKey(key), {std::string(kExplicitLittle), std::string(kJpegBaseline)}});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = std::move(*started);
  }
  std::uint16_t port() const { return server_->port(); }
  bool alive() {
    RawClient probe(port());
    const auto answer = probe.associate({{1, kVerification, {kImplicitLittle}}});
    return answer && answer->type == 2 && probe.echo(1) == 0 && probe.release();
  }

  static wire::Context photo(int id = 3) { return {id, kVlPhoto, {kExplicitLittle}}; }
  /// Explicit little endian, one patient name and `size` bytes of "pixels"; the bytes depend on `seed`.
  static std::string dataset(std::size_t size, int seed = 1) {
    std::string pixels(size, '\0');
    unsigned state = static_cast<unsigned>(seed) * 2654435761u + 1;
    for (char& c : pixels) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
    return wire::little16(0x0010) + wire::little16(0x0010) + "PN" + wire::little16(8) + "DOE^JANE" +
           wire::little16(0x7fe0) + wire::little16(0x0010) + "OB" + wire::little16(0) + wire::little32(size) + pixels;
  }

  config::Receive receive_;
  MemorySpool spool_;
  MemoryStore store_;
  std::unique_ptr<receive::Server> server_;
};

}  // namespace veilgate::test
