#include "pixel/jpeg_session.h"

namespace veilgate::pixel {
namespace {

/// The Mat exists before setjmp, so the jump leaves it whole.
bool read_rows(JpegReader& reader, cv::Mat& bgr) {
  if (setjmp(reader.jump) != 0) return false;
  reader.in.out_color_space = JCS_EXT_BGR;
  jpeg_start_decompress(&reader.in);
  while (reader.in.output_scanline < reader.in.output_height) {
    JSAMPROW row = bgr.ptr(static_cast<int>(reader.in.output_scanline));
    jpeg_read_scanlines(&reader.in, &row, 1);
  }
  // Before finish, which frees what is checked.
  reader.require_complete();
  jpeg_finish_decompress(&reader.in);
  return true;
}

}  // namespace

Result<JpegInfo> inspect_jpeg(std::span<const std::uint8_t> jpeg, const JpegHints& hints) {
  JpegReader reader(jpeg, hints);
  return reader.read_header();
}

Result<cv::Mat> decode_jpeg(std::span<const std::uint8_t> jpeg, const JpegHints& hints) {
  JpegReader reader(jpeg, hints);
  VG_ASSIGN(const auto info, reader.read_header());
  cv::Mat bgr(info.height, info.width, CV_8UC3);
  if (!read_rows(reader, bgr)) return fail(reader.error());
  if (hints.inverted && info.components == 1) cv::subtract(cv::Scalar::all(255), bgr, bgr);
  return bgr;
}

}  // namespace veilgate::pixel
