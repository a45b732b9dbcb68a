#include "pixel/codecs/fragments.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/limits.h"
#include "dicom/carrier.h"
#include "dicom/scratch_stream.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
constexpr dicom::Tag kExtendedOffsets{0x7FE0, 0x0001};
constexpr dicom::Tag kExtendedLengths{0x7FE0, 0x0002};
constexpr dicom::Tag kTotalLength{0x7FE0, 0x0003};
constexpr std::uint64_t kItemHeader = 8;

tl::unexpected<Error> misfit() {
  return fail(ErrorKind::Permanent, "pixel.fragments",
              "The fragments of the pixel data do not fit the number of frames.");
}

DcmPixelData* pixel_element(dicom::File& file) {
  DcmElement* element = nullptr;
  if (file.dataset().native()->findAndGetElement(DCM_PixelData, element).bad()) return nullptr;
  return dynamic_cast<DcmPixelData*>(element);
}

/// Empty for no fragments; nullptr-free.
Result<std::vector<DcmPixelItem*>> items_of(dicom::File& file) {
  auto* pixels = pixel_element(file);
  if (pixels == nullptr) return misfit();
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  pixels->getOriginalRepresentationKey(syntax, parameter);
  DcmPixelSequence* sequence = nullptr;
  if (!DcmXfer(syntax).isEncapsulated() || pixels->getEncapsulatedRepresentation(syntax, parameter, sequence).bad() ||
      sequence == nullptr) {
    return fail(ErrorKind::Permanent, "pixel.inconsistent",
                "The transfer syntax is compressed, the pixel data are not.");
  }
  std::vector<DcmPixelItem*> items;
  for (auto* object = sequence->nextInContainer(nullptr); object != nullptr;
       object = sequence->nextInContainer(object)) {
    auto* item = dynamic_cast<DcmPixelItem*>(object);
    if (item == nullptr) return misfit();
    items.push_back(item);
  }
  if (items.size() < 2) return misfit();
  return items;
}

Result<std::span<const std::uint8_t>> bytes_of(DcmPixelItem& item) {
  const auto length = item.getLength();
  if (length == 0) return std::span<const std::uint8_t>{};
  Uint8* bytes = nullptr;
  if (item.getUint8Array(bytes).bad() || bytes == nullptr) {
    return fail(ErrorKind::Permanent, "pixel.unreadable", "A fragment of the pixel data could not be read.");
  }
  return std::span<const std::uint8_t>(bytes, length);
}

/// Before anything is decoded: a few bytes of codestream can claim hours of work, of which no decoder sees the whole.
Result<void> check_size(const std::vector<DcmPixelItem*>& items, const Layout& layout) {
  std::uint64_t compressed = 0;
  for (auto* item : items) compressed += item->getLength();
  const std::uint64_t decoded = data_bytes(layout);
  if (decoded <= limits::kFreelyDecodedBytes || decoded / limits::kMaxDecodeRatio <= compressed) return {};
  return fail(ErrorKind::Refused, "pixel.too_dense",
              "The object's " + std::to_string(compressed) + " bytes of compressed pixels claim to be a picture of " +
                  std::to_string(decoded) + " bytes; over " + std::to_string(limits::kMaxDecodeRatio) +
                  " to 1 large pictures are not decoded.");
}

/// Little endian numbers of T.
template <typename T>
std::vector<std::uint64_t> offsets_in(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    std::uint64_t value = 0;
    for (std::size_t byte = sizeof(T); byte-- > 0;) value = (value << 8) | bytes[i + byte];
    out.push_back(value);
  }
  return out;
}

/// Item index for each offset; an offset that no item starts at is an error.
Result<std::vector<std::size_t>> by_offsets(const std::vector<DcmPixelItem*>& items,
                                            const std::vector<std::uint64_t>& offsets, std::size_t frames) {
  if (offsets.size() != frames || offsets.front() != 0) return misfit();
  std::vector<std::size_t> first;
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (first.size() < offsets.size() && offsets[first.size()] == position) first.push_back(i);
    const std::uint64_t length = items[i]->getLength();
    position += kItemHeader + length + length % 2;
  }
  if (first.size() != frames) return misfit();
  first.push_back(items.size());
  return first;
}

