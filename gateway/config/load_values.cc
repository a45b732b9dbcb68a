#include <fmt/format.h>

#include <algorithm>

#include "base/net_address.h"
#include "config/load_parts.h"

namespace veilgate::config {
namespace {

constexpr std::size_t kMaxNameChars = 64;

std::string shown_bytes(std::uint64_t bytes) {
  if (bytes >= 1ull << 30 && bytes % (1ull << 30) == 0) return fmt::format("{} GiB", bytes >> 30);
  if (bytes >= 1ull << 20 && bytes % (1ull << 20) == 0) return fmt::format("{} MiB", bytes >> 20);
  return fmt::format("{} KiB", bytes >> 10);
}

std::string shown_duration(std::int64_t ms) {
  if (ms % 3'600'000 == 0) return fmt::format("{}h", ms / 3'600'000);
  if (ms % 60'000 == 0) return fmt::format("{}m", ms / 60'000);
  return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

void read(const YamlNode& node, std::string& out) {
  if (auto value = node.text()) out = std::move(*value);
}
void read(const YamlNode& node, bool& out) {
  if (auto value = node.boolean()) out = *value;
}
void read(const YamlNode& node, double low, double high, double& out) {
  if (auto value = node.number(low, high)) out = *value;
}
void read(const YamlNode& node, int low, int high, int& out) {
  if (auto value = node.integer(low, high)) out = static_cast<int>(*value);
}

void read(const YamlNode& node, AeTitle& out) {
  const auto text = node.text();
  if (!text) return;
  const auto title = AeTitle::parse(*text);
  if (title && title->str() == *text) {
    out = *title;
  } else {
    node.problem(fmt::format("'{}' must be an AE title", node.label()),
                 "1 to 16 printable characters, no backslash, no outer spaces");
  }
}

void read_bytes(const YamlNode& node, std::uint64_t low, std::uint64_t high, std::uint64_t& out) {
  const auto value = node.bytes();
  if (!value) return;
  if (*value >= low && *value <= high) {
    out = *value;
  } else {
    node.problem(fmt::format("'{}' must be between {} and {}", node.label(), shown_bytes(low), shown_bytes(high)));
  }
}

void read_duration(const YamlNode& node, std::int64_t low_ms, std::int64_t high_ms, int& out_ms) {
  const auto value = node.duration_ms();
  if (!value) return;
  if (*value >= low_ms && *value <= high_ms) {
    out_ms = static_cast<int>(*value);
  } else {
    node.problem(
        fmt::format("'{}' must be between {} and {}", node.label(), shown_duration(low_ms), shown_duration(high_ms)));
  }
}

void read_seconds(const YamlNode& node, int low_s, int high_s, int& out_s) {
  int ms = -1;
  read_duration(node, low_s * std::int64_t{1000}, high_s * std::int64_t{1000}, ms);
  if (ms < 0) return;
  if (ms % 1000 != 0) {
    node.problem(fmt::format("'{}' must be whole seconds", node.label()));
  } else {
    out_s = ms / 1000;
  }
}

void read_path(const YamlNode& node, const std::filesystem::path& folder, std::filesystem::path& out) {
  const auto text = node.text();
  if (!text) return;
  if (text->empty()) {
    node.problem(fmt::format("'{}' must be a path", node.label()));
  } else if (text->front() == '~' || text->find('$') != std::string::npos) {
    node.problem(fmt::format("'{}': ~ and $ are not expanded", node.label()), "write the whole path");
  } else {
    out = (folder / *text).lexically_normal();
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameChars && std::all_of(text.begin(), text.end(), is_name_char) &&
         std::string_view("-_.").find(text.front()) == std::string_view::npos;
}

std::optional<std::string> read_name(const YamlNode& node) {
  auto text = node.text();
  if (!text) return std::nullopt;
  if (is_name(*text)) return text;
  node.problem(fmt::format("'{}' is not a usable name", node.label()),
               "1 to 64 letters, digits, '-', '_' and '.', first a letter or digit");
  return std::nullopt;
}

void read(const YamlNode& node, TextPolicy& out) {
  if (!node.exists()) return;
  const auto words = node.texts();
  TextPolicy policy;
  bool all = false, good = !words.empty();
  for (const auto& word : words) {
    all = all || word == "all";
    policy.identifying = policy.identifying || word == "identifying";
    policy.known = policy.known || word == "known";
    good = good && (word == "all" || word == "identifying" || word == "known");
  }
  if (!good || (all && words.size() > 1)) {
    node.problem("'" + node.label() + "' is no policy for text", "all, identifying, known, or [known, identifying]");
    return;
  }
  out = policy;
}

bool check_peer(const YamlNode& node, const std::string& text) {
  const auto block = IpBlock::parse(text);
  if (!block) {
    node.problem(fmt::format("'{}' must hold IP addresses or CIDR blocks: {}", node.label(), block.error().message),
                 "like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32");
    return false;
  }
  if (!block->is_aligned()) {
    node.problem(fmt::format("'{}': the address has bits behind its prefix length", node.label()),
                 fmt::format("did you mean '{}'?", block->str()));
    return false;
  }
  return true;
}

Place place_of(const YamlNode& node) { return {node.line(), node.column()}; }

}  // namespace veilgate::config
