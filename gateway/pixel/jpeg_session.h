#pragma once
// Private to the JPEG files of this module.
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

// jpeglib.h needs size_t and FILE before it.
#include <jpeglib.h>

#include "base/result.h"
#include "pixel/jpeg_edit.h"

namespace veilgate::pixel {

/// Reading side of libjpeg with errors that jump. Code between setjmp(jump) and a libjpeg call may only own trivial
/// objects, since the jump skips destructors; whatever must be freed lives here or outside.
class JpegReader {
 public:
  JpegReader(std::span<const std::uint8_t> jpeg, const JpegHints& hints);
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  /// Reads markers up to the first scan and checks them; bounds the memory of what follows.
  Result<JpegInfo> read_header();
  /// Inside setjmp: after the last scan, jumps when a scan is missing.
  void require_complete();
  /// Error of the last jump.
  Error error() const;

  jpeg_decompress_struct in{};
  jpeg_error_mgr errors{};  ///< shared with a writer
  std::jmp_buf jump{};

 private:
  bool parse_header();
  Result<void> check_header() const;
  static void on_error(j_common_ptr info);
  static void on_message(j_common_ptr info, int level);
  static void on_progress(j_common_ptr info);

  std::span<const std::uint8_t> jpeg_;
  JpegHints hints_;
  jpeg_progress_mgr progress_{};
  bool missing_eoi_ = false;
  int failed_ = 0;
};

}  // namespace veilgate::pixel
