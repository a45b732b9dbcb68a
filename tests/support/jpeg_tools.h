#pragma once
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veilgate::test {

using Bytes = std::vector<std::uint8_t>;

struct JpegShape {
  int h = 2, v = 2;  ///< sampling of the first component
  int quality = 90;
  int restart = 0;  ///< MCUs
  bool gray = false;
  bool rgb = false;     ///< no colour transform; Adobe marker with transform 0
  bool markers = true;  ///< JFIF or Adobe
  bool progressive = false;
  bool arithmetic = false;
  bool optimized = false;
  bool separate_scans = false;
  bool single_coefficients = false;               ///< progressive, 190 scans: legal, and a pass over all blocks each
  std::vector<std::pair<int, Bytes>> extra = {};  ///< marker code and payload, after JFIF
};

[[noreturn]] inline void throw_jpeg(j_common_ptr info) {
  std::array<char, JMSG_LENGTH_MAX> text{};
  info->err->format_message(info, text.data());
  throw std::runtime_error(text.data());
}

/// Colourful, detailed, deterministic.
inline cv::Mat test_picture(int width, int height, unsigned seed = 1) {
  cv::Mat out(height, width, CV_8UC3);
  cv::RNG random(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      out.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>((x * 3 + y) & 255), static_cast<std::uint8_t>((y * 5) & 255),
                                 static_cast<std::uint8_t>((x * y / 16) & 255)};
    }
  }
  for (int i = 0; i < 40; ++i) {
    cv::rectangle(out,
                  {random.uniform(0, width), random.uniform(0, height), random.uniform(4, 40), random.uniform(4, 40)},
                  cv::Scalar(random.uniform(0, 256), random.uniform(0, 256), random.uniform(0, 256)), cv::FILLED);
  }
  return out;
}

inline Bytes encode_jpeg(const cv::Mat& bgr, const JpegShape& shape = {}) {
  jpeg_compress_struct out{};
  jpeg_error_mgr errors{};
  out.err = jpeg_std_error(&errors);
  errors.error_exit = throw_jpeg;
  jpeg_create_compress(&out);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &buffer, &size);
  out.image_width = static_cast<JDIMENSION>(bgr.cols);
  out.image_height = static_cast<JDIMENSION>(bgr.rows);
  out.input_components = 3;
  out.in_color_space = JCS_EXT_BGR;
  jpeg_set_defaults(&out);
  if (shape.gray) jpeg_set_colorspace(&out, JCS_GRAYSCALE);
  if (shape.rgb) {
    jpeg_set_colorspace(&out, JCS_RGB);
    for (int c = 0; c < 3; ++c) out.comp_info[c].component_id = c + 1;  // so that only markers can tell
  }
  jpeg_set_quality(&out, shape.quality, TRUE);
  out.comp_info[0].h_samp_factor = shape.h;
  out.comp_info[0].v_samp_factor = shape.v;
  out.restart_interval = static_cast<unsigned>(shape.restart);
  out.optimize_coding = shape.optimized ? TRUE : FALSE;
  if (!shape.markers) out.write_JFIF_header = out.write_Adobe_marker = FALSE;
  if (shape.progressive) jpeg_simple_progression(&out);
  out.arith_code = shape.arithmetic ? TRUE : FALSE;
  std::array<jpeg_scan_info, 3> scans{};
  if (shape.separate_scans) {
    for (std::size_t c = 0; c < 3; ++c) {
      scans[c].comps_in_scan = 1;
      scans[c].component_index[0] = static_cast<int>(c);
      scans[c].Se = 63;
    }
    out.scan_info = scans.data();
    out.num_scans = 3;
  }
  std::vector<jpeg_scan_info> single;
  if (shape.single_coefficients) {
    single.push_back({3, {0, 1, 2, 0}, 0, 0, 0, 0});
    for (int c = 0; c < 3; ++c) {
      for (int k = 1; k < 64; ++k) single.push_back({1, {c, 0, 0, 0}, k, k, 0, 0});
    }
    out.scan_info = single.data();
    out.num_scans = static_cast<int>(single.size());
  }
  jpeg_start_compress(&out, TRUE);
  for (const auto& [marker, payload] : shape.extra) {
    jpeg_write_marker(&out, marker, payload.data(), static_cast<unsigned>(payload.size()));
  }
  for (int y = 0; y < bgr.rows; ++y) {
    JSAMPROW row = const_cast<JSAMPROW>(bgr.ptr(y));
    jpeg_write_scanlines(&out, &row, 1);
  }
  jpeg_finish_compress(&out);
  Bytes bytes(buffer, buffer + size);
  jpeg_destroy_compress(&out);
  std::free(buffer);
  return bytes;
}

