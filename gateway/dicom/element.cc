#include <charconv>

#include "dicom/dataset.h"
#include "dicom/native.h"

namespace veilgate::dicom {
namespace {

/// More numbers than this in one attribute are data (lookup tables, curves), not text; rendering them would only cost
/// memory.
constexpr unsigned long kMaxRenderedNumbers = 4096;

bool is_numeric_vr(DcmEVR vr) {
  switch (vr) {
    case EVR_AT:
    case EVR_FD:
    case EVR_FL:
    case EVR_SL:
    case EVR_SS:
    case EVR_SV:
    case EVR_UL:
    case EVR_US:
    case EVR_UV:
    case EVR_xs:
    case EVR_lt:
    case EVR_up:
      return true;
    default:
      return false;
  }
}

/// Valid until the element is changed.
std::string_view string_value(DcmElement& element) {
  char* text = nullptr;
  Uint32 size = 0;
  if (element.getString(text, size).bad() || text == nullptr) return {};
  return {text, size};
}

std::string numbers_as_text(DcmElement& element) {
  const unsigned long count = element.getVM();
  if (count > kMaxRenderedNumbers) return {};
  std::string out;
  for (unsigned long i = 0; i < count; ++i) {
    OFString value;
    if (element.getOFString(value, i).bad()) return {};
    if (i > 0) out.push_back('\\');
    out.append(value.c_str(), value.length());
  }
  return out;
}

std::string binary_value(DcmElement& element) {
  const Uint32 length = element.getLengthField();
  if (length == 0 || length == DCM_UndefinedLength) return {};
  std::string out(length, '\0');
  if (element.getPartialValue(out.data(), 0, length, nullptr, EBO_LittleEndian).bad()) return {};
  return out;
}

bool holds_encapsulated(DcmElement& element) {
  auto* pixels = dynamic_cast<DcmPixelData*>(&element);
  if (pixels == nullptr) return false;
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  pixels->getOriginalRepresentationKey(syntax, parameter);
  return DcmXfer(syntax).isEncapsulated();
}

}  // namespace

Tag Element::tag() const { return tag_of(native_->getTag()); }

std::string Element::vr() const { return DcmVR(native_->getVR()).getValidVRName(); }

// By ident(), which each class answers for itself: dynamic casts took a fifth of the engine's time.
bool Element::is_sequence() const { return dicom::is_sequence(*native_); }

bool Element::is_pixel_data() const { return native_->ident() == EVR_PixelData; }

std::uint32_t Element::length() const { return native_->getLength(); }

std::vector<Item> Element::items() const {
  std::vector<Item> out;
  if (!is_sequence()) return out;
  auto* sequence = static_cast<DcmSequenceOfItems*>(native_);
  for (DcmObject* object = sequence->nextInContainer(nullptr); object != nullptr;
       object = sequence->nextInContainer(object)) {
    if (auto* item = dynamic_cast<DcmItem*>(object)) out.emplace_back(item);
  }
  return out;
}

Phi<std::string> Element::raw_text() const {
  if (is_sequence() || is_pixel_data()) return {};
  const DcmEVR vr = native_->ident();
  if (is_text_vr(vr)) return Phi(trimmed(string_value(*native_)));
  if (is_numeric_vr(vr)) return Phi(numbers_as_text(*native_));
  // A sender that did not know the attribute wrote UN; its text is text all the same.
  if (is_text_vr(dictionary_vr(tag()))) return Phi(trimmed(binary_value(*native_)));
  return {};
}

Phi<std::string> Element::bytes() const {
  if (is_sequence() || holds_encapsulated(*native_)) return {};
  if (is_text_vr(native_->ident())) return Phi(std::string(string_value(*native_)));
  return Phi(binary_value(*native_));
}

}  // namespace veilgate::dicom
