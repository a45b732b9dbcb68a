#include "verify/common_words.h"

#include <algorithm>
#include <array>
#include <vector>

namespace veilgate::verify {
namespace {

constexpr std::string_view kText =
    // values and terms of the standard
    "axial original primary secondary derived mixed none other unknown unspecified rgb ybr full rct ict partial "
    "palette color "
    "colour monochrome image images photo photograph photography photographic series study patient subject person test "
    "sample demo phantom anonymous anonymized anon deidentified removed yes true false left right both unpaired "
    "male female low high day dicom dcm iso utf srt sct snomed loinc ucum unit units scheme code value meaning version "
    "basic application confidentiality profile option options clean cleaned pixel data recognizable visual features "
    "feature retain "
    "longitudinal temporal information modified dates date device identity identifiers institution characteristics "
    "safe private descriptors structured content graphics veilgate research project method burned annotation "
    "microscopy endoscopy dermoscopy dermatology ophthalmology fundus slide specimen video camera lens flash light "
    "digital system standard default general general purpose clinical hospital clinic department doctor nurse mask "
    "masked "
    "jpeg jfif exif adobe icc srgb iec reference viewing condition display monitor copyright hewlett packard company "
    "lino "
    "mntr desc text view linear gamma media white black point red green blue gray grey brown yellow pink orange violet "
    "curve matrix space photoshop perceptual relative grayscale overview macro micro single multi frame word byte bit "
    // anatomy and findings
    "abdomen ankle anterior arm arms axilla back body bone bones breast brain buttock cheek chest chin ear ears elbow "
    "eye "
    "eyelid eyes face finger fingers foot forearm forehead gum gums hair hand hands head heart heel hip iris jaw joint "
    "knee "
    "lateral leg legs lesion limb lip lips liver lung medial mole mouth mucosa nail nails nasal neck nose oral palm "
    "palms "
    "pelvis penis posterior rash retina rib scalp scar shin shoulder skin skull sole spine spot stomach temple thigh "
    "throat thumb toe toes tongue tooth trunk ulcer ulna upper lower vulva wound wrist cornea lens pupil "
    "distal proximal dorsal ventral plantar palmar superior inferior central region entire structure surface normal "
    // ordinary words that are also names and stand in code meanings
    "the and for with from not per are was all any one two long short small large big young old new may june april "
    "august "
    "mark marks mean case page part parts field fields grade stage state status type time name line point close love";

std::vector<std::string_view> sorted_words() {
  std::vector<std::string_view> words;
  std::string_view rest = kText;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (end > 0) words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(words);
  return words;
}

constexpr std::array<std::string_view, 10> kPlaceholders{"00000000", "00010101", "11111111", "18000101", "18991230",
                                                         "18991231", "19000101", "19700101", "20000101", "99991231"};

}  // namespace

bool is_common_word(std::string_view lower_word) {
  static const std::vector<std::string_view> kWords = sorted_words();
  return std::ranges::binary_search(kWords, lower_word);
}

bool is_placeholder_date(std::string_view digits) {
  return std::ranges::find(kPlaceholders, digits) != kPlaceholders.end();
}

}  // namespace veilgate::verify
