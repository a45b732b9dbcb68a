#include "dicom/scan.h"

#include <algorithm>
#include <string_view>

#include "base/limits.h"
#include "dicom/native.h"
#include "dicom/scan_header.h"
#include "dicom/uids.h"

namespace veilgate::dicom {
namespace {

constexpr std::size_t kPreambleBytes = 128;
constexpr Tag kTransferSyntaxUid{0x0002, 0x0010};

tl::unexpected<Error> malformed(const char* what) { return fail(ErrorKind::Permanent, "dicom.malformed", what); }
tl::unexpected<Error> truncated() {
  return fail(ErrorKind::Permanent, "dicom.truncated", "the file ends within an attribute");
}
tl::unexpected<Error> over_limit(const char* what) { return fail(ErrorKind::Permanent, "dicom.limit", what); }

enum class Frame { Dataset, Sequence, Item, Fragments };

struct Level {
  Frame frame = Frame::Dataset;
  std::size_t end = 0;  ///< of the bytes that may belong to it
  bool undefined = false;
  Encoding encoding;
  Tag tag;  ///< of the sequence or pixel data
  int fragments = 0;
};

/// One walk over the dataset.
class Walk {
 public:
  Walk(std::span<const std::uint8_t> file, const ScanVisitor& visit, Structure& out)
      : file_(file), visit_(visit), out_(out) {}

  Result<void> run(std::size_t start, Encoding encoding) {
    at_ = start;
    levels_.push_back({Frame::Dataset, file_.size(), false, encoding, {}, 0});
    while (!levels_.empty()) {
      if (leave_finished()) continue;
      VG_TRY(step());
    }
    return {};
  }

 private:
  Level& top() { return levels_.back(); }

  bool leave_finished() {
    const Level& level = top();
    const bool at_end = at_ >= level.end && !level.undefined;
    if (at_end || (level.frame == Frame::Dataset && only_padding_left())) {
      if (level.frame == Frame::Dataset) out_.end_offset = at_;
      levels_.pop_back();
      return true;
    }
    return false;
  }

  /// Some senders append NULs to fill a block; fewer bytes than a header cannot be an element either.
  bool only_padding_left() const {
    const auto rest = file_.subspan(at_);
    if (rest.size() < 8) return true;
    if (rest[0] != 0 || rest[1] != 0 || rest[2] != 0 || rest[3] != 0) return false;
    return std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
  }

  Result<void> step() {
    const auto header = read_header(file_.first(top().end), at_, top().encoding);
    if (!header) return truncated();
    if (++out_.elements > limits::kMaxElements) return over_limit("the object has too many attributes");
    switch (top().frame) {
      case Frame::Sequence:
        return in_sequence(*header);
      case Frame::Fragments:
        return in_fragments(*header);
      default:
        return in_dataset(*header);
    }
  }

  Result<void> in_sequence(const Header& header) {
    if (header.tag == kSequenceEnd) return close_level(header);
    if (header.tag != kItem) return malformed("a sequence holds something that is not an item");
    at_ += header.size;
    Level item{Frame::Item, top().end, header.length == kUndefinedLength, top().encoding, {}, 0};
    if (!item.undefined) {
      if (header.length > top().end - at_) return truncated();
      item.end = at_ + header.length;
    }
    levels_.push_back(item);
    return {};
  }

  Result<void> in_fragments(const Header& header) {
    if (header.tag == kSequenceEnd) return close_level(header);
    if (header.tag != kItem || header.length == kUndefinedLength) {
      return malformed("encapsulated pixel data holds something that is not a fragment");
    }
    const std::size_t value = at_ + header.size;
    if (header.length > top().end - value) return truncated();
    out_.pixel_ranges.emplace_back(value, header.length);
    report(header, top().tag, [&](ScannedElement& element) {
      element.is_fragment = true;
      element.fragment = top().fragments;
    });
    ++top().fragments;
    at_ = value + header.length;
    return {};
  }

  Result<void> in_dataset(const Header& header) {
    if (header.tag == kItemEnd && top().frame == Frame::Item) return close_level(header);
    if (header.tag.group == 0xFFFE) return malformed("a delimiter stands where an attribute should");
    if (header.length == kUndefinedLength) return open_undefined(header);
    if (header.length > top().end - at_ - header.size) return truncated();
    if (is_sequence(header)) {
      return open_sequence(header, top().encoding, at_ + header.size + header.length, false);
    }
    return pass_value(header);
  }

  Result<void> pass_value(const Header& header) {
    const bool pixels = header.tag.group == 0x7FE0;
    if (pixels) {
      out_.pixel_ranges.emplace_back(at_ + header.size, header.length);
    } else if (header.length > limits::kMaxAttributeBytes) {
      return over_limit("an attribute is too long");
    }
    report(header, header.tag, [](ScannedElement&) {});
    at_ += header.size + header.length;
    return {};
  }

  Result<void> open_undefined(const Header& header) {
    Encoding inside = top().encoding;
    if (inside.explicit_vr && header.is("UN")) inside = {false, false};
    const bool fragments = header.is("OB") || header.is("OW") || (!inside.explicit_vr && header.tag == kPixelDataTag);
    if (!fragments) {
      if (inside.explicit_vr && !header.is("SQ")) return malformed("an attribute that is no sequence has no length");
      return open_sequence(header, inside, top().end, true);
    }
    if (header.tag != kPixelDataTag) return malformed("fragments outside pixel data");
    report(header, header.tag, [](ScannedElement& element) { element.undefined_length = true; });
    at_ += header.size;
    levels_.push_back({Frame::Fragments, top().end, true, inside, header.tag, 0});
    return {};
  }

