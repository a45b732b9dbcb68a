#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace veilgate::config {

/// The one strict reader over yaml-cpp 0.7 (which takes duplicate keys, reads 0104 as 68 and counts lines from 0).
/// Reading never stops at the first mistake: problems are collected with positions, and a value that cannot be
/// read gives nullopt. Strings stay text (quotes or not), integers are decimal only, booleans are true/false only.
/// Refused where they stand: duplicate keys, keys without a value (`null`, `~`), anchors, aliases, merge keys, tags,
/// directives, several documents, tabs in the indentation, control characters, text that is not UTF-8.
class YamlDocument;

/// A place in the document. Cheap to copy; valid as long as its document lives.
class YamlNode {
 public:
  bool exists() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;
  int line() const;
  int column() const;

  /// The value under a key of a map; a node that does not exist when it is not there. Marks the key as known.
  YamlNode operator[](std::string_view key) const;
  /// Key names in file order (all of them become known).
  std::vector<std::string> keys() const;
  /// Where the key itself stands, for messages about it.
  YamlNode key_node(std::string_view key) const;
  std::vector<YamlNode> items() const;

  /// Scalars; a problem is noted when the node exists but has another shape.
  std::optional<std::string> text() const;
  std::optional<std::int64_t> integer(std::int64_t low, std::int64_t high) const;
  std::optional<double> number(double low, double high) const;
  std::optional<bool> boolean() const;
  /// "64 KiB", "2 GiB", "123": bytes.
  std::optional<std::uint64_t> bytes() const;
  /// "250ms", "30s", "5m", "2h": milliseconds. A bare number is a problem: the unit must be said.
  std::optional<std::int64_t> duration_ms() const;
  /// One of the given words; the hint names the closest.
  std::optional<std::string> choice(const std::vector<std::string>& words) const;
  /// A scalar or a list of scalars.
  std::vector<std::string> texts() const;

  /// Notes a problem here.
  void problem(std::string message, std::string hint = {}) const;
  /// Notes a problem for each key of this map that was never asked for, with the closest known key as a hint.
  void refuse_unknown_keys() const;
  /// Notes a problem when the key is missing; returns the node.
  YamlNode required(std::string_view key) const;
  /// The nearest key above or at this place, for messages; entries of lists are counted from 1: "rules[2]".
  std::string label() const;

  struct Impl;
  YamlNode() = default;
  explicit YamlNode(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  template <typename T>
  std::optional<T> fail(std::string message, std::string hint = {}) const;
  const std::string* scalar(std::string_view expected) const;

  std::shared_ptr<const Impl> impl_;
};

class YamlDocument {
 public:
  /// `name` is what problems show as the file.
  static YamlDocument parse(std::string text, std::string name);
  static YamlDocument load(const std::filesystem::path& file);
  /// Does not exist when the text is not YAML at all: nothing but problems() is worth looking at then.
  YamlNode root() const;
  const std::string& source() const;
  /// Problems so far, in file order.
  std::vector<Problem> problems() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The candidate with the smallest edit distance, if close enough to be a slip.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace veilgate::config
