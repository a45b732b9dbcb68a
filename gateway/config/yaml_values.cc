#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "config/yaml_tree.h"

namespace veilgate::config {
namespace {

using Kind = YamlNode::Impl::Kind;

constexpr std::size_t kShownCharacters = 40;

std::string shown(const std::string& value) {
  if (value.size() <= kShownCharacters) return "'" + value + "'";
  return "'" + value.substr(0, kShownCharacters) + "...'";
}

// Digits only and no leading zero: 0104 is 68 to some readers and 104 to others.
bool is_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array kByteUnits{Unit{"", 1},
                                Unit{"B", 1},
                                Unit{"KiB", 1ull << 10},
                                Unit{"MiB", 1ull << 20},
                                Unit{"GiB", 1ull << 30},
                                Unit{"TiB", 1ull << 40}};
constexpr std::array kTimeUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};

// "30s", "30 s": nullopt when the number, the unit or the product is wrong.
template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view name = text.substr(digits);
  if (name.size() > 1 && name[0] == ' ') name.remove_prefix(1);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end() || !is_decimal(text.substr(0, digits))) return std::nullopt;
  const auto value = parsed<std::uint64_t>(text.substr(0, digits));
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value || *value > kMost / unit->factor) return std::nullopt;
  return static_cast<std::int64_t>(*value * unit->factor);
}

}  // namespace

template <typename T>
std::optional<T> YamlNode::fail(std::string message, std::string hint) const {
  problem("'" + label() + "' " + std::move(message), std::move(hint));
  return std::nullopt;
}

const std::string* YamlNode::scalar(std::string_view expected) const {
  if (!exists() || impl_->kind == Kind::Broken) return nullptr;
  if (!is_scalar()) {
    problem("'" + label() + "' must be " + std::string(expected));
    return nullptr;
  }
  return &impl_->scalar;
}

std::optional<std::string> YamlNode::text() const {
  const std::string* value = scalar("a single text");
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> YamlNode::integer(std::int64_t low, std::int64_t high) const {
  const std::string* value = scalar("a whole number");
  if (!value) return std::nullopt;
  std::string_view digits = *value;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (!impl_->plain && is_decimal(digits))
    return fail<std::int64_t>("must be a number, not a text", "remove the quotes");
  if (!is_decimal(digits)) {
    return fail<std::int64_t>("must be a whole number, not " + shown(*value),
                              "decimal digits, no leading zero, no unit");
  }
  const auto number = parsed<std::int64_t>(*value);
  if (number && *number >= low && *number <= high) return number;
  if (low == high) return fail<std::int64_t>(fmt::format("must be {}, not {}", low, shown(*value)));
  return fail<std::int64_t>(fmt::format("must be between {} and {}, not {}", low, high, shown(*value)));
}

std::optional<double> YamlNode::number(double low, double high) const {
  const std::string* value = scalar("a number");
  if (!value) return std::nullopt;
  const auto number = parsed<double>(*value);
  const bool looks_decimal = value->find_first_not_of("0123456789.-") == std::string::npos;
  if (!impl_->plain && number) return fail<double>("must be a number, not a text", "remove the quotes");
  if (!number || !looks_decimal || !std::isfinite(*number)) {
    return fail<double>("must be a number, not " + shown(*value), "write it like 0.5");
  }
  if (*number >= low && *number <= high) return number;
  return fail<double>(fmt::format("must be between {} and {}, not {}", low, high, shown(*value)));
}

std::optional<bool> YamlNode::boolean() const {
  const std::string* value = scalar("true or false");
  if (!value) return std::nullopt;
  if (impl_->plain && (*value == "true" || *value == "false")) return *value == "true";
  std::string word = *value;
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  std::string hint;
  if (is_one_of({"yes", "on", "y", "true", "1"})) hint = "write true";
  if (is_one_of({"no", "off", "n", "false", "0"})) hint = "write false";
  return fail<bool>("must be true or false, not " + shown(*value), hint);
}

std::optional<std::uint64_t> YamlNode::bytes() const {
  const std::string* value = scalar("a number of bytes");
  if (!value) return std::nullopt;
  if (const auto number = with_unit(*value, kByteUnits)) return static_cast<std::uint64_t>(*number);
  return fail<std::uint64_t>("must be a number of bytes, not " + shown(*value), "like 64 KiB, 512 MiB or 2 GiB");
}

std::optional<std::int64_t> YamlNode::duration_ms() const {
  const std::string* value = scalar("a duration");
  if (!value) return std::nullopt;
  if (const auto number = with_unit(*value, kTimeUnits)) return number;
  return fail<std::int64_t>("must be a duration, not " + shown(*value), "like 250ms, 30s, 5m or 2h");
}

std::optional<std::string> YamlNode::choice(const std::vector<std::string>& words) const {
  const std::string* value = scalar("a single word");
  if (!value) return std::nullopt;
  if (std::find(words.begin(), words.end(), *value) != words.end()) return *value;
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  const auto near = closest(*value, words);
  return fail<std::string>("must be one of " + list + ", not " + shown(*value),
                           near ? "did you mean '" + *near + "'?" : "");
}

}  // namespace veilgate::config
