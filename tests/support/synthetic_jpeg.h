#pragma once
// JPEG baseline frames with planted APP1 and COM segments. Tests that include this link JPEG::JPEG (veilgate_test ...
// LIBS).
#include <jpeglib.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/synthetic.h"

namespace veilgate::synthetic {

/// Baseline JPEG of interleaved RGB (stored as YCbCr 4:2:0); with `secret`, an EXIF-like APP1 and a COM segment carry
/// it.
inline std::string jpeg(int rows, int columns, const std::string& rgb, std::string_view secret = {}, int quality = 90) {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors{};
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&compress, &memory, &size);
  compress.image_width = static_cast<JDIMENSION>(columns);
  compress.image_height = static_cast<JDIMENSION>(rows);
  compress.input_components = 3;
  compress.in_color_space = JCS_RGB;
  jpeg_set_defaults(&compress);
  jpeg_set_quality(&compress, quality, TRUE);
  jpeg_start_compress(&compress, TRUE);
  if (!secret.empty()) {
    const std::string exif = std::string("Exif\0\0", 6) + "MM\0*" + std::string(secret);
    jpeg_write_marker(&compress, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(exif.data()),
                      static_cast<unsigned>(exif.size()));
    jpeg_write_marker(&compress, JPEG_COM, reinterpret_cast<const JOCTET*>(secret.data()),
                      static_cast<unsigned>(secret.size()));
  }
  std::string row_copy;
  while (compress.next_scanline < compress.image_height) {
    row_copy = rgb.substr(static_cast<std::size_t>(compress.next_scanline) * static_cast<std::size_t>(columns) * 3,
                          static_cast<std::size_t>(columns) * 3);
    JSAMPROW row = reinterpret_cast<JSAMPROW>(row_copy.data());
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  std::string out(reinterpret_cast<const char*>(memory), size);
  std::free(memory);
  return out;
}

/// `photo` as JPEG baseline, its patient's name also in APP1 and COM.
inline Photo as_jpeg(Photo photo) {
  const std::string rgb = photo.pixels.empty() ? gradient(photo.rows, photo.columns) : photo.pixels;
  photo.transfer_syntax = kJpegBaseline;
  photo.photometric = "YBR_FULL_422";
  photo.fragments = {jpeg(photo.rows, photo.columns, rgb, photo.patient_name)};
  return photo;
}

inline std::filesystem::path write_jpeg_photo(const std::filesystem::path& folder, const Photo& photo = {},
                                              std::string_view name = "photo-jpeg.dcm") {
  return write_photo(folder, as_jpeg(photo), name);
}

}  // namespace veilgate::synthetic
