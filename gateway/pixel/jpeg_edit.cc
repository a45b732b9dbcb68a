#include "pixel/jpeg_edit.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "pixel/icc.h"
#include "pixel/jpeg_session.h"
// Needs jpeglib.h before it.
#include <jerror.h>

namespace veilgate::pixel {
namespace {
/// Pixelate: a cell is at least this many MCUs wide and high, and at least a sixth of the box.
constexpr int kMinCellMcus = 4;
constexpr int kCellsPerSide = 6;
/// libjpeg's bound for one interleaved MCU (ITU-T T.81 B.2.3).
constexpr int kMaxBlocksPerMcu = 10;
/// Range of a level-shifted 8-bit DC before quantisation.
constexpr int kDarkDc = -1024;
constexpr int kBrightDc = 1016;

int divided_up(int value, int by) { return (value + by - 1) / by; }

/// Rectangle of MCUs or blocks, right and bottom exclusive.
struct Grid {
  int left, top, right, bottom;
};

/// DC in [-1024, 1023], so that no difference needs more than 11 bits; AC in [-1023, 1023], 10 bits.
bool is_codable(const JBLOCK* blocks, std::size_t count) {
  JCOEF low = 0;
  JCOEF high = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (const JCOEF value : blocks[i]) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > -1024 && high <= 1023) return true;
  if (low < -1024 || high > 1023) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::find(blocks[i] + 1, blocks[i] + DCTSIZE2, JCOEF{-1024}) != blocks[i] + DCTSIZE2) return false;
  }
  return true;
}

struct VectorSink : jpeg_destination_mgr {
  std::vector<std::uint8_t> bytes;
};

/// Output grows by doubling; its size is bounded by the number of blocks, which the reader bounds.
boolean grow(j_compress_ptr info) {
  auto* sink = static_cast<VectorSink*>(info->dest);
  const std::size_t used = sink->bytes.size();
  bool grown = true;
  try {
    sink->bytes.resize(used * 2);
  } catch (const std::bad_alloc&) {
    grown = false;
  }
  if (!grown) {
    info->err->msg_code = JERR_OUT_OF_MEMORY;
    info->err->error_exit(reinterpret_cast<j_common_ptr>(info));
  }
  sink->next_output_byte = sink->bytes.data() + used;
  sink->free_in_buffer = sink->bytes.size() - used;
  return TRUE;
}

/// One edit. Everything that a jump would leak is owned here.
class Editor {
 public:
  Editor(std::span<const std::uint8_t> jpeg, std::span<const Box> boxes, Style style, const JpegHints& hints);
  ~Editor();
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;
  Result<std::vector<std::uint8_t>> run();

 private:
  bool transcode();
  void read_icc();
  void require_baseline_tables();
  void require_codable_blocks();
  void mask(const Box& box);
  Grid blocks_of(int component, const Grid& mcus) const;
  void paint(int component, const Grid& blocks, int dc);
  void paint_means(const Grid& mcus);
  int mean_dc(int component, const Grid& blocks);
  int flat_dc(int component) const;
  JBLOCKROW block_row(int component, int row, bool writable);
  void setup_output();
  bool has_standard_tables() const;
  void use_separate_scans();
  void write_adobe();

  JpegReader reader_;
  std::span<const Box> boxes_;
  Style style_;
  JpegHints hints_;
  JpegInfo info_;
  jpeg_compress_struct out_{};
  VectorSink sink_{};
  jvirt_barray_ptr* coefficients_ = nullptr;
  std::array<jpeg_scan_info, MAX_COMPONENTS> scans_{};
  std::vector<std::uint8_t> icc_;  ///< cleaned; empty: none
};

Editor::Editor(std::span<const std::uint8_t> jpeg, std::span<const Box> boxes, Style style, const JpegHints& hints)
    : reader_(jpeg, hints), boxes_(boxes), style_(style), hints_(hints) {
  sink_.init_destination = [](j_compress_ptr) {};
  sink_.empty_output_buffer = grow;
  sink_.term_destination = [](j_compress_ptr) {};
  out_.err = &reader_.errors;
  out_.client_data = &reader_;
}

Editor::~Editor() { jpeg_destroy_compress(&out_); }

Result<std::vector<std::uint8_t>> Editor::run() {
  VG_ASSIGN(info_, reader_.read_header());
  // Room for what masking can add (code tables, coarser runs); usually no growth is needed.
  sink_.bytes.resize(reader_.in.src->bytes_in_buffer + 4096);
  sink_.next_output_byte = sink_.bytes.data();
  sink_.free_in_buffer = sink_.bytes.size();
  if (!transcode()) return fail(reader_.error());
  sink_.bytes.resize(sink_.bytes.size() - sink_.free_in_buffer);
  return std::move(sink_.bytes);
}

