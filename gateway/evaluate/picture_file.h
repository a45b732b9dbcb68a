#pragma once
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "pixel/frame.h"

namespace veilgate::evaluate {

/// Calls `use` for each frame (page) of a JPEG, PNG, TIFF or DICOM file, known by its first bytes. Stored pixels: EXIF
/// orientation is not applied. One frame is in memory at a time. Errors: Permanent "evaluate.picture" (broken, over
/// a limit of limits.h), Refused "evaluate.format" (another kind of file), and those of dicom::File::load and
/// pixel::Codec::decode.
Result<void> read_picture(const std::filesystem::path& file,
                          const std::function<Result<void>(const pixel::Frame&)>& use);

/// The TIFF part of it: every page.
Result<void> read_tiff(const std::filesystem::path& file, const std::function<Result<void>(const pixel::Frame&)>& use);

/// For the environment of a process before it decodes: OpenCV then refuses by the picture's header what is over the
/// limits.
void limit_decoders();

}  // namespace veilgate::evaluate
