#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "dicom/dataset.h"
#include "dicom/uids.h"
#include "support/synthetic.h"
#include "support/synthetic_jpeg.h"

namespace veilgate::dicom {
namespace {

using synthetic::Photo;
using synthetic::TempFolder;
using synthetic::Writer;

constexpr Tag kPatientName{0x0010, 0x0010};
constexpr Tag kPatientId{0x0010, 0x0020};

Uid uid(std::string_view text) { return *Uid::parse(text); }

class DicomFile : public testing::Test {
 protected:
  Result<File> load(std::string_view bytes, bool allow_bare = false) {
    return File::load(synthetic::write_bytes(folder_.path(), "in.dcm", bytes), {}, allow_bare);
  }
  std::string code_of(std::string_view bytes, bool allow_bare = false) {
    const auto file = load(bytes, allow_bare);
    return file ? "loaded" : std::string(to_string(file.error().kind)) + " " + file.error().code;
  }
  TempFolder folder_;
};

TEST_F(DicomFile, ReadsEveryUncompressedSyntax) {
  for (const char* syntax : {synthetic::kImplicitLittle, synthetic::kExplicitLittle, synthetic::kExplicitBig}) {
    auto file = load(synthetic::file_bytes({.transfer_syntax = syntax}));
    ASSERT_TRUE(file) << syntax << file.error().code;
    EXPECT_EQ(file->transfer_syntax()->str(), syntax);
    EXPECT_EQ(file->dataset().text(kPatientName).reveal(), "Mustermann^Erika");
    EXPECT_EQ(file->dataset().integer({0x0028, 0x0010}), 64);
  }
}

TEST_F(DicomFile, ReachesNestedAndPrivateAttributes) {
  auto file = load(synthetic::file_bytes());
  ASSERT_TRUE(file);
  const auto outer = file->dataset().find({0x0008, 0x1115});
  ASSERT_TRUE(outer && outer->is_sequence());
  ASSERT_EQ(outer->items().size(), 2u);
  const auto inner = outer->items()[1].find({0x0008, 0x1199});
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->items().at(0).text(kPatientName).reveal(), "Mustermann^Erika");
  EXPECT_EQ(file->dataset().private_creator({0x0009, 0x1001}), "ACME PHOTO 1.0");
  EXPECT_EQ(file->dataset().private_creator({0x0009, 0x0010}), "");
}

TEST_F(DicomFile, ChangesAttributesOfAnItem) {
  auto file = load(synthetic::file_bytes());
  ASSERT_TRUE(file);
  auto item = file->dataset();
  ASSERT_TRUE(item.set_text(kPatientId, "A\\B"));
  EXPECT_EQ(item.text(kPatientId).reveal(), "A\\B");
  ASSERT_TRUE(item.set_text({0x0011, 0x0010}, "US", "LO"));
  EXPECT_EQ(item.find(Tag{0x0011, 0x0010})->vr(), "LO");
  EXPECT_FALSE(item.set_text({0x0013, 0x1001}, "no VR known"));
  ASSERT_TRUE(item.set_integer({0x0028, 0x0010}, 12));
  EXPECT_EQ(item.integer({0x0028, 0x0010}), 12);
  ASSERT_TRUE(item.set_integer({0x0020, 0x0013}, 7));
  EXPECT_EQ(item.text({0x0020, 0x0013}).reveal(), "7");
  ASSERT_TRUE(item.set_empty(kPatientName));
  EXPECT_TRUE(item.contains(kPatientName));
  EXPECT_EQ(item.find(kPatientName)->length(), 0u);
  ASSERT_TRUE(item.set_empty({0x0008, 0x1115}));
  EXPECT_TRUE(item.find(Tag{0x0008, 0x1115})->items().empty());
  auto added = item.append_item({0x0012, 0x0064});
  ASSERT_TRUE(added);
  ASSERT_TRUE(added->set_text({0x0008, 0x0100}, "113100"));
  ASSERT_TRUE(item.append_item({0x0012, 0x0064}));
  EXPECT_EQ(item.find(Tag{0x0012, 0x0064})->items().size(), 2u);
  item.remove({0x0009, 0x1001});
  EXPECT_FALSE(item.contains({0x0009, 0x1001}));
}

TEST_F(DicomFile, SavesOnlyWhatIsOurs) {
  Photo photo;
  photo.preamble = "MUSTERMANN in the preamble";
  photo.trailing = Writer().element(0xFFFC, 0xFFFC, "OB", "MUSTERMANN").bytes();
  auto file = load(synthetic::file_bytes(photo));
  ASSERT_TRUE(file);
  const auto out = folder_.path() / "out.dcm";
  const auto digest = file->save(out, uid(synthetic::kExplicitLittle));
  ASSERT_TRUE(digest) << digest.error().code;
  const std::string bytes = synthetic::read_bytes(out);
  EXPECT_EQ(sha256(bytes), *digest);
  EXPECT_EQ(bytes.substr(0, 132), std::string(128, '\0') + "DICM");
  EXPECT_EQ(bytes.find("MUSTERMANN"), std::string::npos);
  EXPECT_EQ(bytes.find("CAMERA_WARD7"), std::string::npos);
  EXPECT_NE(bytes.find(kImplementationClassUid), std::string::npos);
  EXPECT_EQ(bytes.find("\xFF\xFF\xFF\xFF"), std::string::npos) << "undefined lengths are avoided";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2) << "no temporary file is left";
}

