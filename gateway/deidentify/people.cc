#include "deidentify/people.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "deidentify/text_of.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr std::size_t kMaxValues = 2'000;  ///< of one object; real ones have a few dozen
constexpr std::size_t kMaxLength = 1'024;

template <std::size_t N>
bool is_one_of(const std::array<dicom::Tag, N>& tags, dicom::Tag tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

bool is_patient_name(dicom::Tag tag) {
  constexpr std::array<dicom::Tag, 4> kTags = {
      {{0x0010, 0x0010}, {0x0010, 0x1001}, {0x0010, 0x1005}, {0x0010, 0x1060}}};
  return is_one_of(kTags, tag);
}

/// Numbers that stand for the patient, a visit, an order or a device.
bool is_identifier(dicom::Tag tag) {
  constexpr std::array<dicom::Tag, 14> kTags = {{{0x0010, 0x0020},
                                                 {0x0010, 0x1000},
                                                 {0x0010, 0x1090},
                                                 {0x0008, 0x0050},
                                                 {0x0020, 0x0010},
                                                 {0x0038, 0x0010},
                                                 {0x0038, 0x0060},
                                                 {0x0040, 0x1001},
                                                 {0x0040, 0x0009},
                                                 {0x0040, 0x2016},
                                                 {0x0040, 0x2017},
                                                 {0x0040, 0x0253},
                                                 {0x0018, 0x1000},
                                                 {0x0012, 0x0040}}};
  return is_one_of(kTags, tag);
}

bool is_place(dicom::Tag tag) {
  constexpr std::array<dicom::Tag, 10> kTags = {{{0x0008, 0x0080},
                                                 {0x0008, 0x0081},
                                                 {0x0008, 0x1010},
                                                 {0x0010, 0x1040},
                                                 {0x0010, 0x2154},
                                                 {0x0010, 0x2155},
                                                 {0x0008, 0x0092},
                                                 {0x0008, 0x0094},
                                                 {0x0038, 0x0300},
                                                 {0x0040, 0x1011}}};
  return is_one_of(kTags, tag);
}

class Gather {
 public:
  explicit Gather(KnownPeople out) : out_(std::move(out)) {}

  void item(const dicom::Item& item, std::vector<std::string> sets, int depth) {
    if (depth > limits::kMaxSequenceDepth) return;
    if (const auto own = character_sets_of(item); !own.empty()) sets = own;
    for (const dicom::Element& element : item.elements()) {
      if (element.is_sequence()) {
        for (const dicom::Item& inner : element.items()) this->item(inner, sets, depth + 1);
      } else if (auto* into = list_for(element)) {
        take(element, sets, *into);
      }
    }
  }

  KnownPeople take_all() { return std::move(out_); }

 private:
  using Values = std::vector<Phi<std::string>>;

  Values* list_for(const dicom::Element& element) {
    const dicom::Tag tag = element.tag();
    if (is_patient_name(tag)) return &out_.patient_names;
    if (tag == dicom::Tag{0x0010, 0x0030}) return &out_.birth_dates;
    if (is_identifier(tag)) return &out_.identifiers;
    if (is_place(tag)) return &out_.places;
    if (element.vr() == "DA" || element.vr() == "DT") return &out_.dates;
    return element.vr() == "PN" ? &out_.other_names : nullptr;
  }

  void take(const dicom::Element& element, const std::vector<std::string>& sets, Values& into) {
    const auto text = text_of(element, sets);
    for (std::string value : split_values(text.reveal())) {
      if (value.empty() || value.size() > kMaxLength || into.size() >= kMaxValues) continue;
      const auto same = [&](const Phi<std::string>& other) { return other.reveal() == value; };
      if (std::ranges::none_of(into, same)) into.emplace_back(std::move(value));
    }
  }

  KnownPeople out_;
};

}  // namespace

KnownPeople people_of(const dicom::Item& dataset, const KnownPeople* known) {
  Gather gather(known == nullptr ? KnownPeople() : *known);
  gather.item(dataset, {}, 0);
  return gather.take_all();
}

}  // namespace veilgate::deidentify
