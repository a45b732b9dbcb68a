#pragma once
// DICOM objects with given pixel data, made with DCMTK alone so that what is tested does not check itself.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dicom/dataset.h"
#include "pixel/frame.h"

namespace veilgate::test {

/// A folder that goes away with the test.
class TempFolder {
 public:
  TempFolder() {
    static std::atomic<int> counter{0};
    path_ = std::filesystem::temp_directory_path() /
            ("veilgate-pixel-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void check(const OFCondition& condition) {
  if (condition.bad()) throw std::runtime_error(condition.text());
}

/// Attributes of the Image Pixel Module plus what a Part 10 file needs.
inline std::unique_ptr<DcmFileFormat> image_object(const pixel::Layout& layout) {
  auto file = std::make_unique<DcmFileFormat>();
  auto& set = *file->getDataset();
  check(set.putAndInsertString(DCM_SOPClassUID, UID_MultiframeTrueColorSecondaryCaptureImageStorage));
  check(set.putAndInsertString(DCM_SOPInstanceUID, "1.2.3.4.5"));
  check(set.putAndInsertString(DCM_PatientID, "T1"));
  check(set.putAndInsertUint16(DCM_SamplesPerPixel, static_cast<Uint16>(layout.samples)));
  check(set.putAndInsertString(DCM_PhotometricInterpretation, layout.photometric.c_str()));
  if (layout.samples > 1) check(set.putAndInsertUint16(DCM_PlanarConfiguration, layout.planar ? 1 : 0));
  check(set.putAndInsertString(DCM_NumberOfFrames, std::to_string(layout.frames).c_str()));
  check(set.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(layout.rows)));
  check(set.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(layout.columns)));
  check(set.putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(layout.bits_allocated)));
  check(set.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(layout.bits_stored)));
  check(set.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(layout.high_bit)));
  check(set.putAndInsertUint16(DCM_PixelRepresentation, layout.is_signed ? 1 : 0));
  return file;
}

/// `data`: samples as in a little endian file.
inline void set_native(DcmFileFormat& file, int bits_allocated, std::vector<std::uint8_t> data) {
  if (data.size() % 2 != 0) data.push_back(0);
  auto& set = *file.getDataset();
  if (bits_allocated == 16) {
    std::vector<Uint16> words(data.size() / 2);
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = static_cast<Uint16>(data[2 * i] | (data[2 * i + 1] << 8));
    }
    check(set.putAndInsertUint16Array(DCM_PixelData, words.data(), static_cast<unsigned long>(words.size())));
  } else {
    check(set.putAndInsertUint8Array(DCM_PixelData, data.data(), static_cast<unsigned long>(data.size())));
  }
}

enum class OffsetTable { Empty, Filled, Extended };

/// `frames`: fragments of each frame.
inline void set_fragments(DcmFileFormat& file, const std::vector<std::vector<std::vector<std::uint8_t>>>& frames,
                          OffsetTable kind, E_TransferSyntax syntax = EXS_JPEGProcess1) {
  auto sequence = std::make_unique<DcmPixelSequence>(DCM_PixelSequenceTag);
  auto* table = new DcmPixelItem(DCM_PixelItemTag);
  check(sequence->insert(table));
  DcmOffsetList sizes;
  std::vector<Uint64> offsets;
  Uint64 position = 0;
  for (const auto& fragments : frames) {
    offsets.push_back(position);
    Uint32 size = 0;
    for (auto fragment : fragments) {
      if (fragment.size() % 2 != 0) fragment.push_back(0);
      auto* item = new DcmPixelItem(DCM_PixelItemTag);
      check(item->putUint8Array(fragment.data(), static_cast<Uint32>(fragment.size())));
      check(sequence->insert(item));
      size += static_cast<Uint32>(fragment.size()) + 8;
    }
    sizes.push_back(size);
    position += size;
  }
  if (kind == OffsetTable::Filled) check(table->createOffsetTable(sizes));
  auto* pixels = new DcmPixelData(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
  check(file.getDataset()->insert(pixels, OFTrue));
  if (kind == OffsetTable::Extended) {
    auto* extended = new DcmOther64bitVeryLong(DCM_ExtendedOffsetTable);
    check(extended->putUint64Array(offsets.data(), static_cast<unsigned long>(offsets.size())));
    check(file.getDataset()->insert(extended, OFTrue));
  }
}

inline dicom::File through_disk(DcmFileFormat& file, const std::filesystem::path& path, E_TransferSyntax syntax) {
  check(file.saveFile(path.c_str(), syntax));
  auto loaded = dicom::File::load(path);
  if (!loaded) throw std::runtime_error(loaded.error().code + ": " + loaded.error().message);
  return std::move(*loaded);
}

/// Native pixel data of a file as little endian bytes.
inline std::vector<std::uint8_t> native_bytes(DcmFileFormat& file, int bits_allocated) {
  std::vector<std::uint8_t> out;
  unsigned long count = 0;
  if (bits_allocated == 16) {
    const Uint16* words = nullptr;
    check(file.getDataset()->findAndGetUint16Array(DCM_PixelData, words, &count));
    for (unsigned long i = 0; i < count; ++i) {
      out.push_back(static_cast<std::uint8_t>(words[i] & 255));
      out.push_back(static_cast<std::uint8_t>(words[i] >> 8));
    }
  } else {
    const Uint8* bytes = nullptr;
    check(file.getDataset()->findAndGetUint8Array(DCM_PixelData, bytes, &count));
    out.assign(bytes, bytes + count);
  }
  return out;
}

/// All items of encapsulated pixel data, the offset table first.
inline std::vector<std::vector<std::uint8_t>> fragments_of(DcmFileFormat& file) {
  DcmElement* element = nullptr;
  check(file.getDataset()->findAndGetElement(DCM_PixelData, element));
  auto& pixels = dynamic_cast<DcmPixelData&>(*element);
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  pixels.getOriginalRepresentationKey(syntax, parameter);
  DcmPixelSequence* sequence = nullptr;
  check(pixels.getEncapsulatedRepresentation(syntax, parameter, sequence));
  std::vector<std::vector<std::uint8_t>> out;
  for (unsigned long i = 0; i < sequence->card(); ++i) {
    DcmPixelItem* item = nullptr;
    check(sequence->getItem(item, i));
    Uint8* bytes = nullptr;
    check(item->getUint8Array(bytes));
    out.emplace_back(bytes, bytes + item->getLength());
  }
  return out;
}

}  // namespace veilgate::test