/// Everything of a stream that an edit may or may not change.
struct JpegContent {
  struct Component {
    int across = 0, down = 0, h = 0, v = 0, id = 0;
    std::array<std::uint16_t, 64> quant{};
    std::vector<std::array<JCOEF, 64>> blocks;
    const std::array<JCOEF, 64>& block(int x, int y) const {
      return blocks[static_cast<std::size_t>(y) * static_cast<std::size_t>(across) + static_cast<std::size_t>(x)];
    }
  };
  int width = 0, height = 0, max_h = 1, max_v = 1;
  unsigned restart = 0;
  bool progressive = false, jfif = false, adobe = false;
  int adobe_transform = 0;
  std::vector<Component> components;
  std::vector<std::pair<int, Bytes>> markers;  ///< all APPn and COM
};

inline JpegContent read_content(std::span<const std::uint8_t> jpeg) {
  jpeg_decompress_struct in{};
  jpeg_error_mgr errors{};
  in.err = jpeg_std_error(&errors);
  errors.error_exit = throw_jpeg;
  errors.emit_message = [](j_common_ptr, int) {};
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, jpeg.data(), jpeg.size());
  for (int i = 0; i < 16; ++i) jpeg_save_markers(&in, JPEG_APP0 + i, 0xFFFF);
  jpeg_save_markers(&in, JPEG_COM, 0xFFFF);
  jpeg_read_header(&in, TRUE);
  auto* arrays = jpeg_read_coefficients(&in);
  JpegContent out;
  out.width = static_cast<int>(in.image_width);
  out.height = static_cast<int>(in.image_height);
  out.max_h = in.max_h_samp_factor;
  out.max_v = in.max_v_samp_factor;
  out.restart = in.restart_interval;
  out.progressive = in.progressive_mode != 0;
  out.jfif = in.saw_JFIF_marker != 0;
  out.adobe = in.saw_Adobe_marker != 0;
  out.adobe_transform = in.Adobe_transform;
  for (auto* marker = in.marker_list; marker != nullptr; marker = marker->next) {
    out.markers.emplace_back(marker->marker, Bytes(marker->data, marker->data + marker->data_length));
  }
  for (int c = 0; c < in.num_components; ++c) {
    const auto& info = in.comp_info[c];
    JpegContent::Component component{static_cast<int>(info.width_in_blocks),
                                     static_cast<int>(info.height_in_blocks),
                                     info.h_samp_factor,
                                     info.v_samp_factor,
                                     info.component_id,
                                     {},
                                     {}};
    for (std::size_t i = 0; i < 64; ++i) component.quant[i] = info.quant_table->quantval[i];
    for (JDIMENSION y = 0; y < info.height_in_blocks; ++y) {
      auto** rows = in.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&in), arrays[c], y, 1, FALSE);
      for (JDIMENSION x = 0; x < info.width_in_blocks; ++x) {
        std::array<JCOEF, 64> block{};
        std::copy(std::begin(rows[0][x]), std::end(rows[0][x]), block.begin());
        component.blocks.push_back(block);
      }
    }
    out.components.push_back(std::move(component));
  }
  jpeg_destroy_decompress(&in);
  return out;
}

/// libjpeg's own thumbnail at scale/8.
inline cv::Mat decode_scaled(std::span<const std::uint8_t> jpeg, unsigned scale = 8) {
  jpeg_decompress_struct in{};
  jpeg_error_mgr errors{};
  in.err = jpeg_std_error(&errors);
  errors.error_exit = throw_jpeg;
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, jpeg.data(), jpeg.size());
  jpeg_read_header(&in, TRUE);
  in.scale_num = scale;
  in.scale_denom = 8;
  in.out_color_space = JCS_EXT_BGR;
  jpeg_start_decompress(&in);
  cv::Mat out(static_cast<int>(in.output_height), static_cast<int>(in.output_width), CV_8UC3);
  while (in.output_scanline < in.output_height) {
    JSAMPROW row = out.ptr(static_cast<int>(in.output_scanline));
    jpeg_read_scanlines(&in, &row, 1);
  }
  jpeg_finish_decompress(&in);
  jpeg_destroy_decompress(&in);
  return out;
}

inline bool contains(std::span<const std::uint8_t> bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }) != bytes.end();
}

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace veilgate::test
