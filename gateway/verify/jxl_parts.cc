#include "verify/jxl_parts.h"

#include <jxl/decode.h>
#include <jxl/decode_cxx.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/quiet.h"

namespace veilgate::verify {
namespace {

/// Signature, file type, level (16 bits need one), codestream.
constexpr std::array<std::string_view, 4> kPicture{"JXL ", "ftyp", "jxll", "jxlc"};

class PartsWalk {
 public:
  explicit PartsWalk(std::span<const std::uint8_t> bytes) : bytes_(bytes), decoder_(JxlDecoderMake(nullptr)) {
    // The image is asked for: else reading stops at the frame's header, and not at its end.
    constexpr int kEvents =
        JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE | JXL_DEC_BOX;
    ready_ = decoder_ && JxlDecoderSubscribeEvents(decoder_.get(), kEvents) == JXL_DEC_SUCCESS &&
             JxlDecoderSetCoalescing(decoder_.get(), JXL_FALSE) == JXL_DEC_SUCCESS &&
             JxlDecoderSetKeepOrientation(decoder_.get(), JXL_TRUE) == JXL_DEC_SUCCESS &&
             JxlDecoderSetInput(decoder_.get(), bytes.data(), bytes.size()) == JXL_DEC_SUCCESS;
    if (ready_) JxlDecoderCloseInput(decoder_.get());
  }

  std::vector<std::string> run() {
    bool done = !ready_;
    while (!done) done = !step(JxlDecoderProcessInput(decoder_.get()));
    const std::size_t rest = ready_ ? JxlDecoderReleaseInput(decoder_.get()) : 0;
    // A pad byte behind boxes looks like the beginning of one more.
    const bool padded = pictures_ == 1 && rest == 1 && bytes_.back() == 0;
    if (!complete_ && !padded) parts_.emplace_back("a JPEG XL stream that cannot be read");
    if (complete_ && pictures_ != 1) parts_.emplace_back("frames beside the picture");
    if (complete_ && rest > 1) parts_.push_back(std::to_string(rest) + " bytes after the end");
    return std::move(parts_);
  }

 private:
  /// False at the end.
  bool step(JxlDecoderStatus status) {
    switch (status) {
      case JXL_DEC_BASIC_INFO:
        return look_at_info();
      case JXL_DEC_COLOR_ENCODING:
        return look_at_colors();
      case JXL_DEC_FRAME:
        return look_at_frame();
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        return drop_pixels();
      case JXL_DEC_FULL_IMAGE:
        return ++pictures_ == 1;
      case JXL_DEC_BOX:
        return look_at_box();
      case JXL_DEC_SUCCESS:
        complete_ = true;
        return false;
      default:
        return false;
    }
  }

  bool drop_pixels() {
    const JxlPixelFormat format{3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    const auto drop = [](void*, std::size_t, std::size_t, std::size_t, const void*) {};
    return JxlDecoderSetImageOutCallback(decoder_.get(), &format, drop, nullptr) == JXL_DEC_SUCCESS;
  }

  bool look_at_info() {
    JxlBasicInfo info{};
    if (JxlDecoderGetBasicInfo(decoder_.get(), &info) != JXL_DEC_SUCCESS) return false;
    if (info.orientation != JXL_ORIENT_IDENTITY) parts_.emplace_back("an orientation");
    if (info.have_preview != JXL_FALSE) parts_.emplace_back("a preview");
    if (info.have_animation != JXL_FALSE) parts_.emplace_back("an animation");
    if (info.num_extra_channels != 0) parts_.emplace_back("other channels");
    if (info.uses_original_profile == JXL_FALSE) parts_.emplace_back("colours of JPEG XL's own");
    return true;
  }

  bool look_at_colors() {
    JxlColorEncoding named;
    if (JxlDecoderGetColorAsEncodedProfile(decoder_.get(), nullptr, JXL_COLOR_PROFILE_TARGET_ORIGINAL, &named) !=
        JXL_DEC_SUCCESS) {
      parts_.emplace_back("a colour profile");
    }
    return true;
  }

  bool look_at_frame() {
    JxlFrameHeader header{};
    if (JxlDecoderGetFrameHeader(decoder_.get(), &header) != JXL_DEC_SUCCESS) return false;
    if (header.name_length != 0) parts_.emplace_back("a named frame");
    if (header.layer_info.have_crop != JXL_FALSE) parts_.emplace_back("a frame of another size");
    return pictures_ == 0;
  }

  bool look_at_box() {
    JxlBoxType type{};
    if (JxlDecoderGetBoxType(decoder_.get(), type, JXL_FALSE) != JXL_DEC_SUCCESS) return false;
    const std::string_view name(type, sizeof(type));
    // The name itself could be a word of somebody.
    if (std::ranges::find(kPicture, name) == kPicture.end()) parts_.emplace_back("a box that is no picture");
    return true;
  }

  std::span<const std::uint8_t> bytes_;
  JxlDecoderPtr decoder_;
  bool ready_ = false, complete_ = false;
  int pictures_ = 0;
  std::vector<std::string> parts_;
};

}  // namespace

std::vector<std::string> foreign_jxl_parts(std::span<const std::uint8_t> stream) {
  const QuietStderr quiet;  // Debian's libjxl prints what it stumbles over
  return PartsWalk(stream).run();
}

}  // namespace veilgate::verify
