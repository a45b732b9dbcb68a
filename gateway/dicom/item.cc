#include <charconv>
#include <memory>

#include "dicom/dataset.h"
#include "dicom/native.h"

namespace veilgate::dicom {
namespace {

tl::unexpected<Error> no_such(Tag tag, const char* what) {
  return fail(ErrorKind::Bug, "dicom.set", std::string(what) + " " + tag.str());
}

DcmElement* find_native(DcmItem& item, Tag tag) {
  const DcmTagKey key = native_key(tag);
  for (DcmObject* object = item.nextInContainer(nullptr); object != nullptr; object = item.nextInContainer(object)) {
    if (object->getTag() == key) return static_cast<DcmElement*>(object);  // items hold nothing else
  }
  return nullptr;
}

/// The VR asked for, else that of the dictionary, else that of the element being replaced.
Result<DcmVR> vr_for(DcmItem& item, Tag tag, std::string_view asked) {
  if (!asked.empty()) {
    const DcmVR vr(std::string(asked).c_str());
    if (!vr.isStandard()) return no_such(tag, "unknown VR asked for");
    return vr;
  }
  const DcmVR known(dictionary_vr(tag));
  if (known.getEVR() != EVR_UNKNOWN && known.getEVR() != EVR_UN) return known;
  if (DcmElement* old = find_native(item, tag)) return DcmVR(old->getVR());
  return no_such(tag, "the VR is not known of");
}

Result<std::unique_ptr<DcmElement>> make_element(DcmItem& item, Tag tag, std::string_view asked) {
  VG_ASSIGN(const DcmVR vr, vr_for(item, tag, asked));
  DcmElement* made = nullptr;
  const DcmTag native(native_key(tag), vr);
  if (DcmItem::newDicomElementWithVR(made, native).bad() || made == nullptr) return no_such(tag, "cannot make");
  return std::unique_ptr<DcmElement>(made);
}

Result<void> put(DcmItem& item, std::unique_ptr<DcmElement> element, Tag tag) {
  if (item.insert(element.get(), OFTrue).bad()) return no_such(tag, "cannot insert");
  element.release();  // the item owns it now
  return {};
}

}  // namespace

std::vector<Element> Item::elements() const {
  std::vector<Element> out;
  out.reserve(native_->card());
  for (DcmObject* object = native_->nextInContainer(nullptr); object != nullptr;
       object = native_->nextInContainer(object)) {
    out.emplace_back(static_cast<DcmElement*>(object));  // items hold nothing else
  }
  return out;
}

std::optional<Element> Item::find(Tag tag) const {
  DcmElement* element = find_native(*native_, tag);
  if (element == nullptr) return std::nullopt;
  return Element(element);
}

Phi<std::string> Item::text(Tag tag) const {
  const auto element = find(tag);
  return element ? element->raw_text() : Phi<std::string>();
}

std::optional<std::int64_t> Item::integer(Tag tag) const {
  const auto value = text(tag);
  std::string_view digits = value.reveal();
  digits = digits.substr(0, digits.find('\\'));
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

void Item::remove(Tag tag) { delete native_->remove(native_key(tag)); }

Result<void> Item::set_text(Tag tag, std::string_view value, std::string_view vr) {
  VG_ASSIGN(auto element, make_element(*native_, tag, vr));
  if (element->putString(value.data(), static_cast<Uint32>(value.size())).bad())
    return no_such(tag, "cannot set text of");
  return put(*native_, std::move(element), tag);
}

Result<void> Item::set_bytes(Tag tag, std::string_view value, std::string_view vr) {
  VG_ASSIGN(auto element, make_element(*native_, tag, vr));
  const auto* bytes = reinterpret_cast<const Uint8*>(value.data());
  if (element->putUint8Array(bytes, static_cast<unsigned long>(value.size())).bad())
    return no_such(tag, "cannot set bytes of");
  return put(*native_, std::move(element), tag);
}

Result<void> Item::set_integer(Tag tag, std::int64_t value) {
  VG_ASSIGN(auto element, make_element(*native_, tag, {}));
  const std::string digits = std::to_string(value);
  if (element->putString(digits.data(), static_cast<Uint32>(digits.size())).bad())
    return no_such(tag, "cannot set the number of");
  return put(*native_, std::move(element), tag);
}

Result<void> Item::set_empty(Tag tag, std::string_view vr) {
  if (vr.empty()) {
    if (DcmElement* old = find_native(*native_, tag)) {
      const DcmVR kept(old->getVR());
      VG_ASSIGN(auto element, make_element(*native_, tag, kept.getValidVRName()));
      return put(*native_, std::move(element), tag);
    }
  }
  VG_ASSIGN(auto element, make_element(*native_, tag, vr));
  return put(*native_, std::move(element), tag);
}

Result<Item> Item::append_item(Tag sequence) {
  auto* native = dynamic_cast<DcmSequenceOfItems*>(find_native(*native_, sequence));
  if (native == nullptr) {
    auto made = std::make_unique<DcmSequenceOfItems>(DcmTag(native_key(sequence), DcmVR(EVR_SQ)));
    native = made.get();
    VG_TRY(put(*native_, std::move(made), sequence));
  }
  auto item = std::make_unique<DcmItem>();
  if (native->append(item.get()).bad()) return no_such(sequence, "cannot append to");
  return Item(item.release());  // the sequence owns it now
}

void Item::remove_items(Tag sequence, const std::function<bool(const Item&)>& which) {
  auto* native = dynamic_cast<DcmSequenceOfItems*>(find_native(*native_, sequence));
  if (native == nullptr) return;
  for (unsigned long i = native->card(); i > 0; --i) {
    DcmItem* item = native->getItem(i - 1);
    if (item != nullptr && which(Item(item))) delete native->remove(i - 1);
  }
}

std::string Item::private_creator(Tag tag) const {
  if (!tag.is_private() || tag.element < 0x1000) return {};
  return text({tag.group, static_cast<std::uint16_t>(tag.element >> 8)}).reveal();
}

}  // namespace veilgate::dicom