Result<std::vector<std::size_t>> by_start(const std::vector<DcmPixelItem*>& items, std::string_view start,
                                          std::size_t frames) {
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < items.size(); ++i) {
    VG_ASSIGN(const auto bytes, bytes_of(*items[i]));
    if (bytes.size() >= start.size() && std::memcmp(bytes.data(), start.data(), start.size()) == 0) first.push_back(i);
    items[i]->compact();
  }
  if (first.size() != frames || first.front() != 0) return misfit();
  first.push_back(items.size());
  return first;
}
}  // namespace

Result<std::vector<std::size_t>> by_frame(std::span<const Region> regions, const Layout& layout) {
  std::vector<std::size_t> order(regions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&regions](std::size_t a, std::size_t b) { return regions[a].frame < regions[b].frame; });
  if (!order.empty() && (regions[order.front()].frame < 0 || regions[order.back()].frame >= layout.frames)) {
    return fail(ErrorKind::Bug, "pixel.bad_region", "A region lies in a frame that the object does not have.");
  }
  return order;
}

Result<FragmentReader> FragmentReader::open(dicom::File& file, const Layout& layout, std::string_view start) {
  FragmentReader reader;
  VG_ASSIGN(reader.items_, items_of(file));
  DcmPixelItem* table = reader.items_.front();
  reader.items_.erase(reader.items_.begin());
  VG_TRY(check_size(reader.items_, layout));
  const auto frames = static_cast<std::size_t>(layout.frames);
  VG_ASSIGN(const auto table_bytes, bytes_of(*table));
  auto offsets = offsets_in<std::uint32_t>(table_bytes);
  if (offsets.empty()) {
    if (const auto extended = file.dataset().find(kExtendedOffsets)) {
      const auto bytes = extended->bytes();
      const auto* data = static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.reveal().data()));
      offsets = offsets_in<std::uint64_t>({data, bytes.reveal().size()});
    }
  }
  if (!offsets.empty()) {
    VG_ASSIGN(reader.first_, by_offsets(reader.items_, offsets, frames));
  } else if (frames == 1) {
    reader.first_ = {0, reader.items_.size()};
  } else if (reader.items_.size() == frames) {
    for (std::size_t i = 0; i <= frames; ++i) reader.first_.push_back(i);
  } else {
    VG_ASSIGN(reader.first_, by_start(reader.items_, start, frames));
  }
  return reader;
}

Result<std::span<const std::uint8_t>> FragmentReader::frame(int index) {
  if (loaded_ != nullptr) loaded_->compact();
  loaded_ = nullptr;
  const auto from = first_.at(static_cast<std::size_t>(index));
  const auto to = first_.at(static_cast<std::size_t>(index) + 1);
  if (to - from == 1) {
    loaded_ = items_[from];
    return bytes_of(*loaded_);
  }
  joined_.clear();
  for (auto i = from; i < to; ++i) {
    VG_ASSIGN(const auto bytes, bytes_of(*items_[i]));
    joined_.insert(joined_.end(), bytes.begin(), bytes.end());
    items_[i]->compact();
  }
  return std::span<const std::uint8_t>(joined_);
}

Result<FragmentBytes> FragmentBytes::open(dicom::File& file) {
  FragmentBytes out;
  VG_ASSIGN(out.items_, items_of(file));
  out.items_.erase(out.items_.begin());
  out.starts_.push_back(0);
  for (auto* item : out.items_) out.starts_.push_back(out.starts_.back() + item->getLength());
  if (out.size() == 0) return misfit();
  out.cache_ = std::make_shared<DcmFileCache>();
  return out;
}