bool Editor::transcode() {
  if (setjmp(reader_.jump) != 0) return false;
  coefficients_ = jpeg_read_coefficients(&reader_.in);
  reader_.require_complete();
  require_baseline_tables();
  read_icc();
  for (const Box& box : boxes_) mask(box);
  require_codable_blocks();
  setup_output();
  jpeg_write_coefficients(&out_, coefficients_);
  write_adobe();
  if (!icc_.empty()) jpeg_write_icc_profile(&out_, icc_.data(), static_cast<unsigned>(icc_.size()));
  jpeg_finish_compress(&out_);
  return true;
}

/// A profile whose own size and signature do not fit is something else in disguise.
void Editor::read_icc() {
  JOCTET* bytes = nullptr;
  unsigned size = 0;
  if (!jpeg_read_icc_profile(&reader_.in, &bytes, &size)) return;
  const std::unique_ptr<JOCTET, decltype(&std::free)> owner(bytes, std::free);
  icc_ = clean_icc({bytes, size}).value_or(std::vector<std::uint8_t>{});
}

void Editor::require_baseline_tables() {
  for (int c = 0; c < reader_.in.num_components; ++c) {
    for (const UINT16 step : reader_.in.comp_info[c].quant_table->quantval) {
      if (step <= 255) continue;
      reader_.errors.msg_code = JERR_BAD_PRECISION;
      reader_.errors.error_exit(reinterpret_cast<j_common_ptr>(&reader_.in));
    }
  }
}

/// libjpeg-turbo's encoder does not check its input: coefficients that baseline has no code for (only damaged streams
/// hold them) would come out as a stream that decodes to something else.
void Editor::require_codable_blocks() {
  for (int c = 0; c < reader_.in.num_components; ++c) {
    const auto& info = reader_.in.comp_info[c];
    for (JDIMENSION y = 0; y < info.height_in_blocks; ++y) {
      if (is_codable(block_row(c, static_cast<int>(y), false), info.width_in_blocks)) continue;
      reader_.errors.msg_code = JERR_BAD_DCT_COEF;
      reader_.errors.error_exit(reinterpret_cast<j_common_ptr>(&reader_.in));
    }
  }
}

JBLOCKROW Editor::block_row(int component, int row, bool writable) {
  return *reader_.in.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&reader_.in), coefficients_[component],
                                             static_cast<JDIMENSION>(row), 1, writable ? TRUE : FALSE);
}

Grid Editor::blocks_of(int component, const Grid& mcus) const {
  const auto& info = reader_.in.comp_info[component];
  // A single component is never interleaved: its MCU is one block, whatever its sampling factors say.
  const int across = info_.components > 1 ? info.h_samp_factor : 1;
  const int down = info_.components > 1 ? info.v_samp_factor : 1;
  return {mcus.left * across, mcus.top * down, std::min(mcus.right * across, static_cast<int>(info.width_in_blocks)),
          std::min(mcus.bottom * down, static_cast<int>(info.height_in_blocks))};
}

void Editor::paint(int component, const Grid& blocks, int dc) {
  if (blocks.right <= blocks.left) return;
  for (int y = blocks.top; y < blocks.bottom; ++y) {
    JBLOCKROW row = block_row(component, y, true);
    std::memset(row + blocks.left, 0, static_cast<std::size_t>(blocks.right - blocks.left) * sizeof(JBLOCK));
    for (int x = blocks.left; x < blocks.right; ++x) row[x][0] = static_cast<JCOEF>(dc);
  }
}

int Editor::mean_dc(int component, const Grid& blocks) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (int y = blocks.top; y < blocks.bottom; ++y) {
    JBLOCKROW row = block_row(component, y, false);
    for (int x = blocks.left; x < blocks.right; ++x, ++count) sum += row[x][0];
  }
  return count == 0 ? 0 : static_cast<int>(sum / count);
}

void Editor::paint_means(const Grid& mcus) {
  const int across = std::max(kMinCellMcus, divided_up(mcus.right - mcus.left, kCellsPerSide));
  const int down = std::max(kMinCellMcus, divided_up(mcus.bottom - mcus.top, kCellsPerSide));
  for (int y = mcus.top; y < mcus.bottom; y += down) {
    for (int x = mcus.left; x < mcus.right; x += across) {
      const Grid cell{x, y, std::min(x + across, mcus.right), std::min(y + down, mcus.bottom)};
      for (int c = 0; c < info_.components; ++c) {
        const Grid blocks = blocks_of(c, cell);
        paint(c, blocks, mean_dc(c, blocks));
      }
    }
  }
}

