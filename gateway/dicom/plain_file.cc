#include "dicom/plain_file.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/deflate.h"
#include "base/limits.h"
#include "dicom/scan.h"
#include "dicom/uids.h"

namespace veilgate::dicom {
namespace {

/// What the inflated dataset may grow to: a bomb is at zlib's limit of 1032 to 1 from the start, an honest photo never.
std::uint64_t inflated_limit(std::uint64_t deflated, const LoadLimits& limits) {
  const std::uint64_t by_ratio = std::max(limits::kFreelyInflatedBytes, deflated * limits::kMaxInflateRatio);
  return std::min(limits.max_bytes, by_ratio);
}

/// The head with another Transfer Syntax UID of the same length, NULs behind it as padding.
Result<std::vector<std::uint8_t>> plain_head(std::span<const std::uint8_t> head) {
  constexpr std::string_view kPlain("1.2.840.10008.1.2.1\0\0\0", 22);
  static_assert(kPlain.size() == kDeflatedExplicitVr.size());
  std::vector<std::uint8_t> out(head.begin(), head.end());
  // Not ranges::search: clang 14 refuses libstdc++ 12's subrange.
  const auto uid = std::search(out.begin(), out.end(), kDeflatedExplicitVr.begin(), kDeflatedExplicitVr.end());
  if (uid == out.end()) return fail(ErrorKind::Bug, "dicom.plain", "the transfer syntax was not found again");
  std::ranges::copy(kPlain, uid);
  return out;
}

}  // namespace

Result<PlainFile> PlainFile::open(const std::filesystem::path& path, const LoadLimits& limits) {
  VG_ASSIGN(auto mapped, MappedFile::open(path, limits.max_bytes));
  return of(std::move(mapped), limits);
}

Result<PlainFile> PlainFile::of(MappedFile mapped, const LoadLimits& limits) {
  // Whatever else is wrong with the head is for scan() to say.
  const auto head = scan_head(mapped.bytes(), true);
  if (!head || head->transfer_syntax != kDeflatedExplicitVr) return PlainFile(std::move(mapped));
  return inflate(mapped.bytes(), head->dataset_offset, limits);
}

Result<PlainFile> PlainFile::inflate(std::span<const std::uint8_t> file, std::size_t dataset_offset,
                                     const LoadLimits& limits) {
  VG_ASSIGN(auto scratch, ScratchFile::create(limits.scratch));
  VG_ASSIGN(const auto head, plain_head(file.first(dataset_offset)));
  VG_TRY(scratch->append(head));
  const auto deflated = file.subspan(dataset_offset);
  VG_ASSIGN(const auto taken, inflate_raw(deflated, inflated_limit(deflated.size(), limits),
                                          [&](std::span<const std::uint8_t> bytes) { return scratch->append(bytes); }));
  VG_ASSIGN(auto mapped, MappedFile::map(scratch->descriptor(), limits.max_bytes));
  PlainFile out(std::move(mapped));
  out.inflated_ = std::move(scratch);
  const auto rest = deflated.subspan(taken);
  const bool padded = taken % 2 != 0 && !rest.empty() && rest.front() == 0;
  out.behind_ = rest.size() - (padded ? 1 : 0);
  return out;
}

}  // namespace veilgate::dicom
