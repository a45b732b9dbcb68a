#pragma once
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/yaml_reader.h"

/// Inside of the YAML reader; nothing else includes it.
namespace veilgate::config {

/// Collects problems up to limits::kMaxProblems.
class ProblemSink {
 public:
  explicit ProblemSink(std::string name) : name_(std::move(name)) {}
  void note(int line, int column, std::string message, std::string hint = {});
  bool full() const;
  /// In file order, with a last line when some were left out.
  std::vector<Problem> sorted() const;

 private:
  std::string name_;
  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
};

struct YamlNode::Impl {
  enum class Kind {
    Missing,
    Broken,  ///< there, but already complained about: reads give nothing and add no second problem
    Scalar,
    List,
    Map,
  };
  Kind kind = Kind::Missing;
  int line = 0, column = 0;
  std::string label;  ///< nearest key, for messages; in a list with the number of the entry: "rules[2]"
  std::string scalar;
  bool plain = true;                            ///< not quoted, not a block scalar
  std::vector<std::shared_ptr<Impl>> children;  ///< of a list or, in the order of `keys`, of a map
  std::vector<std::shared_ptr<Impl>> keys;
  std::unordered_map<std::string, std::size_t> index;
  std::shared_ptr<ProblemSink> sink;
  mutable std::set<std::string, std::less<>> asked;
  mutable bool shape_noted = false;
};

using YamlImpl = std::shared_ptr<YamlNode::Impl>;

/// Builds the tree; empty when the text is not YAML at all (the problem is in the sink).
std::shared_ptr<const YamlNode::Impl> build_yaml_tree(const std::string& text,
                                                      const std::shared_ptr<ProblemSink>& sink);

}  // namespace veilgate::config
