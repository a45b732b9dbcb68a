#pragma once
// JPEG XL streams with whatever one may carry, made and read with libjxl alone.
#include <jxl/decode.h>
#include <jxl/decode_cxx.h>
#include <jxl/encode.h>
#include <jxl/encode_cxx.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace veilgate::test {

struct JxlShape {
  int width = 0, height = 0, channels = 3, bits = 8;
  float distance = 0;  ///< 0: lossless
  bool alpha = false;
  int orientation = 1;
  bool animated = false;
  int layers = 1;
  bool cropped = false;  ///< the layers are smaller than the picture
  bool boxes = false;    ///< Exif, xml and jumb with the text of `secret`, and a frame's name
  bool floats = false;
  std::string_view secret = {};
};

inline void jxl_check(JxlEncoderStatus status) {
  if (status != JXL_ENC_SUCCESS) throw std::runtime_error("JPEG XL encoder");
}

inline std::vector<std::uint8_t> jxl_output(JxlEncoder* encoder) {
  std::vector<std::uint8_t> out(1 << 16);
  std::size_t used = 0;
  for (;;) {
    std::uint8_t* next = out.data() + used;
    std::size_t left = out.size() - used;
    const auto status = JxlEncoderProcessOutput(encoder, &next, &left);
    used = out.size() - left;
    if (status == JXL_ENC_SUCCESS) break;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) throw std::runtime_error("JPEG XL encoder");
    out.resize(2 * out.size());
  }
  out.resize(used);
  return out;
}

inline void add_jxl_boxes(JxlEncoder* encoder, std::string_view secret) {
  jxl_check(JxlEncoderUseBoxes(encoder));
  std::vector<std::uint8_t> text(4);  // offset of the TIFF header
  text.insert(text.end(), secret.begin(), secret.end());
  for (const char* type : {"Exif", "xml ", "jumb"}) {
    jxl_check(JxlEncoderAddBox(encoder, type, text.data(), text.size(), JXL_FALSE));
  }
}

inline JxlBasicInfo jxl_info(const JxlShape& shape) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(shape.width);
  info.ysize = static_cast<std::uint32_t>(shape.height);
  info.bits_per_sample = static_cast<std::uint32_t>(shape.floats ? 32 : shape.bits);
  info.exponent_bits_per_sample = shape.floats ? 8 : 0;
  info.num_color_channels = static_cast<std::uint32_t>(shape.channels);
  info.uses_original_profile = shape.distance == 0 ? JXL_TRUE : JXL_FALSE;
  info.orientation = static_cast<JxlOrientation>(shape.orientation);
  if (shape.alpha) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
  }
  if (shape.animated) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = 10;
    info.animation.tps_denominator = 1;
  }
  return info;
}

/// `samples`: one byte each up to 8 bits, else two, little endian, stretched over the word as libjxl 0.7 wants them.
inline std::vector<std::uint8_t> encode_jxl(const JxlShape& shape, const std::vector<std::uint8_t>& samples) {
  const auto encoder = JxlEncoderMake(nullptr);
  if (shape.boxes) add_jxl_boxes(encoder.get(), shape.secret);
  const JxlBasicInfo info = jxl_info(shape);
  jxl_check(JxlEncoderSetBasicInfo(encoder.get(), &info));
  JxlColorEncoding colors;
  JxlColorEncodingSetToSRGB(&colors, shape.channels == 1 ? JXL_TRUE : JXL_FALSE);
  jxl_check(JxlEncoderSetColorEncoding(encoder.get(), &colors));
  auto* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  if (shape.distance == 0) {
    jxl_check(JxlEncoderSetFrameLossless(settings, JXL_TRUE));
  } else {
    jxl_check(JxlEncoderSetFrameDistance(settings, shape.distance));
  }
  jxl_check(JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, 3));
  const JxlPixelFormat format{static_cast<std::uint32_t>(shape.channels + (shape.alpha ? 1 : 0)),
                              shape.floats     ? JXL_TYPE_FLOAT
                              : shape.bits > 8 ? JXL_TYPE_UINT16
                                               : JXL_TYPE_UINT8,
                              JXL_LITTLE_ENDIAN, 0};
  for (int i = 0; i < shape.layers; ++i) {
    JxlFrameHeader header;
    JxlEncoderInitFrameHeader(&header);
    header.duration = shape.animated ? 1 : 0;
    if (shape.cropped) {
      header.layer_info.have_crop = JXL_TRUE;
      header.layer_info.xsize = info.xsize - 1;
      header.layer_info.ysize = info.ysize;
      header.layer_info.crop_x0 = 1;
    }
    jxl_check(JxlEncoderSetFrameHeader(settings, &header));
    if (shape.boxes) jxl_check(JxlEncoderSetFrameName(settings, shape.secret.data()));
    jxl_check(JxlEncoderAddImageFrame(settings, &format, samples.data(),
                                      shape.cropped ? samples.size() / info.xsize * (info.xsize - 1) : samples.size()));
  }
  JxlEncoderCloseInput(encoder.get());
  return jxl_output(encoder.get());
}

/// A JPEG stream packed so that it can be had back.
inline std::vector<std::uint8_t> pack_jpeg(const std::vector<std::uint8_t>& jpeg) {
  const auto encoder = JxlEncoderMake(nullptr);
  jxl_check(JxlEncoderUseContainer(encoder.get(), JXL_TRUE));
  jxl_check(JxlEncoderStoreJPEGMetadata(encoder.get(), JXL_TRUE));
  auto* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  jxl_check(JxlEncoderAddJPEGFrame(settings, jpeg.data(), jpeg.size()));
  JxlEncoderCloseInput(encoder.get());
  return jxl_output(encoder.get());
}

struct DecodedJxl {
  JxlBasicInfo info{};
  std::vector<std::uint8_t> samples;
  std::size_t behind = 0;  ///< bytes that no decoder reads
};

/// Any stream of one picture, coalesced, as a viewer shows it; 8 bits as bytes, more as little endian words.
inline DecodedJxl decode_jxl_stream(const std::vector<std::uint8_t>& stream) {
  const auto decoder = JxlDecoderMake(nullptr);
  JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE);
  JxlDecoderSetInput(decoder.get(), stream.data(), stream.size());
  JxlDecoderCloseInput(decoder.get());
  DecodedJxl out;
  for (;;) {
    const auto status = JxlDecoderProcessInput(decoder.get());
    if (status == JXL_DEC_SUCCESS) break;
    if (status == JXL_DEC_BASIC_INFO) {
      JxlDecoderGetBasicInfo(decoder.get(), &out.info);
    } else if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER) {
      const JxlPixelFormat format{out.info.num_color_channels,
                                  out.info.bits_per_sample > 8 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_LITTLE_ENDIAN,
                                  0};
      std::size_t size = 0;
      JxlDecoderImageOutBufferSize(decoder.get(), &format, &size);
      out.samples.resize(size);
      JxlDecoderSetImageOutBuffer(decoder.get(), &format, out.samples.data(), size);
    } else if (status != JXL_DEC_FULL_IMAGE) {
      throw std::runtime_error("JPEG XL decoder");
    }
  }
  out.behind = JxlDecoderReleaseInput(decoder.get());
  return out;
}

}  // namespace veilgate::test
