#include "deidentify/needed.h"

#include <algorithm>
#include <array>

#include "deidentify/actions/action.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kCharacterSet{0x0008, 0x0005}, kSopClass{0x0008, 0x0016};
constexpr std::array<dicom::Tag, 3> kNames = {{{0x0008, 0x0018}, {0x0020, 0x000D}, {0x0020, 0x000E}}};
/// From Samples per Pixel to Pixel Representation, without retired texts that lie between them.
constexpr std::array<dicom::Tag, 13> kPixels = {{{0x0028, 0x0002},
                                                 {0x0028, 0x0003},
                                                 {0x0028, 0x0004},
                                                 {0x0028, 0x0006},
                                                 {0x0028, 0x0008},
                                                 {0x0028, 0x0009},
                                                 {0x0028, 0x0010},
                                                 {0x0028, 0x0011},
                                                 {0x0028, 0x0034},
                                                 {0x0028, 0x0100},
                                                 {0x0028, 0x0101},
                                                 {0x0028, 0x0102},
                                                 {0x0028, 0x0103}}};

template <typename Tags>
bool is_one_of(const Tags& tags, dicom::Tag tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

}  // namespace

const Action* needed_action(dicom::Tag tag) {
  if (is_one_of(kNames, tag)) return &kUid;
  return tag == kCharacterSet || tag == kSopClass || is_one_of(kPixels, tag) ? &kKeep : nullptr;
}

bool leaves_whole(dicom::Tag tag, const Action* action) {
  return action == &kKeep || (action == &kUid && is_one_of(kNames, tag));
}

std::string against_need(dicom::Tag tag, std::string_view action_name) {
  if (tag == kCharacterSet) return "is the program's own: text is written in UTF-8";
  if (needed_action(tag) == nullptr || leaves_whole(tag, action(action_name))) return {};
  if (is_one_of(kPixels, tag)) return "describes the pixels, which no reader can show without it";
  return tag == kSopClass ? "says what kind of object it is, which no reader can do without"
                          : "names the object or what it belongs to: 'uid' changes it, 'keep' leaves it";
}

}  // namespace veilgate::deidentify