TEST_F(DicomFile, SavesTheSameBytesEveryTime) {
  const std::string bytes = synthetic::file_bytes(synthetic::as_jpeg({}));
  std::vector<Sha256> digests;
  for (int i = 0; i < 3; ++i) {
    auto file = load(bytes);
    ASSERT_TRUE(file);
    digests.push_back(*file->save(folder_.path() / "out.dcm", uid(synthetic::kJpegBaseline)));
    auto again = File::load(folder_.path() / "out.dcm");
    ASSERT_TRUE(again);
    digests.push_back(*again->save(folder_.path() / "again.dcm", uid(synthetic::kJpegBaseline)));
  }
  EXPECT_THAT(digests, testing::Each(digests.front()));
}

TEST_F(DicomFile, RefusesToSaveInASyntaxThePixelsAreNotIn) {
  auto file = load(synthetic::file_bytes());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->save(folder_.path() / "out.dcm", uid(synthetic::kJpegBaseline)).error().code, "dicom.save_syntax");
}

TEST_F(DicomFile, DropsGroupLengthsAtEveryDepth) {
  const std::string length("\x04\0\0\0", 4);
  Writer item;
  item.element(0x0010, 0x0000, "UL", length).element(0x0010, 0x0020, "LO", "ab");
  Writer data;
  data.element(0x0008, 0x0000, "UL", length)
      .element(0x0008, 0x0016, "UI", "1.2")
      .element(0x0008, 0x0018, "UI", "1.3")
      .sequence(0x0008, 0x1115, {item.bytes()});
  auto file = load(synthetic::meta({}) + data.bytes());
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->dataset().contains({0x0008, 0x0000}));
  EXPECT_FALSE(file->dataset().find(Tag{0x0008, 0x1115})->items().at(0).contains({0x0010, 0x0000}));
}

/// The error, or what is in the file, pixels included.
std::string gist(Result<File> file, const std::filesystem::path& folder) {
  if (!file) return file.error().code;
  const auto syntax = file->transfer_syntax();
  const auto digest = file->save(folder / "gist.dcm", *syntax);
  return syntax->str() + " " + (digest ? digest->hex() : digest.error().code);
}

