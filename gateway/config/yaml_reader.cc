#include "config/yaml_reader.h"

#include "config/yaml_tree.h"

namespace veilgate::config {
namespace {

using Kind = YamlNode::Impl::Kind;

std::shared_ptr<YamlNode::Impl> missing(const YamlNode::Impl* parent, std::string_view key) {
  auto node = std::make_shared<YamlNode::Impl>();
  node->label = key;
  if (parent != nullptr) {
    node->line = parent->line;
    node->column = parent->column;
    node->sink = parent->sink;
  }
  return node;
}

// Once per node: a section that is a scalar would else be reported for every key that is asked of it.
void note_shape(const YamlNode::Impl& node, const char* expected) {
  if (node.shape_noted || node.kind == Kind::Broken || node.kind == Kind::Missing) return;
  node.shape_noted = true;
  const std::string who = node.label.empty() ? "the file" : "'" + node.label + "'";
  node.sink->note(node.line, node.column, who + " must be " + expected);
}

}  // namespace

bool YamlNode::exists() const { return impl_ && impl_->kind != Kind::Missing; }
bool YamlNode::is_map() const { return impl_ && impl_->kind == Kind::Map; }
bool YamlNode::is_list() const { return impl_ && impl_->kind == Kind::List; }
bool YamlNode::is_scalar() const { return impl_ && impl_->kind == Kind::Scalar; }
int YamlNode::line() const { return impl_ ? impl_->line : 0; }
int YamlNode::column() const { return impl_ ? impl_->column : 0; }
std::string YamlNode::label() const { return impl_ ? impl_->label : ""; }

YamlNode YamlNode::operator[](std::string_view key) const {
  if (is_map()) {
    impl_->asked.emplace(key);
    const auto found = impl_->index.find(std::string(key));
    if (found != impl_->index.end()) return YamlNode(impl_->children[found->second]);
  } else if (exists()) {
    note_shape(*impl_, "a map of keys and values");
  }
  return YamlNode(missing(impl_.get(), key));
}

std::vector<std::string> YamlNode::keys() const {
  std::vector<std::string> out;
  if (!is_map()) {
    if (exists()) note_shape(*impl_, "a map of keys and values");
    return out;
  }
  for (const auto& key : impl_->keys) {
    impl_->asked.insert(key->scalar);
    out.push_back(key->scalar);
  }
  return out;
}

YamlNode YamlNode::key_node(std::string_view key) const {
  if (is_map()) {
    const auto found = impl_->index.find(std::string(key));
    if (found != impl_->index.end()) return YamlNode(impl_->keys[found->second]);
  }
  return YamlNode(missing(impl_.get(), key));
}

std::vector<YamlNode> YamlNode::items() const {
  std::vector<YamlNode> out;
  if (!is_list()) {
    if (exists()) note_shape(*impl_, "a list");
    return out;
  }
  for (const auto& child : impl_->children) out.emplace_back(child);
  return out;
}

std::vector<std::string> YamlNode::texts() const {
  std::vector<std::string> out;
  if (!is_list()) {
    if (auto one = text()) out.push_back(std::move(*one));
    return out;
  }
  for (const YamlNode& item : items()) {
    if (auto one = item.text()) out.push_back(std::move(*one));
  }
  return out;
}

void YamlNode::problem(std::string message, std::string hint) const {
  if (impl_ && impl_->sink) impl_->sink->note(impl_->line, impl_->column, std::move(message), std::move(hint));
}

void YamlNode::refuse_unknown_keys() const {
  if (!is_map()) {
    if (exists()) note_shape(*impl_, "a map of keys and values");
    return;
  }
  const std::vector<std::string> known(impl_->asked.begin(), impl_->asked.end());
  for (const auto& key : impl_->keys) {
    if (impl_->asked.contains(key->scalar)) continue;
    const auto near = impl_->sink->full() ? std::nullopt : closest(key->scalar, known);
    impl_->sink->note(key->line, key->column, "unknown key '" + key->scalar + "'",
                      near ? "did you mean '" + *near + "'?" : "");
  }
}

YamlNode YamlNode::required(std::string_view key) const {
  YamlNode node = (*this)[key];
  if (is_map() && !node.exists()) problem("missing key '" + std::string(key) + "'");
  return node;
}

}  // namespace veilgate::config
