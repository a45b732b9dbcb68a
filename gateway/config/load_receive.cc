#include <fmt/format.h>

#include <map>

#include "base/net_address.h"
#include "config/load_parts.h"

namespace veilgate::config {
namespace {

constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr int kMaxAssociations = 1024;
constexpr std::uint64_t kMinObjectBytes = 1ull << 20, kMaxObjectBytes = 4ull << 30;

void load_allow(const YamlNode& list, Receive& out) {
  std::map<std::string, int> seen;
  for (const YamlNode& item : list.items()) {
    AllowedPeer peer;
    const YamlNode title = item.required("ae_title");
    read(title, peer.ae_title);
    const YamlNode peers = item["peers"];
    const auto texts = peers.texts();
    if (peers.is_list() && peers.items().empty()) {
      peers.problem("'peers' is empty", "remove the key to allow any address");
    }
    for (const std::string& text : texts) {
      if (check_peer(peers, text)) peer.peers.push_back(text);
    }
    item.refuse_unknown_keys();
    if (title.is_scalar() && !seen.emplace(peer.ae_title.str(), title.line()).second) {
      title.problem(fmt::format("AE title '{}' is allowed twice", peer.ae_title.str()),
                    fmt::format("add the addresses to line {}", seen[peer.ae_title.str()]));
    }
    out.allow.push_back(std::move(peer));
  }
}

void check_access(const YamlNode& section, const Receive& receive) {
  if (!section.is_map()) return;
  if (receive.allow_any_peer && section["allow"].exists()) {
    section.key_node("allow").problem("'allow' has no effect with 'allow_any_peer: true'", "keep one of the two");
  }
  if (receive.allow_any_peer || (section["allow"].exists() && !section["allow"].items().empty())) return;
  section.problem("nobody may send: 'allow' is empty",
                  "list the AE titles that may send, or write 'allow_any_peer: true'");
}

/// A cap within the total; its default follows a smaller total.
void load_share(const YamlNode& section, const char* key, int total, int& out) {
  const YamlNode node = section[key];
  read(node, 1, kMaxAssociations, out);
  if (out <= total) return;
  if (node.exists()) node.problem(fmt::format("'{}' is more than 'max_associations'", key));
  out = total;
}

}  // namespace

void load_receive(const YamlNode& section, Receive& out) {
  read(section["ae_title"], out.ae_title);
  const YamlNode bind = section["bind"];
  read(bind, out.bind);
  if (bind.is_scalar() && !IpAddress::parse(out.bind)) {
    bind.problem("'bind' must be an IP address of this host", "0.0.0.0 for all, 127.0.0.1 for this host only");
  }
  int port = out.port;
  read(section["port"], 1, 65535, port);
  out.port = static_cast<std::uint16_t>(port);
  read(section["check_called_ae"], out.check_called_ae);
  read(section["allow_any_peer"], out.allow_any_peer);
  load_allow(section["allow"], out);
  check_access(section, out);
  read(section["max_associations"], 1, kMaxAssociations, out.max_associations);
  load_share(section, "max_associations_per_ae", out.max_associations, out.max_associations_per_ae);
  load_share(section, "max_associations_per_address", out.max_associations, out.max_associations_per_address);
  read_bytes(section["max_object_size"], kMinObjectBytes, kMaxObjectBytes, out.max_object_bytes);
  read_duration(section["association_timeout"], kSecond, kHour, out.association_timeout_ms);
  read_duration(section["idle_timeout"], kSecond, kHour, out.idle_timeout_ms);
  read_duration(section["object_timeout"], kSecond, 24 * kHour, out.object_timeout_ms);
  read(section["accept_unmaskable"], out.accept_unmaskable);
  section.refuse_unknown_keys();
}

}  // namespace veilgate::config
