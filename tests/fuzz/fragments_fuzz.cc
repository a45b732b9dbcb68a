// libFuzzer target: any bytes as encapsulated pixel data, behind a valid header or as a whole file, through parser,
// fragment reader and writer. What is read as frames and written again reads as the same frames.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "dicom/dataset.h"
#include "pixel/codec.h"
#include "pixel/codecs/fragments.h"

namespace {
using namespace veilgate;

void put_u16(std::string& out, unsigned value) {
  out.push_back(static_cast<char>(value & 255));
  out.push_back(static_cast<char>(value >> 8));
}

void put_element(std::string& out, unsigned group, unsigned element, const char* vr, std::string value) {
  if (value.size() % 2 != 0) value.push_back(vr[1] == 'I' ? '\0' : ' ');
  put_u16(out, group);
  put_u16(out, element);
  out += vr;
  put_u16(out, static_cast<unsigned>(value.size()));
  out += value;
}

std::string number(unsigned value) {
  std::string out;
  put_u16(out, value);
  return out;
}

/// Everything before the items of Pixel Data.
std::string header(unsigned frames, const char* syntax) {
  std::string out(128, '\0');
  out += "DICM";
  put_element(out, 2, 0x10, "UI", syntax);
  put_element(out, 8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.7.4");
  put_element(out, 8, 0x18, "UI", "1.2.3");
  put_element(out, 0x28, 2, "US", number(1));
  put_element(out, 0x28, 4, "CS", "MONOCHROME2");
  put_element(out, 0x28, 8, "IS", std::to_string(frames));
  put_element(out, 0x28, 0x10, "US", number(4));
  put_element(out, 0x28, 0x11, "US", number(4));
  put_element(out, 0x28, 0x100, "US", number(8));
  put_element(out, 0x28, 0x101, "US", number(8));
  put_element(out, 0x28, 0x102, "US", number(7));
  put_element(out, 0x28, 0x103, "US", number(0));
  put_u16(out, 0x7FE0);
  put_u16(out, 0x0010);
  out += std::string("OB\0\0\xFF\xFF\xFF\xFF", 8);
  return out;
}

/// A file in memory, reused.
const std::string& file_with(const std::string& content) {
  static const int file = ::memfd_create("fuzz", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (file < 0 || ::ftruncate(file, 0) != 0 ||
      ::pwrite(file, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    std::abort();
  }
  return path;
}

std::optional<std::vector<std::vector<std::uint8_t>>> frames_of(dicom::File& file, const pixel::Layout& layout) {
  auto reader = pixel::FragmentReader::open(file, layout, "\xFF\x4F");
  if (!reader) return std::nullopt;
  std::vector<std::vector<std::uint8_t>> out;
  for (int i = 0; i < layout.frames; ++i) {
    const auto frame = reader->frame(i);
    if (!frame) return std::nullopt;
    out.emplace_back(frame->begin(), frame->end());
  }
  return out;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // The first bytes choose the kind of header and the number of frames.
  std::string content(data + 2, data + size);
  static constexpr std::array<const char*, 3> kSyntaxes{"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.50",
                                                        "1.2.840.10008.1.2.4.201"};
  if (data[0] % 4 != 3) content = header(data[1] % 8, kSyntaxes[data[0] % 4]) + content;
  auto file = dicom::File::load(file_with(content));
  if (!file) return 0;
  const auto layout = pixel::read_layout(*file);
  if (!layout || layout->frames > 64) return 0;
  auto frames = frames_of(*file, *layout);
  if (!frames) return 0;
  pixel::FragmentWriter writer(".");
  for (auto& frame : *frames) {
    if (!writer.add(frame)) return 0;
    if (frame.size() % 2 != 0) frame.push_back(0);
  }
  if (!writer.commit(*file, "1.2.840.10008.1.2.4.90")) return 0;
  if (frames_of(*file, *layout) != frames) std::abort();
  return 0;
}