Result<std::size_t> FragmentBytes::read(std::uint64_t at, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  // The last item that starts at or before the offset; empty ones before it have the same start.
  auto index = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), at) - starts_.begin()) - 1;
  for (; done < out.size() && index < items_.size(); ++index) {
    const auto within = at + done - starts_[index];
    const auto count = std::min<std::uint64_t>(out.size() - done, starts_[index + 1] - starts_[index] - within);
    if (count == 0) continue;
    if (items_[index]
            ->getPartialValue(out.data() + done, static_cast<Uint32>(within), static_cast<Uint32>(count), cache_.get())
            .bad()) {
      return fail(ErrorKind::Permanent, "pixel.unreadable", "A fragment of the pixel data could not be read.");
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

FragmentWriter::FragmentWriter(std::filesystem::path scratch)
    : scratch_(std::move(scratch)), sequence_(std::make_unique<DcmPixelSequence>(DCM_PixelSequenceTag)) {
  sequence_->insert(new DcmPixelItem(DCM_PixelItemTag));
}
FragmentWriter::~FragmentWriter() = default;

Result<void> FragmentWriter::add(std::vector<std::uint8_t> codestream) {
  if (codestream.size() % 2 != 0) codestream.push_back(0);
  if (codestream.size() >= std::numeric_limits<std::uint32_t>::max() - kItemHeader) {
    return fail(ErrorKind::Permanent, "pixel.too_large", "A frame is larger than a fragment can be.");
  }
  auto item = std::make_unique<DcmPixelItem>(DCM_PixelItemTag);
  const auto length = static_cast<Uint32>(codestream.size());
  VG_TRY(fill(*item, codestream));
  if (sequence_->insert(item.get()).bad()) {
    return fail(ErrorKind::Transient, "pixel.memory", "A frame could not be stored.");
  }
  item.release();  // the sequence owns it now
  sizes_.push_back(length + static_cast<std::uint32_t>(kItemHeader));
  total_ += sizes_.back();
  return {};
}

Result<void> FragmentWriter::add_stream(std::shared_ptr<ScratchFile> stream) {
  constexpr std::array<std::uint8_t, 1> kPad{0};
  if (stream->size() % 2 != 0) VG_TRY(stream->append(kPad));
  if (stream->size() >= std::numeric_limits<std::uint32_t>::max() - kItemHeader) {
    return fail(ErrorKind::Permanent, "pixel.too_large", "A stream is larger than a fragment can be.");
  }
  auto item = std::make_unique<DcmPixelItem>(DCM_PixelItemTag);
  const auto length = static_cast<Uint32>(stream->size());
  if (item->createValueFromTempFile(new dicom::ScratchStreamFactory(std::move(stream), 0), length, EBO_LittleEndian)
          .bad() ||
      sequence_->insert(item.get()).bad()) {
    return fail(ErrorKind::Transient, "pixel.memory", "A stream could not be stored.");
  }
  item.release();  // the sequence owns it now
  return {};
}

Result<void> FragmentWriter::fill(DcmPixelItem& item, std::span<const std::uint8_t> codestream) {
  const auto length = static_cast<Uint32>(codestream.size());
  OFCondition filled;
  if (total_ + length <= limits::kMaxPixelBytesInMemory) {
    filled = item.putUint8Array(codestream.data(), length);
  } else {
    if (!spilled_) {
      VG_ASSIGN(spilled_, ScratchFile::create(scratch_));
    }
    const auto at = spilled_->size();
    VG_TRY(spilled_->append(codestream));
    filled = item.createValueFromTempFile(new dicom::ScratchStreamFactory(spilled_, at), length, EBO_LittleEndian);
  }
  if (filled.bad()) return fail(ErrorKind::Transient, "pixel.memory", "A frame could not be stored.");
  return {};
}

Result<void> FragmentWriter::commit(dicom::File& file, std::string_view syntax) {
  auto* pixels = pixel_element(file);
  DcmPixelItem* table = nullptr;
  if (pixels == nullptr || sequence_->getItem(table, 0).bad()) {
    return fail(ErrorKind::Bug, "pixel.commit", "The pixel data vanished while they were masked.");
  }
  if (total_ <= std::numeric_limits<std::uint32_t>::max()) {
    DcmOffsetList list;
    for (const auto size : sizes_) list.push_back(size);
    if (table->createOffsetTable(list).bad()) {
      return fail(ErrorKind::Bug, "pixel.commit", "The Basic Offset Table could not be written.");
    }
  }
  VG_ASSIGN(const Uid uid, Uid::parse(std::string(syntax)));
  VG_ASSIGN(const auto carrier, dicom::carrier_of(uid));
  pixels->putOriginalRepresentation(carrier, nullptr, sequence_.release());
  file.set_transfer_syntax(uid);
  for (const auto tag : {kExtendedOffsets, kExtendedLengths, kTotalLength}) file.dataset().remove(tag);
  return {};
}

}  // namespace veilgate::pixel
