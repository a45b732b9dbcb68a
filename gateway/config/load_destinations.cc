#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/net_address.h"
#include "config/load_parts.h"

namespace veilgate::config {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kSecond = 1000, kHour = 3600 * kSecond;
constexpr std::size_t kMaxHostChars = 253;  // RFC 1035 2.3.4, as text

bool is_host(const std::string& text) {
  if (IpAddress::parse(text)) return true;
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxHostChars && std::all_of(text.begin(), text.end(), good) &&
         text.front() != '.' && text.front() != '-';
}

DimseDestination load_dimse(const YamlNode& section, const AeTitle& own) {
  DimseDestination out;
  const YamlNode host = section.required("host");
  read(host, out.host);
  if (host.is_scalar() && !is_host(out.host)) {
    host.problem("'host' must be a host name or an IP address", "the port has a key of its own: 'port'");
  }
  int port = out.port;
  read(section["port"], 1, 65535, port);
  out.port = static_cast<std::uint16_t>(port);
  read(section.required("called_ae"), out.called_ae);
  out.calling_ae = own;
  read(section["calling_ae"], out.calling_ae);
  read_duration(section["connect_timeout"], 100, kHour, out.connect_timeout_ms);
  read_duration(section["response_timeout"], kSecond, kHour, out.response_timeout_ms);
  return out;
}

FolderDestination load_folder(const YamlNode& section, const fs::path& folder) {
  FolderDestination out;
  read_path(section.required("path"), folder, out.path);
  return out;
}

// With symbolic links resolved as far as the path exists.
fs::path real(const fs::path& path) {
  std::error_code error;
  const fs::path resolved = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : resolved;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  if (path.empty() || folder.empty()) return false;
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() || (end->empty() && std::next(end) == folder.end());
}

}  // namespace

void load_destinations(const YamlNode& root, LoadContext& context, Config& out) {
  for (const YamlNode& item : root.required("destinations").items()) {
    const YamlNode name = item.required("name");
    Destination destination;
    destination.name = read_name(name).value_or("");
    if (!destination.name.empty() && !context.destination_names.insert(destination.name).second) {
      name.problem(fmt::format("a second destination is named '{}'", destination.name));
    }
    const auto type = item.required("type").choice({"dimse", "folder"});
    if (type == "dimse") destination.where = load_dimse(item, out.receive.ae_title);
    if (type == "folder") destination.where = load_folder(item, context.folder);
    // Without its type nobody can say which keys belong there.
    if (type) item.refuse_unknown_keys();
    out.destinations.push_back(std::move(destination));
  }
}

void check_folders(const YamlNode& root, const Config& config) {
  const fs::path spool = real(config.spool.path), store = real(config.store_file), key = real(config.project.key_file),
                 crosswalk_key = real(config.project.crosswalk_key_file);
  const YamlNode list = root["destinations"];
  if (!list.is_list()) return;
  for (std::size_t i = 0; i < config.destinations.size(); ++i) {
    const auto* folder = std::get_if<FolderDestination>(&config.destinations[i].where);
    if (folder == nullptr || folder->path.empty()) continue;
    const fs::path path = real(folder->path);
    const YamlNode node = list.items()[i]["path"];
    if (is_inside(path, spool)) {
      node.problem("a destination must not lie in the spool", "what leaves the gateway goes to a folder of its own");
    } else if (is_inside(spool, path) || is_inside(store, path) || is_inside(key, path) ||
               is_inside(crosswalk_key, path)) {
      node.problem("a destination must not hold the spool, the store or the key",
                   "what leaves the gateway goes to a folder of its own");
    }
  }
}

}  // namespace veilgate::config
