#include <algorithm>

#include "base/files.h"
#include "base/limits.h"
#include "deidentify/embedded.h"
#include "deidentify/profile_reader.h"

namespace veilgate::deidentify {
namespace {

constexpr int kMaxParents = 8;
constexpr std::string_view kSuffix = ".yaml";

using config::Problem;
using config::YamlDocument;

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(kSuffix) || name.ends_with(".yml");
}

YamlDocument open(const std::string& name) {
  if (is_path(name)) return YamlDocument::load(name);
  return YamlDocument::parse(std::string(embedded(name + std::string(kSuffix))), "profile:" + name);
}

std::string relative_to(const std::string& child, const std::string& parent) {
  if (!is_path(child) || !is_path(parent)) return parent;
  return (std::filesystem::path(child).parent_path() / parent).string();
}

struct Chain {
  std::vector<YamlDocument> documents;  ///< child first
  std::vector<std::string> names;
};

Chain follow(const std::string& name, std::vector<Problem>& problems) {
  Chain out;
  std::string next = name;
  if (const auto unknown = unknown_profile(name); !unknown.message.empty()) {
    problems.push_back(unknown);
    return out;
  }
  for (;;) {
    YamlDocument document = open(next);
    out.names.push_back(next);
    out.documents.push_back(document);
    const auto root = document.root();
    if (!root.exists()) break;
    const auto extends = root["extends"];
    const auto parent = extends.text();
    if (!parent) break;
    next = relative_to(next, *parent);
    if (const auto unknown = unknown_profile(next); !unknown.message.empty()) {
      extends.problem(unknown.message, unknown.hint);
      break;
    }
    if (std::ranges::find(out.names, next) != out.names.end()) {
      extends.problem("profiles extend each other in a circle");
      break;
    }
    if (out.names.size() > kMaxParents) {
      extends.problem("more than " + std::to_string(kMaxParents) + " parents");
      break;
    }
  }
  return out;
}

}  // namespace

Problem unknown_profile(const std::string& name) {
  if (is_path(name) || !embedded(name + std::string(kSuffix)).empty()) return {};
  const auto guess = config::closest(name, built_in_profiles());
  return {
      name, 0, 0, "there is no built-in profile '" + name + "'",
      guess ? "did you mean '" + *guess + "'?" : "'veilgate profile list' names them; a path ends in .yaml or .yml"};
}

LoadedSpec load_spec(const std::string& name_or_path) {
  LoadedSpec out;
  Chain chain = follow(name_or_path, out.problems);
  ProfileSpec spec;
  for (auto document = chain.documents.rbegin(); document != chain.documents.rend(); ++document) {
    const std::string& name = chain.names[static_cast<std::size_t>(chain.documents.rend() - document) - 1];
    const std::string file = is_path(name) ? std::filesystem::path(name).filename().string() : name + ".yaml";
    if (document->root().exists()) read_profile(document->root(), file, spec);
    spec.sources.push_back(document->source());
    for (Problem& problem : document->problems()) out.problems.push_back(std::move(problem));
  }
  if (!out.problems.empty()) return out;
  spec.file = is_path(name_or_path) ? name_or_path : "profile:" + name_or_path;
  out.spec = std::move(spec);
  return out;
}

std::vector<std::string> built_in_profiles() {
  std::vector<std::string> out;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name.ends_with(kSuffix)) out.emplace_back(file.name.substr(0, file.name.size() - kSuffix.size()));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace veilgate::deidentify
