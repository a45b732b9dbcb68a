#include "deidentify/explain.h"

#include <algorithm>
#include <map>
#include <set>

#include "deidentify/text_of.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

std::string_view letters_of(Code code) {
  switch (code) {
    case Code::X:
      return "X";
    case Code::Z:
      return "Z";
    case Code::D:
      return "D";
    case Code::U:
      return "U";
    case Code::K:
      return "K";
    case Code::C:
      return "C";
    case Code::XZ:
      return "X/Z";
    case Code::XD:
      return "X/D";
    case Code::ZD:
      return "Z/D";
    case Code::XZD:
      return "X/Z/D";
    case Code::XZU:
      return "X/Z/U*";
    case Code::None:
      return "-";
  }
  return "-";
}

std::string_view option_name(Column column) {
  const auto found = std::ranges::find(options(), column, &Option::column);
  return found == options().end() ? std::string_view("dates") : found->name;
}

std::string from_table(const Source& source) {
  if (source.row == nullptr) return "private";
  const std::string cell = source.row->pattern.odd       ? "private attributes"
                           : source.row->keyword.empty() ? "repeating group"
                                                         : source.row->keyword;
  std::string out = "table E.1-1, " + cell + ": " + std::string(letters_of(source.row->at(Column::Basic)));
  if (source.option != nullptr) {
    out += ", option " + std::string(option_name(*source.option)) + ": " +
           std::string(letters_of(source.row->at(*source.option)));
  }
  return out;
}

/// Values by path, of every attribute that is there.
void values_of(const dicom::Item& item, const std::string& path, std::map<std::string, dicom::Element>& out) {
  for (const dicom::Element& element : item.elements()) {
    const std::string here = path + element.tag().str();
    out.emplace(here, element);
    if (!element.is_sequence()) continue;
    int number = 0;
    for (const dicom::Item& inner : element.items())
      values_of(inner, here + "[" + std::to_string(++number) + "].", out);
  }
}

Phi<std::string> shown(const dicom::Element& element, const std::vector<std::string>& sets) {
  const bool text = !element.is_sequence() && !element.is_pixel_data() && freedom_of(element.vr()) <= 3;
  return text ? text_of(element, sets) : Phi<std::string>();
}

/// Bytes are not compared: what an action does to them is a change, unless it keeps them.
bool differs(const Explained& line) {
  const bool text = line.action == "keep" || !line.before.reveal().empty() || !line.after.reveal().empty();
  return text ? line.after.reveal() != line.before.reveal() : line.action != "keep";
}

}  // namespace

std::string describe(const Decision& decision, const ProfileSpec& spec) {
  switch (decision.source.kind) {
    case Source::Kind::Structure:
      if (decision.action == &kStamped) return "said anew by the stamp";
      return decision.action == &kKeep ? "pixel data: left to the pixel steps" : "structure: never kept";
    case Source::Kind::Needed:
      return "no reader can do without it";
    case Source::Kind::Shape:
      return "its encoding could say more than the attribute may";
    case Source::Kind::Unread:
      return "rule " + decision.source.rule->origin + ", but UN: not readable as text, removed";
    case Source::Kind::Rule:
      return "rule " + decision.source.rule->origin;
    case Source::Kind::Table:
      return from_table(decision.source);
    case Source::Kind::SafePrivate:
      return "table E.3.10-1, safe private attributes";
    case Source::Kind::Unlisted:
      return "not in table E.1-1: unlisted of " + spec.name;
  }
  return {};
}

Explanation::Explanation(const dicom::Item& dataset, const ProfileSpec& spec)
    : spec_(spec), character_sets_(character_sets_of(dataset)) {}

Observer Explanation::observer() {
  return [this](const std::string& path, const dicom::Element& element, const Decision& decision) {
    const dicom::Tag tag = element.tag();
    Explained line;
    line.path = path + tag.str();
    line.keyword = dicom::keyword_of(tag);
    line.vr = element.vr();
    line.action = decision.action->name;
    line.source = describe(decision, spec_);
    items_before_.push_back(element.items().size());
    line.before = shown(element, {"ISO_IR 192"});  // the transform wrote it so before it began
    out_.push_back(std::move(line));
  };
}

std::vector<Explained> Explanation::finish(const dicom::Item& dataset) {
  std::map<std::string, dicom::Element> after;
  values_of(dataset, {}, after);
  std::set<std::string> with_changes;  // sequences; they come before what they hold, so the end is looked at first
  for (std::size_t index = out_.size(); index-- > 0;) {
    Explained& line = out_[index];
    const auto found = after.find(line.path);
    if (found != after.end()) line.after = shown(found->second, {"ISO_IR 192"});
    line.changed = found == after.end() || with_changes.contains(line.path) ||
                   (found->second.is_sequence() ? found->second.items().size() != items_before_[index] : differs(line));
    if (const auto item = line.path.rfind('['); line.changed && item != std::string::npos) {
      with_changes.insert(line.path.substr(0, item));
    }
  }
  return std::move(out_);
}

}  // namespace veilgate::deidentify
