#include "receive/file_meta.h"

#include "dicom/dataset.h"

namespace veilgate::receive {
namespace {

constexpr std::size_t kPreambleBytes = 128;
using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value & 0xff));
  out.push_back(static_cast<std::uint8_t>(value >> 8 & 0xff));
}

void put32(Bytes& out, std::size_t value) {
  put16(out, value & 0xffff);
  put16(out, value >> 16);
}

void put_tag(Bytes& out, std::uint16_t element, std::string_view vr) {
  put16(out, 0x0002);
  put16(out, element);
  out.insert(out.end(), vr.begin(), vr.end());
}

void put_text(Bytes& out, std::uint16_t element, std::string_view vr, std::string_view text, char padding) {
  put_tag(out, element, vr);
  put16(out, text.size() + text.size() % 2);
  out.insert(out.end(), text.begin(), text.end());
  if (text.size() % 2 != 0) out.push_back(static_cast<std::uint8_t>(padding));
}

}  // namespace

Bytes part10_header(std::string_view sop_class, std::string_view sop_instance, std::string_view transfer_syntax) {
  Bytes group;
  put_tag(group, 0x0001, "OB");
  put16(group, 0);
  put32(group, 2);
  group.insert(group.end(), {0x00, 0x01});
  put_text(group, 0x0002, "UI", sop_class, '\0');
  put_text(group, 0x0003, "UI", sop_instance, '\0');
  put_text(group, 0x0010, "UI", transfer_syntax, '\0');
  put_text(group, 0x0012, "UI", dicom::kImplementationClassUid, '\0');
  put_text(group, 0x0013, "SH", dicom::kImplementationVersionName, ' ');

  Bytes out(kPreambleBytes, 0);
  for (const char c : std::string_view("DICM")) out.push_back(static_cast<std::uint8_t>(c));
  put_tag(out, 0x0000, "UL");
  put16(out, 4);
  put32(out, group.size());
  out.insert(out.end(), group.begin(), group.end());
  return out;
}

}  // namespace veilgate::receive
