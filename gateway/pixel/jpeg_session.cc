#include "pixel/jpeg_session.h"

#include <jerror.h>

#include <algorithm>

#include "base/limits.h"

namespace veilgate::pixel {
namespace {
/// Scans of one progressive picture; encoders make 10 to 20, each costs a pass over all blocks.
constexpr int kMaxProgressiveScans = 64;
/// What libjpeg may take beside the coefficients: row buffers, tables, saved markers.
constexpr long kWorkspaceBytes = 64L << 20;

/// Warnings about markers that are skipped or rebuilt anyway; every other warning means lost image data.
bool is_harmless(int code) {
  return code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM || code == JWRN_BOGUS_ICC;
}

Error corrupt() { return {ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG stream is damaged or incomplete."}; }
Error too_many_scans() {
  return {ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG stream has more scans than its picture needs."};
}
Error unsupported() {
  return {ErrorKind::Refused, "pixel.unsupported",
          "The JPEG stream uses a process that cannot be masked yet (only DCT, 8 bits, 1 or 3 components)."};
}
Error too_large() {
  return {ErrorKind::Permanent, "pixel.too_large", "The JPEG picture is larger than this gateway decodes."};
}
}  // namespace

JpegReader::JpegReader(std::span<const std::uint8_t> jpeg, const JpegHints& hints) : jpeg_(jpeg), hints_(hints) {
  in.err = jpeg_std_error(&errors);
  errors.error_exit = on_error;
  errors.emit_message = on_message;
  errors.output_message = [](j_common_ptr) {};
  in.client_data = this;
  progress_.progress_monitor = on_progress;
}

JpegReader::~JpegReader() { jpeg_destroy_decompress(&in); }

void JpegReader::on_error(j_common_ptr info) {
  auto* self = static_cast<JpegReader*>(info->client_data);
  self->failed_ = info->err->msg_code;
  std::longjmp(self->jump, 1);
}

void JpegReader::on_message(j_common_ptr info, int level) {
  if (level >= 0 || is_harmless(info->err->msg_code)) return;
  // A lost EOI alone costs nothing: if entropy data is short too, JWRN_HIT_MARKER follows.
  if (info->err->msg_code == JWRN_JPEG_EOF) {
    static_cast<JpegReader*>(info->client_data)->missing_eoi_ = true;
    return;
  }
  on_error(info);
}

void JpegReader::on_progress(j_common_ptr info) {
  auto* self = static_cast<JpegReader*>(info->client_data);
  if (info != reinterpret_cast<j_common_ptr>(&self->in)) return;
  const int allowed = self->in.progressive_mode ? kMaxProgressiveScans : self->in.num_components;
  if (self->in.input_scan_number <= allowed) return;
  info->err->msg_code = JERR_BAD_SCAN_SCRIPT;
  on_error(info);
}

bool JpegReader::parse_header() {
  if (setjmp(jump) != 0) return false;
  jpeg_CreateDecompress(&in, JPEG_LIB_VERSION, sizeof(in));
  in.progress = &progress_;
  in.mem->max_memory_to_use = kWorkspaceBytes;
  jpeg_save_markers(&in, JPEG_APP0 + 2, 0xFFFF);
  jpeg_mem_src(&in, jpeg_.data(), jpeg_.size());
  jpeg_read_header(&in, TRUE);
  return true;
}

Result<void> JpegReader::check_header() const {
  if (in.data_precision != 8) return fail(unsupported());
  if (in.num_components != 1 && in.num_components != 3) return fail(unsupported());
  if (in.image_width > limits::kMaxFrameSide || in.image_height > limits::kMaxFrameSide) return fail(too_large());
  if (std::uint64_t{in.image_width} * in.image_height > limits::kMaxFramePixels) return fail(too_large());
  return {};
}

Result<JpegInfo> JpegReader::read_header() {
  if (!parse_header()) return fail(error());
  VG_TRY(check_header());
  std::uint64_t blocks = 0;
  for (int c = 0; c < in.num_components; ++c) {
    const auto& component = in.comp_info[c];
    // Encoders pad the block grid to whole MCUs, and so does libjpeg's memory.
    blocks += std::uint64_t{component.width_in_blocks + static_cast<unsigned>(component.h_samp_factor)} *
              (component.height_in_blocks + static_cast<unsigned>(component.v_samp_factor));
    if (in.comp_info[c].quant_tbl_no < 0 || in.comp_info[c].quant_tbl_no >= NUM_QUANT_TBLS) return fail(corrupt());
  }
  std::uint64_t visible = 0;
  for (int c = 0; c < in.num_components; ++c) {
    visible += std::uint64_t{in.comp_info[c].width_in_blocks} * in.comp_info[c].height_in_blocks;
  }
  // No block takes less than one bit for DC and, in sequential mode, one for end of block: a huge header over a small
  // stream ends here, before the coefficients are allocated.
  // Arithmetic codes can take less; no photograph comes near an eighth.
  const std::uint64_t least = in.arith_code ? visible / 8 : visible * (in.progressive_mode ? 1 : 2);
  if (least / 8 > jpeg_.size()) return fail(corrupt());
  in.mem->max_memory_to_use = kWorkspaceBytes + static_cast<long>(blocks * sizeof(JBLOCK));

  const bool unmarked = !in.saw_JFIF_marker && !in.saw_Adobe_marker;
  if (in.num_components == 3 && unmarked && hints_.rgb_if_unmarked) in.jpeg_color_space = JCS_RGB;
  JpegInfo info;
  info.width = static_cast<int>(in.image_width);
  info.height = static_cast<int>(in.image_height);
  info.components = in.num_components;
  info.rgb = in.jpeg_color_space == JCS_RGB;
  if (in.num_components > 1) {
    info.mcu_width = in.max_h_samp_factor * DCTSIZE;
    info.mcu_height = in.max_v_samp_factor * DCTSIZE;
  }
  return info;
}

void JpegReader::require_complete() {
  // A component gets its quantisation table from the first scan that carries it.
  bool complete = true;
  for (int c = 0; c < in.num_components; ++c) {
    complete = complete && in.comp_info[c].quant_table != nullptr;
    // Steps of 0 (T.81 B.2.4.1 has 1 to 255) show grey, and whoever puts real ones back sees what nobody masked.
    complete = complete && std::ranges::count(in.comp_info[c].quant_table->quantval, 0) == 0;
    if (in.progressive_mode && in.coef_bits != nullptr) complete = complete && in.coef_bits[c][0] == 0;
  }
  // The arithmetic decoder reads zeros after the end and says nothing.
  if ((in.progressive_mode || in.arith_code) && missing_eoi_) complete = false;
  if (complete) return;
  in.err->msg_code = JWRN_HIT_MARKER;
  on_error(reinterpret_cast<j_common_ptr>(&in));
}

Error JpegReader::error() const {
  switch (failed_) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_NOT_COMPILED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_MISMATCHED_QUANT_TABLE:
      return unsupported();
    case JERR_BAD_SCAN_SCRIPT:
      return too_many_scans();
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
    case JERR_NO_BACKING_STORE:
      return too_large();
    case JERR_OUT_OF_MEMORY:
      return {ErrorKind::Transient, "pixel.memory", "There was not enough memory for a JPEG picture."};
    default:
      return corrupt();
  }
}

}  // namespace veilgate::pixel
