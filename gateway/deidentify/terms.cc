#include "deidentify/terms.h"

#include <algorithm>
#include <array>

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kModality{0x0008, 0x0060};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// Terms between bars.
struct Terms {
  dicom::Tag tag;
  std::string_view values;
};

/// Defined and Enumerated Values of PS3.3: C.7.1.1, C.7.2.2, C.7.3.1.1.1 (with the retired ones), C.8.6.1, C.7.6.1.1.5,
/// C.8.11.1. Laterality with the U and B of Image Laterality, which cameras write there too.
constexpr std::array<Terms, 9> kTerms = {
    {{{0x0010, 0x0040}, "|M|F|O|"},
     {{0x0010, 0x21A0}, "|YES|NO|UNKNOWN|"},
     {{0x0010, 0x2203}, "|ALTERED|UNALTERED|"},
     {{0x0008, 0x0060},
      "|ANN|AR|ASMT|AU|BDUS|BI|BMD|CFM|CR|CT|CTPROTOCOL|DG|DMS|DOC|DX|ECG|EEG|EMG|EOG|EPS|ES|FID|GM|HC|HD|IO|IOL|"
      "IVOCT|IVUS|KER|KO|LEN|LP|LS|M3D|MG|MR|NM|OAM|OCT|OP|OPM|OPT|OPTBSV|OPTENF|OPV|OSS|OT|PA|PLAN|POS|PR|PT|PX|REG|"
      "RESP|RF|RG|RTDOSE|RTIMAGE|RTINTENT|RTPLAN|RTRAD|RTRECORD|RTSEGANN|RTSTRUCT|RWV|SEG|SM|SMR|SR|SRF|STAIN|"
      "TEXTUREMAP|TG|US|VA|XA|XAPROTOCOL|XC|AS|CD|CF|CP|CS|DD|DF|DM|DS|EC|FA|FS|MA|MS|OPR|ST|TF|VF|"},
     {{0x0008, 0x0064}, "|DV|DI|DF|WSD|SD|SI|DRW|SYN|"},
     {{0x0008, 0x0068}, "|FOR PRESENTATION|FOR PROCESSING|"},
     {{0x0020, 0x0060}, "|L|R|U|B|"},
     {{0x0020, 0x0062}, "|L|R|U|B|"},
     {{0x0028, 0x2110}, "|00|01|"}}};

}  // namespace

bool is_term(dicom::Tag tag, std::string_view value) {
  const auto found = std::ranges::find(kTerms, tag, &Terms::tag);
  if (found == kTerms.end() || value.empty()) return true;
  // Two letters are what devices make up for a modality; there is no room for a person in them.
  if (tag == kModality && value.size() == 2 && is_upper(value[0]) && is_upper(value[1])) return true;
  if (value.find('|') != std::string_view::npos) return false;
  for (auto at = found->values.find(value); at != std::string_view::npos; at = found->values.find(value, at + 1)) {
    if (found->values[at - 1] == '|' && found->values[at + value.size()] == '|') return true;
  }
  return false;
}

}  // namespace veilgate::deidentify
