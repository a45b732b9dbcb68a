#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "config/yaml_reader.h"
#include "dicom/uids.h"
#include "route/pattern.h"
#include "route/route.h"

namespace veilgate::route {
namespace {

config::Problem problem_at(const config::Config& config, config::Place place, std::string message, std::string hint) {
  return {config.shown_file, place.line, place.column, std::move(message), std::move(hint)};
}

bool is_accepted_class(const std::string& pattern) {
  const auto classes = dicom::storage_classes();
  return std::any_of(classes.begin(), classes.end(), [&](const dicom::StorageClass& one) {
    return matches_pattern(pattern, one.uid) || matches_pattern(pattern, one.keyword);
  });
}

std::string class_hint(const std::string& text) {
  std::vector<std::string> keywords;
  for (const auto& one : dicom::storage_classes()) keywords.emplace_back(one.keyword);
  const auto near = config::closest(text, keywords);
  return near ? fmt::format("did you mean '{}'?", *near) : "a UID or keyword of a class that the gateway accepts";
}

// Keywords that rules about photographs are written on; the hint for a slip comes from here.
const std::vector<std::string>& usual_attributes() {
  static const std::vector<std::string> names{"Modality",
                                              "InstitutionName",
                                              "InstitutionalDepartmentName",
                                              "StationName",
                                              "Manufacturer",
                                              "StudyDescription",
                                              "SeriesDescription",
                                              "ProtocolName",
                                              "ImageType",
                                              "BodyPartExamined",
                                              "ManufacturerModelName",
                                              "BurnedInAnnotation",
                                              "ReferringPhysicianName",
                                              "RequestingService",
                                              "ConversionType",
                                              "AccessionNumber",
                                              "PatientID",
                                              "IssuerOfPatientID",
                                              "ClinicalTrialProtocolID",
                                              "DeviceSerialNumber",
                                              "SoftwareVersions",
                                              "StudyID",
                                              "Laterality",
                                              "SpecificCharacterSet"};
  return names;
}

// Empty when the attribute can be matched.
std::string attribute_fault(const std::string& text, std::string& hint) {
  const auto tag = dicom::tag_from(text);
  if (!tag) {
    const auto near = config::closest(text, usual_attributes());
    hint = near ? fmt::format("did you mean '{}'?", *near) : "a keyword like StationName or a tag like '0008,1010'";
    return fmt::format("unknown attribute '{}'", text);
  }
  if (tag->is_private()) return fmt::format("attribute '{}' is private; rules see standard attributes only", text);
  if (tag->group < 0x0008) return fmt::format("attribute '{}' is not part of the dataset", text);
  return {};
}

std::string shown(const config::Route* route) {
  return route == nullptr ? "no route (held)" : fmt::format("route '{}'", route->name);
}

RouteFacts facts_of(const config::RouteTest& test) {
  std::map<dicom::Tag, std::string> values;
  for (const auto& [name, list] : test.attributes) {
    const auto tag = dicom::tag_from(name);
    if (!tag) continue;
    std::string& joined = values[*tag];
    for (const std::string& value : list) joined += (joined.empty() ? "" : "\\") + value;
  }
  if (!test.modality.empty()) values[{0x0008, 0x0060}] = test.modality;
  const auto* known = dicom::storage_class(test.sop_class);
  return {test.calling_ae, test.called_ae, test.peer, known != nullptr ? std::string(known->uid) : test.sop_class,
          [values = std::move(values)](dicom::Tag tag) {
            const auto found = values.find(tag);
            return Phi<std::string>(found == values.end() ? std::string() : found->second);
          }};
}

}  // namespace

std::vector<config::Problem> check(const config::Config& config) {
  std::vector<config::Problem> problems;
  for (const config::DicomWord& word : config.dicom_words) {
    if (word.kind == config::DicomWord::Kind::SopClass) {
      if (is_accepted_class(word.text)) continue;
      problems.push_back(problem_at(config, word.place, fmt::format("no accepted SOP class matches '{}'", word.text),
                                    class_hint(word.text)));
      continue;
    }
    std::string hint;
    std::string fault = attribute_fault(word.text, hint);
    if (!fault.empty()) problems.push_back(problem_at(config, word.place, std::move(fault), std::move(hint)));
  }
  return problems;
}

std::vector<config::Problem> run_route_tests(const config::Config& config) {
  std::vector<config::Problem> problems;
  for (std::size_t i = 0; i < config.tests.size(); ++i) {
    const config::RouteTest& test = config.tests[i];
    const config::Route* expected = config.route(test.expected_route);
    const config::Route* taken = choose(config, facts_of(test));
    if (taken == expected) continue;
    const std::string name = test.name.empty() ? fmt::format("{}", i + 1) : fmt::format("'{}'", test.name);
    problems.push_back(problem_at(
        config, test.place, fmt::format("test {} expects {} but takes {}", name, shown(expected), shown(taken)), ""));
  }
  return problems;
}

}  // namespace veilgate::route
