#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/hash.h"
#include "forward/destination.h"

namespace veilgate::testing {

/// A folder of its own for each test, removed at the end.
class ForwardFixture : public ::testing::Test {
 protected:
  ForwardFixture() {
    std::array<std::uint8_t, 6> suffix{};
    random_bytes(suffix);
    folder_ = std::filesystem::temp_directory_path() / ("veilgate-test-" + to_hex(suffix));
    std::filesystem::create_directories(folder_);
  }
  ~ForwardFixture() override { std::filesystem::remove_all(folder_); }

  static std::string slurp(const std::filesystem::path& file) {
    return read_file(file, 1u << 30).value_or(std::string());
  }

  /// A synthetic 32x32 colour photograph with a nested sequence, as a released output would be.
  forward::Outgoing make_output(const std::string& instance_uid, E_TransferSyntax syntax = EXS_LittleEndianExplicit,
                                const char* sop_class = UID_VLPhotographicImageStorage, Uint8 shade = 100) const {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    data.putAndInsertString(DCM_SOPClassUID, sop_class);
    data.putAndInsertString(DCM_SOPInstanceUID, instance_uid.c_str());
    data.putAndInsertString(DCM_StudyDate, "20200101");
    data.putAndInsertString(DCM_PatientIdentityRemoved, "YES");
    DcmItem* item = nullptr;
    data.findOrCreateSequenceItem(DCM_DeidentificationMethodCodeSequence, item);
    item->putAndInsertString(DCM_CodeValue, "113100");
    data.putAndInsertUint16(DCM_SamplesPerPixel, 3);
    data.putAndInsertString(DCM_PhotometricInterpretation, "RGB");
    data.putAndInsertUint16(DCM_PlanarConfiguration, 0);
    for (const auto& tag : {DCM_Rows, DCM_Columns}) data.putAndInsertUint16(tag, 32);
    for (const auto& tag : {DCM_BitsAllocated, DCM_BitsStored}) data.putAndInsertUint16(tag, 8);
    data.putAndInsertUint16(DCM_HighBit, 7);
    if (DcmXfer(syntax).isEncapsulated()) {
      auto* sequence = new DcmPixelSequence(DCM_PixelSequenceTag);
      auto* offsets = new DcmPixelItem(DCM_PixelItemTag);
      sequence->insert(offsets);
      std::vector<Uint8> stream(1000, shade);
      DcmOffsetList list;
      sequence->storeCompressedFrame(list, stream.data(), static_cast<Uint32>(stream.size()), 0);
      auto* pixels = new DcmPixelData(DCM_PixelData);
      pixels->putOriginalRepresentation(syntax, nullptr, sequence);
      data.insert(pixels);
    } else {
      const std::vector<Uint8> pixels(32 * 32 * 3, shade);
      data.putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size());
    }
    const auto path = folder_ / (instance_uid + "-" + std::to_string(syntax) + "-" + std::to_string(shade) + ".out");
    EXPECT_TRUE(file.saveFile(path.c_str(), syntax, EET_ExplicitLength, EGL_withoutGL).good());
    return {ObjectId::random(), path, *sha256_file(path), {}};
  }

  std::filesystem::path folder_;
};

/// The dataset bytes of a Part 10 file.
inline std::string dataset_bytes(const std::string& file) {
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file.at(140 + i));
  return file.substr(144 + length);
}

}  // namespace veilgate::testing
