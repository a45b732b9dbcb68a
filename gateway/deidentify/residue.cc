#include "base/limits.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016};
constexpr std::size_t kMaxPlaces = 1000;  ///< more say nothing new

void visit(const Ruleset& rules, const dicom::Item& item, Place& place, const std::string& path,
           std::vector<std::string>& out) {
  for (const dicom::Element& element : item.elements()) {
    if (out.size() >= kMaxPlaces) return;
    const Decision decision = rules.decide(element, place);
    const std::string here = path + element.tag().str();
    if (!decision.action->settled(element, decision)) {
      out.push_back(here);
      continue;
    }
    if (!element.is_sequence() || !decision.action->descends(element)) continue;
    if (place.depth >= limits::kMaxSequenceDepth) {
      out.push_back(here);
      continue;
    }
    ++place.depth;
    int number = 0;
    for (const dicom::Item& inner : element.items()) {
      visit(rules, inner, place, here + "[" + std::to_string(++number) + "].", out);
    }
    --place.depth;
  }
}

}  // namespace

std::vector<std::string> unsettled(const Ruleset& rules, const dicom::Item& dataset) {
  std::vector<std::string> out;
  Place place{dataset.text(kSopClass).reveal(), 0};
  visit(rules, dataset, place, {}, out);
  return out;
}

}  // namespace veilgate::deidentify
