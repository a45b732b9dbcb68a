#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::test {

inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
inline constexpr std::string_view kVerification = "1.2.840.10008.1.1";
inline constexpr std::string_view kVlPhoto = "1.2.840.10008.5.1.4.1.1.77.1.4";
inline constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

/// Bytes of PDUs and command sets (PS3.7, PS3.8), well-formed or not.
namespace wire {

inline std::string big16(std::size_t v) { return {static_cast<char>(v >> 8 & 0xff), static_cast<char>(v & 0xff)}; }
inline std::string big32(std::size_t v) { return big16(v >> 16) + big16(v & 0xffff); }
inline std::string little16(std::size_t v) { return {static_cast<char>(v & 0xff), static_cast<char>(v >> 8 & 0xff)}; }
inline std::string little32(std::size_t v) { return little16(v & 0xffff) + little16(v >> 16); }

inline std::string pdu(int type, const std::string& body) {
  return std::string{static_cast<char>(type), '\0'} + big32(body.size()) + body;
}
inline std::string item(int type, const std::string& body) {
  return std::string{static_cast<char>(type), '\0'} + big16(body.size()) + body;
}
inline std::string pdv(int context, bool command, bool last, const std::string& data) {
  return big32(data.size() + 2) + static_cast<char>(context) + static_cast<char>((command ? 1 : 0) | (last ? 2 : 0)) +
         data;
}
inline std::string title(std::string_view text) {
  std::string padded(text);
  padded.resize(16, ' ');
  return padded;
}

struct Context {
  int id;
  std::string_view abstract;
  std::vector<std::string_view> syntaxes;
};

inline std::string associate_request(std::string_view calling, std::string_view called,
                                     const std::vector<Context>& contexts,
                                     std::string_view application = "1.2.840.10008.3.1.1.1") {
  std::string body = big16(1) + big16(0) + title(called) + title(calling) + std::string(32, '\0');
  body += item(0x10, std::string(application));
  for (const auto& context : contexts) {
    std::string inner{static_cast<char>(context.id), '\0', '\0', '\0'};
    inner += item(0x30, std::string(context.abstract));
    for (const auto syntax : context.syntaxes) inner += item(0x40, std::string(syntax));
    body += item(0x20, inner);
  }
  body += item(0x50, item(0x51, big32(16384)) + item(0x52, "1.2.3.4"));
  return pdu(1, body);
}

inline std::string element(int number, std::string value, char padding = '\0') {
  if (value.size() % 2 != 0) value += padding;
  return little16(0) + little16(static_cast<std::size_t>(number)) + little32(value.size()) + value;
}
inline std::string with_group_length(const std::string& elements) {
  return element(0x0000, little32(elements.size())) + elements;
}

inline std::string echo_command() {
  return with_group_length(element(0x0002, std::string(kVerification)) + element(0x0100, little16(0x0030)) +
                           element(0x0110, little16(1)) + element(0x0800, little16(0x0101)));
}
inline std::string store_command(std::string_view sop_class, std::string_view instance, bool dataset = true) {
  return with_group_length(element(0x0002, std::string(sop_class)) + element(0x0100, little16(0x0001)) +
                           element(0x0110, little16(7)) + element(0x0700, little16(0)) +
                           element(0x0800, little16(dataset ? 0x0000 : 0x0101)) +
                           element(0x1000, std::string(instance)));
}

}  // namespace wire

struct Pdu {
  int type;
  std::string body;
};

/// A peer that says exactly what the test wants. Reads give up after 20 s, which no test should reach.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1") : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, address, &to.sin_addr);
    const timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  /// Sends RST instead of FIN.
  void reset() {
    const linger hard{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  bool send(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t sent = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      done += static_cast<std::size_t>(sent);
    }
    return true;
  }
  /// nullopt when the peer closed the connection.
  std::optional<Pdu> receive() {
    const auto head = read(6);
    if (!head) return std::nullopt;
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>((*head)[i])); };
    const auto body = read(at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5));
    if (!body) return std::nullopt;
    return Pdu{static_cast<int>(at(0)), *body};
  }
  /// Type of the next PDU, 0 when the connection was closed instead.
  int receive_type() {
    const auto got = receive();
    return got ? got->type : 0;
  }

  std::optional<Pdu> associate(const std::vector<wire::Context>& contexts, std::string_view calling = "PHOTOAPP",
                               std::string_view called = "VEILGATE") {
    send(wire::associate_request(calling, called, contexts));
    return receive();
  }
  /// Accepted transfer syntax by context id from an A-ASSOCIATE-AC; "-<result>" when refused.
  static std::string context_result(const Pdu& accept, int id) {
    for (std::size_t at = 68; at + 4 <= accept.body.size();) {
      const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(accept.body[i]));
      };
      const std::size_t length = byte(at + 2) << 8 | byte(at + 3);
      if (byte(at) == 0x21 && byte(at + 4) == static_cast<std::size_t>(id)) {
        if (byte(at + 6) != 0) return "-" + std::to_string(byte(at + 6));
        return accept.body.substr(at + 12, byte(at + 10) << 8 | byte(at + 11));
      }
      at += 4 + length;
    }
    return "none";
  }

  void send_command(int context, const std::string& command) {
    send(wire::pdu(4, wire::pdv(context, true, true, command)));
  }
  void send_dataset(int context, const std::string& dataset, std::size_t fragment = 16000) {
    std::size_t at = 0;
    do {
      const std::string part = dataset.substr(at, fragment);
      at += part.size();
      if (!send(wire::pdu(4, wire::pdv(context, false, at == dataset.size(), part)))) return;
    } while (at < dataset.size());
  }
  /// (0000,0900) of the next response, -1 when something else came.
  int receive_status() {
    const auto got = receive();
    if (!got || got->type != 4) return -1;
    const std::string tag = wire::little16(0) + wire::little16(0x0900) + wire::little32(2);
    const auto at = got->body.find(tag);
    if (at == std::string::npos) {
      // DCMTK may put the command's PDV header into a PDU of its own only when it is large; ours are not.
      return -1;
    }
    return static_cast<unsigned char>(got->body[at + 8]) | static_cast<unsigned char>(got->body[at + 9]) << 8;
  }
  int store(int context, std::string_view sop_class, std::string_view instance, const std::string& dataset) {
    send_command(context, wire::store_command(sop_class, instance));
    send_dataset(context, dataset);
    return receive_status();
  }
  int echo(int context) {
    send_command(context, wire::echo_command());
    return receive_status();
  }
  /// True when the release was answered.
  bool release() {
    send(wire::pdu(5, std::string(4, '\0')));
    return receive_type() == 6;
  }

 private:
  std::optional<std::string> read(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t done = 0; done < size;) {
      const ssize_t got = recv(fd_, bytes.data() + done, size - done, 0);
      if (got <= 0) return std::nullopt;
      done += static_cast<std::size_t>(got);
    }
    return bytes;
  }
  int fd_;
  bool connected_ = false;
};

}  // namespace veilgate::test
