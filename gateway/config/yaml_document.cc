#include "base/files.h"
#include "base/limits.h"
#include "config/yaml_text.h"
#include "config/yaml_tree.h"

namespace veilgate::config {

struct YamlDocument::Impl {
  std::string source;
  std::shared_ptr<ProblemSink> sink;
  std::shared_ptr<const YamlNode::Impl> root;
};

YamlDocument YamlDocument::parse(std::string text, std::string name) {
  YamlDocument document;
  document.impl_ = std::make_shared<Impl>();
  document.impl_->sink = std::make_shared<ProblemSink>(std::move(name));
  document.impl_->source = std::move(text);
  ProblemSink& sink = *document.impl_->sink;
  if (document.impl_->source.size() > limits::kMaxConfigBytes) {
    sink.note(0, 0, "the file is larger than " + std::to_string(limits::kMaxConfigBytes >> 20) + " MiB");
  } else if (check_yaml_text(document.impl_->source, sink)) {
    document.impl_->root = build_yaml_tree(document.impl_->source, document.impl_->sink);
  }
  return document;
}

YamlDocument YamlDocument::load(const std::filesystem::path& file) {
  auto text = read_file(file, limits::kMaxConfigBytes);
  if (text) return parse(std::move(*text), file.string());
  YamlDocument document;
  document.impl_ = std::make_shared<Impl>();
  document.impl_->sink = std::make_shared<ProblemSink>(file.string());
  document.impl_->sink->note(0, 0, "cannot be read: " + text.error().message);
  return document;
}

YamlNode YamlDocument::root() const { return YamlNode(impl_->root); }
const std::string& YamlDocument::source() const { return impl_->source; }
std::vector<Problem> YamlDocument::problems() const { return impl_->sink->sorted(); }

}  // namespace veilgate::config
