#include <tiffio.h>

#include <memory>
#include <opencv2/imgproc.hpp>

#include "base/limits.h"
#include "evaluate/picture_file.h"

namespace veilgate::evaluate {
namespace {

struct Close {
  void operator()(TIFF* tiff) const { ::TIFFClose(tiff); }
};

tl::unexpected<Error> broken() {
  return fail(ErrorKind::Permanent, "evaluate.picture", "the TIFF is broken, over a limit, or of an unusual kind");
}

/// One page as it is stored: OpenCV's reader would turn it by its Orientation, and boxes count in stored pixels.
Result<cv::Mat> decode_page(TIFF* tiff) {
  std::uint32_t width = 0, height = 0;
  if (::TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) != 1 ||
      ::TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) != 1 || width == 0 || height == 0 ||
      width > limits::kMaxFrameSide || height > limits::kMaxFrameSide ||
      std::uint64_t{width} * height > limits::kMaxFramePixels) {
    return broken();
  }
  cv::Mat rgba(static_cast<int>(height), static_cast<int>(width), CV_8UC4);
  TIFFRGBAImage image{};
  char ignored[1024] = "";
  if (::TIFFRGBAImageBegin(&image, tiff, 1, ignored) != 1) return broken();
  image.req_orientation = image.orientation;  // as stored: nothing to turn
  // Bytes lie as red, green, blue, alpha on little endian machines, the only ones models are fetched for.
  const bool read = ::TIFFRGBAImageGet(&image, rgba.ptr<std::uint32_t>(), width, height) == 1;
  ::TIFFRGBAImageEnd(&image);
  if (!read) return broken();
  cv::Mat bgr;
  cv::cvtColor(rgba, bgr, cv::COLOR_RGBA2BGR);
  return bgr;
}

}  // namespace

Result<void> read_tiff(const std::filesystem::path& file, const std::function<Result<void>(const pixel::Frame&)>& use) {
  ::TIFFSetErrorHandler(nullptr);  // its words may quote the file
  ::TIFFSetWarningHandler(nullptr);
  const std::unique_ptr<TIFF, Close> tiff(::TIFFOpen(file.c_str(), "r"));
  if (!tiff) return broken();
  for (int page = 0;; ++page) {
    if (page == limits::kMaxEvaluatedFrames) return broken();
    VG_ASSIGN(auto bgr, decode_page(tiff.get()));
    VG_TRY(use({std::move(bgr), page}));
    if (::TIFFLastDirectory(tiff.get()) != 0) break;
    if (::TIFFReadDirectory(tiff.get()) != 1) return broken();
  }
  return {};
}

}  // namespace veilgate::evaluate
