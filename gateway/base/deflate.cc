#include "base/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace veilgate {
namespace {

constexpr int kRawWindowBits = -MAX_WBITS;  // negative: neither header nor checksum
constexpr int kMemoryLevel = 8;             // zlib's default
constexpr std::size_t kBlockBytes = 256 * 1024;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "deflate.corrupt", "a deflated stream is broken or cut off");
}

/// zlib frees its state only when told so.
struct InflateState {
  z_stream z{};
  InflateState() {
    if (::inflateInit2(&z, kRawWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~InflateState() { ::inflateEnd(&z); }
  InflateState(const InflateState&) = delete;
  InflateState& operator=(const InflateState&) = delete;
};

}  // namespace

Result<std::size_t> inflate_raw(std::span<const std::uint8_t> deflated, std::uint64_t max_bytes, const ByteSink& sink) {
  InflateState state;
  std::vector<std::uint8_t> out(kBlockBytes);
  std::size_t fed = 0;
  std::uint64_t made = 0;
  while (true) {
    if (state.z.avail_in == 0) {
      const std::size_t piece = std::min<std::size_t>(deflated.size() - fed, std::numeric_limits<uInt>::max());
      state.z.next_in = const_cast<Bytef*>(deflated.data() + fed);
      state.z.avail_in = static_cast<uInt>(piece);
      fed += piece;
    }
    state.z.next_out = out.data();
    state.z.avail_out = static_cast<uInt>(out.size());
    const int status = ::inflate(&state.z, Z_NO_FLUSH);
    const std::size_t count = out.size() - state.z.avail_out;
    // Z_BUF_ERROR with all input fed: the stream does not end.
    if (status != Z_OK && status != Z_STREAM_END) return corrupt();
    made += count;
    if (made > max_bytes) {
      return fail(ErrorKind::Permanent, "deflate.too_large", "a deflated stream holds more than it may");
    }
    VG_TRY(sink(std::span(out).first(count)));
    if (status == Z_STREAM_END) return fed - state.z.avail_in;
  }
}

struct Deflater::State {
  z_stream z{};
  State() {
    if (::deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~State() { ::deflateEnd(&z); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Deflater::Deflater(ByteSink sink) : state_(std::make_unique<State>()), sink_(std::move(sink)) {
  pending_.reserve(kBlockBytes);
}
Deflater::~Deflater() = default;

Result<void> Deflater::append(std::span<const std::uint8_t> bytes) {
  // Whole blocks of one size: zlib's decisions may depend on how much it sees at once.
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), kBlockBytes - pending_.size());
    pending_.insert(pending_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece));
    bytes = bytes.subspan(piece);
    if (pending_.size() == kBlockBytes) VG_TRY(press(Z_NO_FLUSH));
  }
  return {};
}

Result<void> Deflater::finish() { return press(Z_FINISH); }

Result<void> Deflater::press(int flush) {
  std::vector<std::uint8_t> out(kBlockBytes);
  z_stream& z = state_->z;
  z.next_in = pending_.data();
  z.avail_in = static_cast<uInt>(pending_.size());
  int status = Z_OK;
  do {
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    status = ::deflate(&z, flush);
    if (status == Z_STREAM_ERROR) return fail(ErrorKind::Bug, "deflate.state", "a deflate stream was used wrongly");
    VG_TRY(sink_(std::span(out).first(out.size() - z.avail_out)));
  } while (z.avail_out == 0 || (flush == Z_FINISH && status != Z_STREAM_END));
  pending_.clear();
  return {};
}

}  // namespace veilgate
