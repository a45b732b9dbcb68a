#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <tuple>

#include "base/limits.h"

namespace veilgate::config {

void ProblemSink::note(int line, int column, std::string message, std::string hint) {
  if (full()) {
    ++left_out_;
    return;
  }
  problems_.push_back({name_, line, column, std::move(message), std::move(hint)});
}

bool ProblemSink::full() const { return problems_.size() >= limits::kMaxProblems; }

std::vector<Problem> ProblemSink::sorted() const {
  std::vector<Problem> out = problems_;
  std::stable_sort(out.begin(), out.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (left_out_ > 0) out.push_back({name_, 0, 0, std::to_string(left_out_) + " more problems are not listed", ""});
  return out;
}

namespace {

using Impl = YamlNode::Impl;

// Ends the parse from inside an event; its problem is already noted.
struct Abandon {};

// yaml-cpp's node layer loses duplicate keys, quoting and anchors; its events still have them.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::shared_ptr<ProblemSink> sink) : sink_(std::move(sink)) {}

  YamlImpl take_root() {
    for (const YamlImpl& node : empty_) {
      sink_->note(node->line, node->column, "'" + node->label + "' has no value", "remove the key or give it a value");
    }
    return std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    sink_->note(mark.line + 1, mark.column + 1, "a second document",
                "keep one document per file, without '---' between");
    throw Abandon{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlImpl node = make(Impl::Kind::Broken, mark, anchor);
    if (expects_key()) {
      sink_->note(node->line, node->column, "a key without a name");
    } else if (stack_.empty()) {
      sink_->note(0, 0, "the file is empty");
    } else {
      // The mark of an empty value is that of whatever comes next.
      if (pending_key_) std::tie(node->line, node->column) = std::tie(pending_key_->line, pending_key_->column);
      empty_.push_back(node);
    }
    attach(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "alias ('*')");
    attach(make(Impl::Kind::Broken, mark, 0));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlImpl node = make(Impl::Kind::Scalar, mark, anchor);
    node->scalar = value;
    node->plain = tag == "?";
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tag ('!')");
    attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Impl::Kind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Impl::Kind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  bool expects_key() const { return !stack_.empty() && stack_.back()->kind == Impl::Kind::Map && !pending_key_; }

  std::string label() const {
    if (pending_key_) return pending_key_->scalar;
    return stack_.empty() ? "" : stack_.back()->label;
  }

  void refuse(const YAML::Mark& mark, const std::string& what) {
    sink_->note(mark.line + 1, mark.column + 1, "a YAML " + what + " is not allowed here", "write the value out");
  }

  YamlImpl make(Impl::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++nodes_ > limits::kMaxYamlNodes) {
      sink_->note(mark.line + 1, mark.column + 1,
                  "more than " + std::to_string(limits::kMaxYamlNodes) + " values in one file");
      throw Abandon{};
    }
    auto node = std::make_shared<Impl>();
    node->kind = kind;
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    node->label = label();
    node->sink = sink_;
    if (anchor != 0) refuse(mark, "anchor ('&')");
    return node;
  }

  void open(Impl::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (stack_.size() >= static_cast<std::size_t>(limits::kMaxYamlDepth)) {
      sink_->note(mark.line + 1, mark.column + 1,
                  "nested more than " + std::to_string(limits::kMaxYamlDepth) + " levels deep");
      throw Abandon{};
    }
    YamlImpl node = make(kind, mark, anchor);
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tag ('!')");
    attach(node);
    stack_.push_back(std::move(node));
  }

  void close() { stack_.pop_back(); }

  void attach(YamlImpl node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Impl& parent = *stack_.back();
    if (parent.kind == Impl::Kind::List) {
      node->label = parent.label + "[" + std::to_string(parent.children.size() + 1) + "]";
      parent.children.push_back(std::move(node));
    } else if (!pending_key_) {
      take_key(std::move(node));
    } else {
      add_pair(parent, std::move(node));
    }
  }

  void take_key(YamlImpl node) {
    if (node->kind == Impl::Kind::List || node->kind == Impl::Kind::Map) {
      sink_->note(node->line, node->column, "a key must be plain text");
      throw Abandon{};
    }
    if (node->scalar == "<<" && node->plain) {
      sink_->note(node->line, node->column, "a YAML merge key ('<<') is not allowed here", "write the values out");
      node->kind = Impl::Kind::Broken;
    }
    pending_key_ = std::move(node);
  }

  void add_pair(Impl& parent, YamlImpl node) {
    const YamlImpl key = std::move(pending_key_);
    pending_key_.reset();
    node->label = key->scalar;
    if (key->kind == Impl::Kind::Broken) return;
    const auto [place, fresh] = parent.index.emplace(key->scalar, parent.keys.size());
    if (!fresh) {
      sink_->note(key->line, key->column, "key '" + key->scalar + "' is given twice",
                  "first given on line " + std::to_string(parent.keys[place->second]->line));
      return;
    }
    parent.keys.push_back(key);
    parent.children.push_back(std::move(node));
  }

  std::shared_ptr<ProblemSink> sink_;
  YamlImpl root_;
  std::vector<YamlImpl> stack_;
  YamlImpl pending_key_;
  std::vector<YamlImpl> empty_;  // Told only when the rest is YAML: a syntax error makes empty values of its own.
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

std::shared_ptr<const Impl> build_yaml_tree(const std::string& text, const std::shared_ptr<ProblemSink>& sink) {
  Builder builder(sink);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Abandon&) {
    return nullptr;
  } catch (const YAML::Exception& error) {
    sink->note(error.mark.line + 1, error.mark.column + 1, "not valid YAML: " + error.msg);
    return nullptr;
  } catch (const std::exception&) {
    sink->note(0, 0, "the YAML reader gave up on this file");
    return nullptr;
  }
  YamlImpl root = builder.take_root();
  if (!root) sink->note(0, 0, "the file is empty");
  return root;
}

}  // namespace veilgate::config