  Result<void> open_sequence(const Header& header, Encoding inside, std::size_t end, bool undefined) {
    report(header, header.tag, [&](ScannedElement& element) {
      element.is_sequence = true;
      element.undefined_length = undefined;
    });
    at_ += header.size;
    levels_.push_back({Frame::Sequence, end, undefined, inside, header.tag, 0});
    out_.max_depth = std::max(out_.max_depth, depth());
    if (depth() > limits::kMaxSequenceDepth) return over_limit("sequences are nested too deep");
    return {};
  }

  /// A delimiter: ends its level; inside a defined length it is redundant but harmless.
  Result<void> close_level(const Header& header) {
    if (header.length != 0) return malformed("a delimiter has a length");
    at_ += header.size;
    if (!top().undefined && at_ != top().end) return malformed("a delimiter stands before the end of its sequence");
    levels_.pop_back();
    return {};
  }

  /// In implicit VR the parser takes the dictionary's word for it, so the scan must as well.
  bool is_sequence(const Header& header) const {
    if (levels_.back().encoding.explicit_vr) return header.is("SQ");
    return dictionary_vr(header.tag) == EVR_SQ;
  }

  int depth() const { return static_cast<int>(std::ranges::count(levels_, Frame::Sequence, &Level::frame)); }

  template <typename Fill>
  void report(const Header& header, Tag tag, const Fill& fill) {
    if (!visit_) return;
    ScannedElement element;
    element.tag = tag;
    element.vr = header.vr;
    element.header_offset = at_;
    element.value_offset = at_ + header.size;
    element.length = header.length == kUndefinedLength ? 0 : header.length;
    element.depth = depth();
    fill(element);
    visit_(element);
  }

  std::span<const std::uint8_t> file_;
  const ScanVisitor& visit_;
  Structure& out_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
};

std::string uid_value(std::span<const std::uint8_t> value) {
  std::string text(reinterpret_cast<const char*>(value.data()), value.size());
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  return text;
}

/// The group 0002 attributes, always explicit little endian.
Result<void> scan_meta(std::span<const std::uint8_t> file, const ScanVisitor& visit, Structure& out) {
  std::size_t at = kPreambleBytes + 4;
  while (true) {
    const auto header = read_header(file, at, {});
    if (!header || header->tag.group != 0x0002) break;
    if (++out.elements > limits::kMaxElements) return over_limit("the object has too many attributes");
    if (!is_standard_vr(file.data() + at + 4) || header->is("SQ") || header->length == kUndefinedLength) {
      return malformed("the file meta information is not in explicit little endian");
    }
    const std::size_t value = at + header->size;
    if (header->length > file.size() - value) return truncated();
    if (header->tag == kTransferSyntaxUid) out.transfer_syntax = uid_value(file.subspan(value, header->length));
    if (visit) visit({header->tag, header->vr, at, value, header->length, 0, false, false, false, 0});
    at = value + header->length;
  }
  out.dataset_offset = at;
  if (out.transfer_syntax.empty()) return malformed("the file meta information names no transfer syntax");
  return {};
}

bool has_prefix(std::span<const std::uint8_t> file) {
  constexpr std::string_view kMagic = "DICM";
  return file.size() >= kPreambleBytes + 4 && std::ranges::equal(file.subspan(kPreambleBytes, 4), kMagic);
}

/// A dataset on its own begins with a small group; its second word tells whether VRs are written.
Result<void> guess_bare(std::span<const std::uint8_t> file, Structure& out) {
  out.bare = true;
  if (file.size() < 8) return malformed("too short to be DICOM");
  const std::uint16_t group = read_u16(file.data(), false);
  if (group < 0x0004 || group > 0x0010) return malformed("neither a DICOM file nor a plain dataset");
  out.transfer_syntax = is_standard_vr(file.data() + 4) ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
  return {};
}

Result<Structure> read_head(std::span<const std::uint8_t> file, bool allow_bare, const ScanVisitor& visit) {
  Structure out;
  if (has_prefix(file)) {
    VG_TRY(scan_meta(file, visit, out));
  } else {
    if (!allow_bare) return malformed("not a DICOM file");
    VG_TRY(guess_bare(file, out));
  }
  return out;
}

Result<Encoding> encoding_of(const std::string& syntax) {
  if (syntax == "1.2.840.10008.1.2") return Encoding{false, false};
  if (syntax == "1.2.840.10008.1.2.2") return Encoding{true, true};
  if (syntax == kDeflatedExplicitVr || syntax == "1.2.840.10008.1.2.4.95" || syntax == "1.2.840.10008.1.2.4.205") {
    return fail(ErrorKind::Refused, "dicom.deflated", "a dataset deflated in this way cannot be cleaned");
  }
  for (const auto& known : transfer_syntaxes()) {
    if (known.uid == syntax) return Encoding{true, false};
  }
  return fail(ErrorKind::Refused, "dicom.transfer_syntax", "the transfer syntax is not a standard one");
}

}  // namespace

Result<Structure> scan_head(std::span<const std::uint8_t> file, bool allow_bare) {
  return read_head(file, allow_bare, {});
}

Result<Structure> scan(std::span<const std::uint8_t> file, bool allow_bare, const ScanVisitor& visit) {
  VG_ASSIGN(Structure out, read_head(file, allow_bare, visit));
  VG_ASSIGN(const Encoding encoding, encoding_of(out.transfer_syntax));
  VG_TRY(Walk(file, visit, out).run(out.dataset_offset, encoding));
  return out;
}

}  // namespace veilgate::dicom