TEST_F(DicomFile, ReadsTheSameFromMemoryAsFromAFile) {
  Photo large;  // over what is read at once: load() goes through the file then
  large.rows = large.columns = 200;
  const auto in = [&](const char* syntax) {
    Photo photo = large;
    photo.transfer_syntax = syntax;
    return photo;
  };
  Photo fragmented = in("1.2.840.10008.1.2.4.201");
  fragmented.fragments = {std::string(100'000, 'j'), "k"};
  Photo framed = in(synthetic::kJpegBaseline);
  framed.fragments = {std::string(100'000, 'j'), std::string(70'000, 'k')};
  const std::string whole = synthetic::file_bytes(large);
  std::set<std::string> seen;
  for (const auto& bytes : {whole, synthetic::file_bytes(in(synthetic::kImplicitLittle)),
                            synthetic::file_bytes(in(synthetic::kExplicitBig)), synthetic::file_bytes(framed),
                            synthetic::file_bytes(fragmented), synthetic::dataset(large),
                            synthetic::dataset(in(synthetic::kImplicitLittle)), whole.substr(0, whole.size() - 100),
                            synthetic::file_bytes(in("1.2.3.4.5")), std::string(100'000, 'x')}) {
    const std::span span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    const std::string from_file = gist(load(bytes, true), folder_.path());
    EXPECT_EQ(gist(File::parse(span, true), folder_.path()), from_file);
    seen.insert(from_file);
  }
  EXPECT_GT(seen.size(), 5u) << testing::PrintToString(seen);
}

TEST_F(DicomFile, KeepsNothingOfTheBytesItWasParsedFrom) {
  Photo large;
  large.rows = large.columns = 200;
  std::string bytes = synthetic::file_bytes(large);
  const auto file = File::parse(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  ASSERT_TRUE(file);
  std::ranges::fill(bytes, 'x');
  EXPECT_EQ(file->dataset().find(Tag{0x7FE0, 0x0010})->bytes().reveal(), synthetic::gradient(200, 200));
}

TEST_F(DicomFile, ReadsBareDatasetsOnlyWhenAllowed) {
  for (const char* syntax : {synthetic::kImplicitLittle, synthetic::kExplicitLittle}) {
    const std::string bytes = synthetic::dataset({.transfer_syntax = syntax});
    EXPECT_EQ(code_of(bytes), "permanent dicom.malformed");
    auto file = load(bytes, true);
    ASSERT_TRUE(file) << syntax << " " << file.error().code;
    EXPECT_EQ(file->transfer_syntax()->str(), syntax);
    EXPECT_EQ(file->dataset().text(kPatientId).reveal(), "PID-4711-0815");
  }
}

TEST_F(DicomFile, HoldsWhatItCannotReadYetAndQuarantinesWhatIsBroken) {
  EXPECT_EQ(code_of(synthetic::file_bytes({.transfer_syntax = "1.2.840.10008.1.2.4.95"})), "refused dicom.deflated");
  EXPECT_EQ(code_of(synthetic::file_bytes({.transfer_syntax = "1.2.3.4.5"})), "refused dicom.transfer_syntax");
  EXPECT_EQ(code_of(synthetic::file_bytes({.transfer_syntax = "1.2.840.10008.1.2.4.204"})),
            "refused dicom.transfer_syntax");
  EXPECT_EQ(code_of(""), "permanent dicom.malformed");
  EXPECT_EQ(code_of(std::string(200, 'x'), true), "permanent dicom.malformed");
  const std::string whole = synthetic::file_bytes();
  EXPECT_EQ(code_of(whole.substr(0, whole.size() - 100)), "permanent dicom.truncated");
  EXPECT_EQ(File::load(folder_.path() / "absent.dcm").error().kind, ErrorKind::Transient);
  EXPECT_EQ(File::load(folder_.path()).error().kind, ErrorKind::Permanent);
  LoadLimits small;
  small.max_bytes = 100;
  EXPECT_EQ(File::load(synthetic::write_bytes(folder_.path(), "in.dcm", whole), small).error().code, "file.too_large");
}

std::string nested_bomb(int depth, std::string_view vr) {
  std::string bytes = synthetic::meta({}) + Writer().element(0x0008, 0x0018, "UI", "1.2").bytes();
  const std::string opened =
      std::string("\x08\x00\x15\x11", 4) + std::string(vr) + std::string("\0\0\xFF\xFF\xFF\xFF", 6);
  const std::string implicit("\x08\x00\x15\x11\xFF\xFF\xFF\xFF", 8);
  const std::string item("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8);
  for (int i = 0; i < depth; ++i) bytes += (vr == "UN" && i > 0 ? implicit : opened) + item;
  for (int i = 0; i < depth; ++i)
    bytes += std::string("\xFE\xFF\x0D\xE0\0\0\0\0", 8) + std::string("\xFE\xFF\xDD\xE0\0\0\0\0", 8);
  return bytes;
}

TEST_F(DicomFile, StopsSequenceBombsBeforeTheParser) {
  for (const char* vr : {"SQ", "UN"}) {
    EXPECT_EQ(code_of(nested_bomb(60, vr)), "loaded") << vr;
    EXPECT_EQ(code_of(nested_bomb(100'000, vr)), "permanent dicom.limit") << vr;
  }
}

TEST_F(DicomFile, ReadsSequencesThatCameAsUnknown) {
  Writer inside(false);
  inside.element(0x0010, 0x0010, "PN", "Hidden^Name");
  std::string sequence = Writer(false).sequence(0x0008, 0x1115, {inside.bytes()}).bytes();
  // The header of the sequence itself is explicit: UN with undefined length.
  sequence = std::string("\x08\x00\x15\x11UN\0\0\xFF\xFF\xFF\xFF", 12) + sequence.substr(8);
  auto file = load(synthetic::meta({}) + Writer().element(0x0008, 0x0018, "UI", "1.2").raw(sequence).bytes());
  ASSERT_TRUE(file) << file.error().code;
  const auto found = file->dataset().find({0x0008, 0x1115});
  ASSERT_TRUE(found && found->is_sequence());
  EXPECT_EQ(found->items().at(0).text(kPatientName).reveal(), "Hidden^Name");
}

TEST_F(DicomFile, ReadsTextOfKnownAttributesThatCameAsUnknown) {
  auto file = load(synthetic::meta({}) + Writer().element(0x0010, 0x0010, "UN", "Hidden^Name").bytes());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->dataset().text(kPatientName).reveal(), "Hidden^Name");
  EXPECT_EQ(file->dataset().find(kPatientName)->bytes().reveal(), std::string("Hidden^Name\0", 12));
}

TEST_F(DicomFile, ShowsPixelDataAsBytes) {
  auto native = load(synthetic::file_bytes());
  const auto pixels = native->dataset().find({0x7FE0, 0x0010});
  ASSERT_TRUE(pixels && pixels->is_pixel_data());
  EXPECT_EQ(pixels->bytes().reveal(), synthetic::gradient(64, 96));
  EXPECT_EQ(pixels->raw_text().reveal(), "");
  auto encapsulated = load(synthetic::file_bytes(synthetic::as_jpeg({})));
  EXPECT_EQ(encapsulated->dataset().find(Tag{0x7FE0, 0x0010})->bytes().reveal(), "");
}

TEST(DicomTag, ParsesKeywordsAndDigits) {
  ASSERT_TRUE(init_dicom());
  for (const char* text : {"PatientID", "(0010,0020)", "0010,0020", "00100020"})
    EXPECT_EQ(tag_from(text), kPatientId) << text;
  for (const char* text : {"", "NoSuchThing", "0010,00", "(0010,002G)", "10,20", "12345678x"})
    EXPECT_FALSE(tag_from(text)) << text;
  EXPECT_EQ(keyword_of(kPatientId), "PatientID");
  EXPECT_EQ(tag_from("ImageLocation"), (Tag{0x0028, 0x0200})) << "private dictionaries have this name, too";
  for (const std::string& keyword : all_keywords()) {
    const auto tag = tag_from(keyword);
    EXPECT_TRUE(tag && !tag->is_private()) << keyword;
  }
  EXPECT_EQ(keyword_of({0x0009, 0x1001}), "");
  EXPECT_EQ(keyword_of({0x0010, 0x9999}), "");
  EXPECT_EQ(kPatientId.str(), "(0010,0020)");
}

TEST(DicomUids, KnowsTheStorageClassesByUidAndKeyword) {
  ASSERT_NE(storage_class("VLPhotographicImageStorage"), nullptr);
  EXPECT_EQ(storage_class("VLPhotographicImageStorage"), storage_class(synthetic::kVlPhotographic));
  EXPECT_FALSE(storage_class("EncapsulatedPDFStorage")->maskable);
  EXPECT_TRUE(storage_class("VideoEndoscopicImageStorage")->maskable);
  EXPECT_EQ(storage_class("1.2.840.10008.5.1.4.1.1.2"), nullptr);
}

}  // namespace
}  // namespace veilgate::dicom