int Editor::flat_dc(int component) const {
  if (component > 0 && !info_.rgb) return 0;  // 128: no colour
  const int step = std::max<int>(1, reader_.in.comp_info[component].quant_table->quantval[0]);
  // Rounded away from zero, so that the decoder's clamp gives exactly 0 or 255.
  if (hints_.inverted && info_.components == 1) return divided_up(kBrightDc, step);
  return -divided_up(-kDarkDc, step);
}

void Editor::mask(const Box& box) {
  const Box area = mcu_box(info_, box);
  if (area.empty()) return;
  const Grid mcus{area.x / info_.mcu_width, area.y / info_.mcu_height, divided_up(area.right(), info_.mcu_width),
                  divided_up(area.bottom(), info_.mcu_height)};
  if (style_ != Style::Solid) {
    paint_means(mcus);
    return;
  }
  for (int c = 0; c < info_.components; ++c) paint(c, blocks_of(c, mcus), flat_dc(c));
}

/// True when the stream was coded with the tables of T.81 Annex K, as most cameras do: writing them again takes one
/// pass. Other tables are not copied (unused codes can hide bytes) but computed anew, which takes a second pass.
bool Editor::has_standard_tables() const {
  const auto same = [](const JHUFF_TBL* a, const JHUFF_TBL* b) {
    if (a == nullptr || b == nullptr) return false;
    std::size_t count = 0;
    for (int length = 1; length <= 16; ++length) {
      if (a->bits[length] != b->bits[length]) return false;
      count += a->bits[length];
    }
    return count <= 256 && std::memcmp(a->huffval, b->huffval, count) == 0;
  };
  const auto& in = reader_.in;
  if (in.progressive_mode || in.arith_code) return false;
  for (int c = 0; c < in.num_components; ++c) {
    const auto& info = in.comp_info[c];
    const auto* dc = in.dc_huff_tbl_ptrs[info.dc_tbl_no];
    const auto* ac = in.ac_huff_tbl_ptrs[info.ac_tbl_no];
    if (!same(dc, out_.dc_huff_tbl_ptrs[0]) && !same(dc, out_.dc_huff_tbl_ptrs[1])) return false;
    if (!same(ac, out_.ac_huff_tbl_ptrs[0]) && !same(ac, out_.ac_huff_tbl_ptrs[1])) return false;
  }
  return true;
}

void Editor::use_separate_scans() {
  for (int c = 0; c < info_.components; ++c) {
    auto& scan = scans_[static_cast<std::size_t>(c)];
    scan.comps_in_scan = 1;
    scan.component_index[0] = c;
    scan.Se = DCTSIZE2 - 1;
  }
  out_.scan_info = scans_.data();
  out_.num_scans = info_.components;
}

void Editor::setup_output() {
  jpeg_CreateCompress(&out_, JPEG_LIB_VERSION, sizeof(out_));
  out_.dest = &sink_;
  jpeg_copy_critical_parameters(&reader_.in, &out_);
  out_.restart_interval = reader_.in.restart_interval;
  out_.write_JFIF_header = reader_.in.saw_JFIF_marker;
  out_.write_Adobe_marker = FALSE;  // libjpeg would derive the transform; ours repeats what the stream said
  out_.optimize_coding = has_standard_tables() ? FALSE : TRUE;
  int blocks = 0;
  for (int c = 0; c < info_.components; ++c) {
    blocks += reader_.in.comp_info[c].h_samp_factor * reader_.in.comp_info[c].v_samp_factor;
  }
  if (info_.components > 1 && blocks > kMaxBlocksPerMcu) use_separate_scans();
}

void Editor::write_adobe() {
  if (!reader_.in.saw_Adobe_marker) return;
  std::array<JOCTET, 12> marker{'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
  // An unknown transform is read as YCbCr by libjpeg, so it becomes that.
  marker[11] = info_.components == 3 && !info_.rgb ? 1 : 0;
  jpeg_write_marker(&out_, JPEG_APP0 + 14, marker.data(), static_cast<unsigned>(marker.size()));
}

}  // namespace

Box mcu_box(const JpegInfo& info, const Box& box) {
  const Box inside = intersection(box, {0, 0, info.width, info.height});
  if (inside.empty()) return {};
  const int left = inside.x / info.mcu_width * info.mcu_width;
  const int top = inside.y / info.mcu_height * info.mcu_height;
  const int right = std::min(info.width, divided_up(inside.right(), info.mcu_width) * info.mcu_width);
  const int bottom = std::min(info.height, divided_up(inside.bottom(), info.mcu_height) * info.mcu_height);
  return {left, top, right - left, bottom - top};
}

Result<std::vector<std::uint8_t>> edit_jpeg(std::span<const std::uint8_t> jpeg, std::span<const Box> boxes, Style style,
                                            const JpegHints& hints) {
  Editor editor(jpeg, boxes, style, hints);
  return editor.run();
}

}  // namespace veilgate::pixel
