#include "dicom/required_uid.h"

namespace veilgate::dicom {

Result<Uid> required_uid(const Item& dataset, Tag tag) {
  const auto text = dataset.text(tag);
  if (auto uid = Uid::parse(text.reveal())) return uid;
  const std::string keyword = keyword_of(tag), name = tag.str() + (keyword.empty() ? "" : " " + keyword);
  const bool missing = text.reveal().empty();
  return fail(ErrorKind::Permanent, "dicom.sop_uid",
              missing ? "the object has no " + name : "the object's " + name + " is not 1 to 64 digits and dots");
}

}  // namespace veilgate::dicom
