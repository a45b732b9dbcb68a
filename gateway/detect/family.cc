#include "detect/family.h"

#include <algorithm>
#include <array>

namespace veilgate::detect {
namespace {

constexpr std::array kFamilies{&kUltraFace, &kBlazeFace, &kYuNet, &kScrfd, &kRetinaFace, &kPpOcrDet, &kPpOcrRec};

}  // namespace

std::string_view to_string(ModelRole role) {
  switch (role) {
    case ModelRole::Face:
      return "face";
    case ModelRole::TextFinder:
      return "text finder";
    case ModelRole::TextReader:
      break;
  }
  return "text reader";
}

std::span<const Family* const> families() { return kFamilies; }

const Family* find_family(std::string_view name) {
  const auto found =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&](const auto* one) { return one->name == name; });
  return found == kFamilies.end() ? nullptr : *found;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const auto* family : kFamilies) names.emplace_back(family->name);
  return names;
}

}  // namespace veilgate::detect
