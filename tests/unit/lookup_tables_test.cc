// Lookup tables: those that only rise or only fall stay without their words, others are no way to look at a picture.
#include "pixel/lookup_tables.h"

#include <gtest/gtest.h>

#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {

constexpr dicom::Tag kModality{0x0028, 0x3000}, kVoi{0x0028, 0x3010}, kPresentation{0x2050, 0x0010};
constexpr dicom::Tag kExplanation{0x0028, 0x3003}, kData{0x0028, 0x3006}, kWindowExplanation{0x0028, 0x1055};

struct Table {
  std::vector<Uint16> shape{4, 0, 16};
  std::vector<Uint16> words{10, 20, 20, 30};
};

class LookupTables : public testing::Test {
 protected:
  LookupTables() {
    Layout layout;
    layout.rows = layout.columns = 8;
    layout.photometric = "MONOCHROME2";
    object_ = test::image_object(layout);
    test::set_native(*object_, 8, std::vector<std::uint8_t>(64, 1));
  }
  DcmItem* dataset() { return object_->getDataset(); }
  static void add(DcmItem* to, const DcmTagKey& sequence, const Table& table) {
    DcmItem* item = nullptr;
    test::check(to->findOrCreateSequenceItem(sequence, item, -2));
    if (!table.shape.empty()) {
      test::check(item->putAndInsertUint16Array(DcmTag(0x0028, 0x3002, EVR_US), table.shape.data(),
                                                static_cast<unsigned long>(table.shape.size())));
    }
    test::check(item->putAndInsertString(DCM_LUTExplanation, "Zwiebelhorst"));
    test::check(item->putAndInsertUint16Array(DcmTag(0x0028, 0x3006, EVR_OW), table.words.data(),
                                              static_cast<unsigned long>(table.words.size())));
  }
  Result<void> clean(E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    file_.emplace(test::through_disk(*object_, folder_ / "in.dcm", syntax));
    return clean_lookup_tables(*file_);
  }
  dicom::Item cleaned() { return file_->dataset(); }

  test::TempFolder folder_;
  std::unique_ptr<DcmFileFormat> object_;
  std::optional<dicom::File> file_;
};

TEST_F(LookupTables, only_their_words_go) {
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit}) {
    object_->getDataset()->findAndDeleteElement(DCM_VOILUTSequence);
    add(dataset(), DCM_VOILUTSequence, {});
    add(dataset(), DCM_VOILUTSequence, {{4, 0, 16}, {0x1234, 0x1233, 9, 9}});
    test::check(dataset()->putAndInsertString(DCM_WindowCenterWidthExplanation, "Zwiebelhorst"));
    ASSERT_TRUE(clean(syntax));
    EXPECT_FALSE(cleaned().contains(kWindowExplanation));
    const auto tables = cleaned().find(kVoi)->items();
    ASSERT_EQ(tables.size(), 2U);
    for (const auto& table : tables) EXPECT_FALSE(table.contains(kExplanation));
    EXPECT_EQ(tables[1].find(kData)->bytes().reveal(), std::string("\x34\x12\x33\x12\x09\0\x09\0", 8));
  }
}

TEST_F(LookupTables, a_voi_table_that_rises_and_falls_is_removed_and_the_others_stay) {
  add(dataset(), DCM_VOILUTSequence, {});
  add(dataset(), DCM_VOILUTSequence, {{4, 0, 16}, {1, 5, 2, 9}});
  ASSERT_TRUE(clean());
  EXPECT_EQ(cleaned().find(kVoi)->items().size(), 1U);
}

TEST_F(LookupTables, a_sequence_without_tables_goes) {
  add(dataset(), DCM_PresentationLUTSequence, {{4, 0, 16}, {1, 5, 2, 9}});
  ASSERT_TRUE(clean());
  EXPECT_FALSE(cleaned().contains(kPresentation));
}

TEST_F(LookupTables, a_modality_table_that_rises_and_falls_holds_the_object) {
  add(dataset(), DCM_ModalityLUTSequence, {{4, 0, 16}, {1, 5, 2, 9}});
  const auto done = clean();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Refused);
  EXPECT_EQ(done.error().code, "pixel.lookup_table");
}

