#include "evaluate/picture_file.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <new>
#include <opencv2/imgcodecs.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/limits.h"
#include "dicom/dataset.h"
#include "pixel/codec.h"
#include "pixel/jpeg_edit.h"

namespace veilgate::evaluate {
namespace {

using namespace std::string_view_literals;
using Use = std::function<Result<void>(const pixel::Frame&)>;

constexpr int kFlags = cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;

enum class Format { Jpeg, Png, Tiff, Dicom, Other };

tl::unexpected<Error> broken(std::string_view what) {
  return fail(ErrorKind::Permanent, "evaluate.picture", std::string(what));
}

Result<Format> format_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 132> bytes{};
  in.read(bytes.data(), bytes.size());
  if (!in && !in.eof()) return fail(ErrorKind::Transient, "evaluate.read", "the file cannot be read");
  const std::string_view start(bytes.data(), static_cast<std::size_t>(in.gcount()));
  if (start.empty()) return broken("the file is empty, or it cannot be opened");
  if (start.starts_with("\xFF\xD8\xFF"sv)) return Format::Jpeg;
  if (start.starts_with("\x89PNG\r\n\x1A\n"sv)) return Format::Png;
  for (const auto magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv}) {
    if (start.starts_with(magic)) return Format::Tiff;
  }
  return start.size() == bytes.size() && start.ends_with("DICM"sv) ? Format::Dicom : Format::Other;
}

Result<void> use_picture(cv::Mat bgr, int index, const Use& use) {
  if (bgr.empty() || bgr.type() != CV_8UC3) return broken("the picture is broken, or over the size limits");
  if (bgr.cols > limits::kMaxFrameSide || bgr.rows > limits::kMaxFrameSide || bgr.total() > limits::kMaxFramePixels) {
    return broken("the picture is over the size limits");
  }
  return use({std::move(bgr), index});
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<void> read_jpeg(const std::filesystem::path& file, const Use& use) {
  VG_ASSIGN(const auto text, read_file(file, limits::kMaxPictureFileBytes));
  VG_ASSIGN(auto bgr, pixel::decode_jpeg(bytes_of(text)));  // the gateway's own, as strict as there
  return use_picture(std::move(bgr), 0, use);
}

Result<void> read_png(const std::filesystem::path& file, const Use& use) {
  VG_ASSIGN(const auto text, read_file(file, limits::kMaxPictureFileBytes));
  const auto bytes = bytes_of(text);
  const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, const_cast<std::uint8_t*>(bytes.data()));
  return use_picture(cv::imdecode(raw, kFlags), 0, use);
}

Result<void> read_dicom(const std::filesystem::path& file, const Use& use) {
  VG_ASSIGN(auto object, dicom::File::load(file, {limits::kMaxPictureFileBytes}));
  VG_ASSIGN(const auto layout, pixel::read_layout(object));
  if (layout.frames > limits::kMaxEvaluatedFrames) return broken("the object has too many frames to evaluate");
  VG_ASSIGN(const auto syntax, object.transfer_syntax());
  const auto* codec = pixel::find_codec(syntax.str());
  if (codec == nullptr) {
    return fail(ErrorKind::Refused, "pixel.syntax_unsupported",
                "pixels of this transfer syntax cannot be masked yet: the gateway would hold the object");
  }
  return codec->decode(object, [&](const pixel::Frame& frame) { return use_picture(frame.bgr, frame.index, use); });
}

Result<void> read(const std::filesystem::path& file, const Use& use) {
  VG_ASSIGN(const auto format, format_of(file));
  switch (format) {
    case Format::Jpeg:
      return read_jpeg(file, use);
    case Format::Png:
      return read_png(file, use);
    case Format::Tiff:
      if (std::filesystem::file_size(file) > limits::kMaxPictureFileBytes) return broken("the file is too large");
      return read_tiff(file, use);
    case Format::Dicom:
      return read_dicom(file, use);
    case Format::Other:
      break;
  }
  return fail(ErrorKind::Refused, "evaluate.format", "not a JPEG, PNG, TIFF or DICOM file; convert it to one of these");
}

}  // namespace

Result<void> read_picture(const std::filesystem::path& file, const Use& use) {
  try {
    return read(file, use);
  } catch (const std::bad_alloc&) {
    return broken("not enough memory to decode the picture");
  } catch (const cv::Exception&) {
    return broken("the picture is broken, or over the size limits");
  } catch (const std::filesystem::filesystem_error&) {
    return fail(ErrorKind::Transient, "evaluate.read", "the file cannot be read");
  }
}

void limit_decoders() {
  ::setenv("OPENCV_IO_MAX_IMAGE_WIDTH", std::to_string(limits::kMaxFrameSide).c_str(), 1);
  ::setenv("OPENCV_IO_MAX_IMAGE_HEIGHT", std::to_string(limits::kMaxFrameSide).c_str(), 1);
  ::setenv("OPENCV_IO_MAX_IMAGE_PIXELS", std::to_string(limits::kMaxFramePixels).c_str(), 1);
}

}  // namespace veilgate::evaluate
