#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "config/config.h"
#include "config/yaml_reader.h"

/// Inside of load(): one function per section. Each leaves defaults where a value is missing or wrong.
namespace veilgate::config {

struct LoadContext {
  std::filesystem::path folder;             ///< of the configuration file
  std::set<std::string> destination_names;  ///< also of those with mistakes, so that one mistake is told once
  std::set<std::string> route_names;
};

void load_receive(const YamlNode& section, Receive& out);
void load_workers(const YamlNode& section, Workers& out);
void load_detect(const YamlNode& section, const LoadContext& context, Detect& out);
void load_ensemble(const YamlNode& list, Detect& out);
void load_storage(const YamlNode& root, const LoadContext& context, Config& out);
void load_destinations(const YamlNode& root, LoadContext& context, Config& out);
void load_routes(const YamlNode& root, LoadContext& context, Config& out);
void load_tests(const YamlNode& root, const LoadContext& context, Config& out);

/// Notes a route that no object can reach because an earlier one takes all that it matches.
void check_reach(const std::vector<Route>& routes, const std::vector<YamlNode>& nodes);
/// Notes a folder destination that shares a folder with the spool, the store or the key.
void check_folders(const YamlNode& root, const Config& config);

// load_values.cc: one value each; the target is untouched when the node is missing or wrong.
void read(const YamlNode& node, std::string& out);
void read(const YamlNode& node, bool& out);
void read(const YamlNode& node, double low, double high, double& out);
void read(const YamlNode& node, int low, int high, int& out);
void read(const YamlNode& node, AeTitle& out);
void read_bytes(const YamlNode& node, std::uint64_t low, std::uint64_t high, std::uint64_t& out);
void read_duration(const YamlNode& node, std::int64_t low_ms, std::int64_t high_ms, int& out_ms);
void read_seconds(const YamlNode& node, int low_s, int high_s, int& out_s);
/// Absolute; a relative one starts at `folder`.
void read_path(const YamlNode& node, const std::filesystem::path& folder, std::filesystem::path& out);
/// 1 to 64 letters, digits, '-', '_' and '.', first a letter or digit: safe in logs, audit, metrics.
std::optional<std::string> read_name(const YamlNode& node);
/// `all`, or one or more of `identifying` and `known`.
void read(const YamlNode& node, TextPolicy& out);
/// An IP address or CIDR block.
bool check_peer(const YamlNode& node, const std::string& text);
Place place_of(const YamlNode& node);

}  // namespace veilgate::config
