// Binary attributes: what the dictionary allows stays, what could hold a picture goes.
#include "pixel/number_lists.h"

#include <gtest/gtest.h>

#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {

class NumberLists : public testing::Test {
 protected:
  NumberLists() {
    Layout layout;
    layout.rows = layout.columns = 32;
    layout.photometric = "MONOCHROME2";
    object_ = test::image_object(layout);
    test::set_native(*object_, 8, std::vector<std::uint8_t>(32 * 32, 1));
  }
  static void words(DcmItem& item, Uint16 group, Uint16 element, DcmEVR vr, unsigned long count) {
    const std::vector<Uint16> values(count, 7);
    test::check(item.putAndInsertUint16Array(DcmTag(group, element, vr), values.data(), count));
  }
  static void bytes(DcmItem& item, Uint16 group, Uint16 element, DcmEVR vr, unsigned long count) {
    const std::vector<Uint8> values(count, 7);
    auto element_of_bytes = std::make_unique<DcmOtherByteOtherWord>(DcmTag(group, element, vr));
    test::check(element_of_bytes->putUint8Array(values.data(), count));
    test::check(item.insert(element_of_bytes.release(), OFTrue));
  }
  static void doubles(DcmItem& item, Uint16 group, Uint16 element, unsigned long count) {
    const std::vector<Float64> values(count, 0.5);
    test::check(item.putAndInsertFloat64Array(DcmTag(group, element, EVR_FD), values.data(), count));
  }
  DcmItem& item_of(const DcmTagKey& sequence) {
    DcmItem* item = nullptr;
    test::check(object_->getDataset()->findOrCreateSequenceItem(sequence, item, -2));
    return *item;
  }
  dicom::Item cleaned(E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    file_.emplace(test::through_disk(*object_, folder_ / "in.dcm", syntax));
    clean_number_lists(*file_);
    return file_->dataset();
  }

  test::TempFolder folder_;
  std::unique_ptr<DcmFileFormat> object_;
  std::optional<dicom::File> file_;
};

TEST_F(NumberLists, what_the_dictionary_allows_stays) {
  auto& set = *object_->getDataset();
  words(set, 0x0016, 0x0011, EVR_US, 1);  // Flash Firing Status, 1
  words(set, 0x0018, 0x1310, EVR_US, 4);  // Acquisition Matrix, 4
  doubles(set, 0x0018, 0x9089, 3);        // Diffusion Gradient Orientation, 3
  doubles(set, 0x0018, 0x9079, 32);       // Inversion Times, 1-n
  bytes(set, 0x0016, 0x0062, EVR_OB, 4);  // Interoperability Version
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit}) {
    const auto item = cleaned(syntax);
    for (const dicom::Tag tag : {dicom::Tag{0x0016, 0x0011},
                                 {0x0018, 0x1310},
                                 {0x0018, 0x9089},
                                 {0x0018, 0x9079},
                                 {0x0016, 0x0062},
                                 {0x0028, 0x0010},
                                 {0x7FE0, 0x0010}}) {
      EXPECT_TRUE(item.contains(tag)) << tag.str();
    }
  }
}

TEST_F(NumberLists, more_numbers_than_the_dictionary_allows_go_at_any_depth) {
  words(*object_->getDataset(), 0x0016, 0x0011, EVR_US, 2);
  auto& item = item_of(DCM_OpticalPathSequence);
  words(item, 0x0018, 0x1310, EVR_US, 5);
  words(item, 0x0018, 0x106C, EVR_US, 2);
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit}) {
    const auto dataset = cleaned(syntax);
    EXPECT_FALSE(dataset.contains({0x0016, 0x0011}));
    const auto inner = dataset.find({0x0048, 0x0105})->items().at(0);
    EXPECT_FALSE(inner.contains({0x0018, 0x1310}));
    EXPECT_TRUE(inner.contains({0x0018, 0x106C}));
  }
}

TEST_F(NumberLists, lists_without_a_bound_and_bytes_have_one_here) {
  auto& set = *object_->getDataset();
  doubles(set, 0x0018, 0x9079, 33);
  bytes(set, 0x0016, 0x0062, EVR_OB, 258);
  words(set, 0x0028, 0x1408, EVR_OW, 200);  // Blending Lookup Table Data
  bytes(set, 0x0018, 0x1404, EVR_UN, 400);
  const auto item = cleaned();
  for (const dicom::Tag tag : {dicom::Tag{0x0018, 0x9079}, {0x0016, 0x0062}, {0x0028, 0x1408}, {0x0018, 0x1404}}) {
    EXPECT_FALSE(item.contains(tag)) << tag.str();
  }
}

TEST_F(NumberLists, what_tells_colours_is_left_to_those_who_know_it) {
  auto& set = *object_->getDataset();
  words(set, 0x0028, 0x1201, EVR_OW, 256);
  bytes(set, 0x0028, 0x2000, EVR_OB, 600);
  words(item_of(DCM_VOILUTSequence), 0x0028, 0x3006, EVR_OW, 256);
  const auto item = cleaned();
  EXPECT_TRUE(item.contains({0x0028, 0x1201}));
  EXPECT_TRUE(item.contains({0x0028, 0x2000}));
  EXPECT_TRUE(item.find({0x0028, 0x3010})->items().at(0).contains({0x0028, 0x3006}));
}

}  // namespace
}  // namespace veilgate::pixel
