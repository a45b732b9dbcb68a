#include "deidentify/unicode.h"

#include <algorithm>

#include "base/limits.h"
#include "deidentify/text_of.h"
#include "deidentify/values.h"
#include "dicom/charset.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kCharacterSet{0x0008, 0x0005};

bool is_plain(char c) { return static_cast<unsigned char>(c) < 0x80 && c != 0x1B; }

/// VRs that Specific Character Set is about, PS3.5 6.1.2.3.
bool follows_character_set(std::string_view vr) {
  return vr == "LO" || vr == "LT" || vr == "PN" || vr == "SH" || vr == "ST" || vr == "UC" || vr == "UT";
}

class Unicode {
 public:
  Result<void> item(dicom::Item item, std::vector<std::string> character_sets, int depth) {
    if (depth > limits::kMaxSequenceDepth) return {};  // the walk that follows refuses it
    if (const auto own = character_sets_of(item); !own.empty()) character_sets = own;
    for (const dicom::Element& element : item.elements()) {
      if (element.is_sequence()) {
        for (const dicom::Item& inner : element.items()) VG_TRY(this->item(inner, character_sets, depth + 1));
      } else if (freedom_of(element.vr()) >= 1 && freedom_of(element.vr()) <= 3) {
        VG_TRY(text(item, element, character_sets));
      }
    }
    if (depth > 0) item.remove(kCharacterSet);
    return {};
  }

  bool wrote_more_than_ascii() const { return more_than_ascii_; }
  int unreadable() const { return unreadable_; }

 private:
  Result<void> text(dicom::Item& item, const dicom::Element& element, const std::vector<std::string>& sets) {
    const auto raw = element.raw_text();
    if (std::ranges::all_of(raw.reveal(), is_plain)) return {};
    const std::string vr = element.vr();
    const auto decoded = follows_character_set(vr) ? dicom::to_utf8(raw.reveal(), sets, vr) : dicom::Decoded{{}, false};
    if (!decoded) return tl::unexpected(decoded.error());
    if (!decoded->exact) {
      ++unreadable_;
      return item.set_empty(element.tag(), vr);
    }
    more_than_ascii_ = more_than_ascii_ || !std::ranges::all_of(decoded->text, is_plain);
    return item.set_text(element.tag(), decoded->text, vr);
  }

  bool more_than_ascii_ = false;
  int unreadable_ = 0;
};

}  // namespace

Result<int> write_as_unicode(dicom::Item dataset) {
  Unicode unicode;
  VG_TRY(unicode.item(dataset, {}, 0));
  if (unicode.wrote_more_than_ascii()) {
    VG_TRY(dataset.set_text(kCharacterSet, "ISO_IR 192"));
  } else {
    dataset.remove(kCharacterSet);
  }
  return unicode.unreadable();
}

}  // namespace veilgate::deidentify
