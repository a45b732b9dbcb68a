#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

/// What a JPEG XL stream carries besides one plain picture in its original colours: boxes other than those that hold
/// the codestream, orientation, preview, animation, layers, named frames, alpha and other channels, a colour profile,
/// bytes after its end. What decoders skip inside a frame is not looked into. (ISO/IEC 18181)
std::vector<std::string> foreign_jxl_parts(std::span<const std::uint8_t> stream);

}  // namespace veilgate::verify