TEST_F(LookupTables, a_modality_table_that_rises_stays) {
  add(dataset(), DCM_ModalityLUTSequence, {});
  ASSERT_TRUE(clean());
  EXPECT_FALSE(cleaned().find(kModality)->items().at(0).contains(kExplanation));
}

TEST_F(LookupTables, tables_whose_length_contradicts_their_descriptor_go) {
  const std::vector<Table> bad{{{3, 0, 16}, {1, 2, 3, 4}},  // a word behind the last entry
                               {{5, 0, 16}, {1, 2, 3, 4}},  // an entry too few
                               {{0, 0, 16}, {1, 2, 3, 4}},  // 0 means 65536
                               {{4, 0}, {1, 2, 3, 4}},
                               {{}, {1, 2, 3, 4}},
                               {{8, 0, 16}, {0x0201, 0x0403, 0x0605, 0x0807}}};  // bytes, but 16 bits
  for (const auto& table : bad) add(dataset(), DCM_VOILUTSequence, table);
  ASSERT_TRUE(clean());
  EXPECT_FALSE(cleaned().contains(kVoi));
}

TEST_F(LookupTables, entries_of_eight_bits_may_lie_in_bytes) {
  add(dataset(), DCM_VOILUTSequence, {{8, 0, 8}, {0x0201, 0x0403, 0x0605, 0x0807}});
  add(dataset(), DCM_VOILUTSequence, {{7, 0, 8}, {0x0201, 0x0403, 0x0605, 0x0007}});
  add(dataset(), DCM_VOILUTSequence, {{8, 0, 8}, {0x0901, 0x0403, 0x0605, 0x0807}});
  ASSERT_TRUE(clean());
  EXPECT_EQ(cleaned().find(kVoi)->items().size(), 2U);
}

TEST_F(LookupTables, a_table_of_65536_entries_is_looked_at_whole) {
  std::vector<Uint16> words(65536);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = static_cast<Uint16>(i);
  add(dataset(), DCM_VOILUTSequence, {{0, 0, 16}, words});
  words.back() = 0;
  add(dataset(), DCM_VOILUTSequence, {{0, 0, 16}, words});
  ASSERT_TRUE(clean());
  EXPECT_EQ(cleaned().find(kVoi)->items().size(), 1U);
}

TEST_F(LookupTables, tables_of_frames_and_of_items_in_items_are_found) {
  DcmItem* groups = nullptr;
  DcmItem* inner = nullptr;
  test::check(dataset()->findOrCreateSequenceItem(DCM_PerFrameFunctionalGroupsSequence, groups, -2));
  test::check(groups->findOrCreateSequenceItem(DCM_FrameVOILUTSequence, inner, -2));
  test::check(inner->putAndInsertString(DCM_WindowCenterWidthExplanation, "Zwiebelhorst"));
  add(inner, DCM_VOILUTSequence, {{4, 0, 16}, {1, 5, 2, 9}});
  ASSERT_TRUE(clean());
  const auto frame = cleaned().find({0x5200, 0x9230})->items().at(0).find({0x0028, 0x9132})->items().at(0);
  EXPECT_FALSE(frame.contains(kWindowExplanation));
  EXPECT_FALSE(frame.contains(kVoi));
}

TEST_F(LookupTables, table_data_outside_a_sequence_are_nobodys) {
  const Uint16 words[]{1, 5, 2, 9};
  test::check(dataset()->putAndInsertUint16Array(DcmTag(0x0028, 0x3006, EVR_OW), words, 4));
  DcmItem* item = nullptr;
  test::check(dataset()->findOrCreateSequenceItem(DCM_OpticalPathSequence, item, -2));
  test::check(item->putAndInsertUint16Array(DcmTag(0x0028, 0x3006, EVR_OW), words, 4));
  ASSERT_TRUE(clean());
  EXPECT_FALSE(cleaned().contains(kData));
  EXPECT_FALSE(cleaned().contains({0x0048, 0x0105}));
}

}  // namespace
}  // namespace veilgate::pixel
