#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dicom/dataset.h"
#include "support/jxl_tools.h"
#include "support/synthetic.h"
#include "support/synthetic_jpeg.h"
#include "verify/deflated_frame.h"
#include "verify/j2k_segments.h"
#include "verify/jpeg_segments.h"
#include "verify/jxl_parts.h"
#include "verify/rle_segments.h"
#include "verify/verify.h"

namespace veilgate::verify {
namespace {

using synthetic::Photo;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> places(const Result<std::vector<Finding>>& findings) {
  if (!findings) return {findings.error().code};
  std::vector<std::string> out;
  for (const auto& finding : *findings) out.push_back(finding.where);
  return out;
}

class Structure : public testing::Test {
 protected:
  /// What save() makes of the photo, with `change` applied to the bytes.
  std::filesystem::path output(const Photo& photo) {
    auto file = dicom::File::load(synthetic::write_photo(folder_.path(), photo, "in.dcm"));
    const auto path = folder_.path() / "out.dcm";
    EXPECT_TRUE(file) << file.error().code;
    if (!file) return path;
    const auto saved = file->save(path, *Uid::parse(photo.transfer_syntax));
    EXPECT_TRUE(saved) << saved.error().code;
    return path;
  }
  static Photo clean() {
    Photo photo;
    photo.private_data = false;
    return photo;
  }
  static Photo with_frames(std::vector<std::string> frames) {
    Photo photo = clean();
    photo.transfer_syntax = synthetic::kJpegBaseline;
    photo.fragments = std::move(frames);
    return photo;
  }
  static std::string frame() { return synthetic::jpeg(64, 96, synthetic::gradient(64, 96)); }
  std::vector<std::string> check(const std::filesystem::path& path) {
    return places(check_structure(dicom::PlainFile::open(path, {}).value(), PrivateAttributes::Refused));
  }
  synthetic::TempFolder folder_;
};

TEST_F(Structure, AcceptsWhatSaveWrites) {
  EXPECT_THAT(check(output(clean())), IsEmpty());
  EXPECT_THAT(check(output(with_frames({frame()}))), IsEmpty());
}

TEST_F(Structure, NamesEverythingThatDoesNotBelong) {
  EXPECT_THAT(check(output({})), Contains("(0009,1001)"));
  const auto path = output(clean());
  std::string bytes = synthetic::read_bytes(path);
  bytes[3] = 'N';
  EXPECT_THAT(check(synthetic::write_bytes(folder_.path(), "p.dcm", bytes)), Contains("preamble"));
  bytes[3] = '\0';
  EXPECT_THAT(check(synthetic::write_bytes(folder_.path(), "t.dcm", bytes + std::string(6, 'x'))),
              Contains(HasSubstr("6 bytes after the last attribute")));
  EXPECT_THAT(check(synthetic::write_bytes(folder_.path(), "z.dcm", bytes + std::string(64, '\0'))),
              Contains(HasSubstr("64 bytes after the last attribute")));
  EXPECT_THAT(check(synthetic::write_bytes(folder_.path(), "c.dcm", bytes.substr(0, bytes.size() - 9))),
              Contains("verify.unreadable"));
  const auto overlay = synthetic::Writer().element(0x6002, 0x3000, "OW", "ab").bytes();
  const auto padding = synthetic::Writer().element(0xFFFC, 0xFFFC, "OB", "ab").bytes();
  EXPECT_THAT(check(synthetic::write_bytes(folder_.path(), "o.dcm", bytes + overlay + padding)),
              testing::AllOf(Contains("(6002,3000)"), Contains("(FFFC,FFFC)")));
}

TEST_F(Structure, NamesForeignFileMetaInformation) {
  const auto found = check(synthetic::write_photo(folder_.path(), clean()));
  EXPECT_THAT(found, Contains("(0002,0016)"));
  EXPECT_THAT(found, Contains("(0002,0012)"));
}

TEST_F(Structure, NamesIconsAndNestedPixels) {
  auto file = dicom::File::load(synthetic::write_photo(folder_.path(), clean(), "in.dcm"));
  auto item = file->dataset().append_item({0x0088, 0x0200});
  ASSERT_TRUE(item->set_bytes({0x7FE0, 0x0010}, "abcd", "OB"));
  const auto path = folder_.path() / "icon.dcm";
  ASSERT_TRUE(file->save(path, *Uid::parse(synthetic::kExplicitLittle)));
  EXPECT_THAT(check(path), testing::AllOf(Contains("(0088,0200)"), Contains("(7FE0,0010)")));
}

TEST_F(Structure, NamesJpegSegmentsOfEveryFrame) {
  const auto secret = synthetic::jpeg(64, 96, synthetic::gradient(64, 96), "Mustermann^Erika");
  const auto found = check(output(with_frames({frame(), secret, frame() + "Mustermann"})));
  EXPECT_THAT(found, Contains("frame 1: segment APP1"));
  EXPECT_THAT(found, Contains("frame 1: segment COM"));
  EXPECT_THAT(found, Contains(HasSubstr("frame 2: 1")));
  for (const auto& where : found) EXPECT_EQ(where.find("frame 0"), std::string::npos);
}

TEST_F(Structure, FollowsFramesCutIntoFragments) {
  const auto whole = frame();
  EXPECT_THAT(check(output(with_frames({whole.substr(0, 400), whole.substr(400)}))), IsEmpty());
}

TEST_F(Structure, CannotVouchForOtherCodestreams) {
  Photo photo = clean();
  photo.transfer_syntax = "1.2.840.10008.1.2.5";
  photo.fragments = {std::string(80, '\1')};
  EXPECT_THAT(check(output(photo)), Contains(HasSubstr("a malformed RLE header")));
  photo.transfer_syntax = "1.2.840.10008.1.2.4.110";
  EXPECT_THAT(check(output(photo)), Contains(HasSubstr("cannot be read")));
  photo.transfer_syntax = "1.2.840.10008.1.2.4.112";  // is never written
  EXPECT_THAT(check(output(photo)), Contains(HasSubstr("cannot be checked")));
}

std::string be16(int value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)}; }

/// SOC, a main header, one tile-part of `data`, EOC.
std::string j2k(const std::string& more_header = {}, const std::string& data = "data", const std::string& rest = {}) {
  const std::string size = "\xFF\x51" + be16(4) + "\x01\x02";
  const std::string part = "\xFF\x90" + be16(10) + be16(0) + be16(0) + be16(12 + 2 + static_cast<int>(data.size())) +
                           std::string(2, '\0') + "\xFF\x93" + data;
  return "\xFF\x4F" + size + more_header + part + "\xFF\xD9" + rest;
}

std::vector<std::string> j2k_parts(const std::string& stream) {
  return foreign_j2k_parts({reinterpret_cast<const std::uint8_t*>(stream.data()), stream.size()});
}

TEST(Jpeg2000Segments, NamesWhatIsNotThePicture) {
  EXPECT_THAT(j2k_parts(j2k()), IsEmpty());
  EXPECT_THAT(j2k_parts(j2k({}, "data", std::string(1, '\0'))), IsEmpty());
  EXPECT_THAT(j2k_parts(j2k("\xFF\x64" + be16(8) + be16(1) + "name")), Contains("segment COM"));
  EXPECT_THAT(j2k_parts(j2k("\xFF\x6F" + be16(4) + "ab")), Contains("segment FF6F"));
  EXPECT_THAT(j2k_parts(j2k({}, "data", "name")), Contains("4 bytes after the end"));
  EXPECT_THAT(j2k_parts("\0\0\0\x0CjP  "), Contains("no start of codestream"));
  EXPECT_THAT(j2k_parts(j2k({}, "\xFF\x64 in the data is data")), IsEmpty());
}

TEST(Jpeg2000Segments, NamesBrokenStreams) {
  const auto whole = j2k();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(j2k_parts(whole.substr(0, size)).empty()) << size;
}

/// One segment per plane, each of `plane`.
std::string rle(const std::vector<std::string>& planes) {
  const auto le32 = [](std::size_t value) {
    return std::string{static_cast<char>(value), static_cast<char>(value >> 8), static_cast<char>(value >> 16), 0};
  };
  std::string header = le32(planes.size()), body;
  for (const auto& plane : planes) {
    header += le32(64 + body.size());
    body += plane;
  }
  header.resize(64, '\0');
  return header + body;
}

TEST(RleSegments, NamesWhatIsNotThePicture) {
  const std::string eight = "\xF9\x07";  // eight times 7
  const auto parts_of = [](const std::string& frame, std::size_t segments) {
    return foreign_rle_parts({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()}, segments, 8);
  };
  EXPECT_THAT(parts_of(rle({eight, eight, eight}), 3), IsEmpty());
  EXPECT_THAT(parts_of(rle({std::string("\x07") + "literals"}), 1), IsEmpty());
  EXPECT_THAT(parts_of(rle({eight + std::string(1, '\0'), eight}), 2), IsEmpty());
  EXPECT_THAT(parts_of(rle({eight, eight + "name"}), 2), Contains("4 bytes after RLE segment 2"));
  EXPECT_THAT(parts_of(rle({eight + "name", eight}), 2), Contains("4 bytes after RLE segment 1"));
  EXPECT_THAT(parts_of(rle({eight}), 3), Contains("a malformed RLE header"));
  EXPECT_THAT(parts_of(rle({"\xFA\x07"}), 1), Contains(HasSubstr("another size")));
  auto gap = rle({eight});
  gap.insert(64, "name");
  gap[4] = 68;
  EXPECT_THAT(parts_of(gap, 1), Contains(HasSubstr("do not follow")));
}

TEST(DeflatedFrames, NameWhatIsNotThePicture) {
  // Stored block: final, 4 bytes.
  const std::string four = std::string("\x01\x04\x00\xFB\xFF", 5) + "abcd";
  const auto parts_of = [](const std::string& frame, std::size_t bytes) {
    return foreign_deflated_parts({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()}, bytes);
  };
  EXPECT_THAT(parts_of(four, 4), IsEmpty());
  EXPECT_THAT(parts_of(four, 3), IsEmpty());  // an odd picture and its pad byte
  EXPECT_THAT(parts_of(four + std::string(1, '\0'), 4), IsEmpty());
  EXPECT_THAT(parts_of(four + "name", 4), Contains("4 bytes after the end"));
  EXPECT_THAT(parts_of(four, 2), Contains(HasSubstr("another size")));
  EXPECT_THAT(parts_of(four, 6), Contains(HasSubstr("another size")));
  EXPECT_THAT(parts_of(four.substr(0, 7), 4), Contains(HasSubstr("another size")));
}

TEST(JpegXlParts, NameWhatIsNotThePicture) {
  std::vector<std::uint8_t> samples(40 * 30 * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i * i / 7);
  const test::JxlShape plain{.width = 40, .height = 30};
  const auto parts_of = [&](auto change, std::size_t bytes_per_pixel = 3) {
    test::JxlShape shape = plain;
    change(shape);
    return foreign_jxl_parts(test::encode_jxl(shape, std::vector<std::uint8_t>(40 * 30 * bytes_per_pixel, 90)));
  };
  EXPECT_THAT(parts_of([](auto&) {}), IsEmpty());
  EXPECT_THAT(parts_of([](auto& shape) { shape.bits = 16; }, 6), IsEmpty());
  EXPECT_THAT(parts_of([](auto& shape) {
                shape.boxes = true;
                shape.secret = "name";
              }),
              testing::AllOf(Contains("a box that is no picture"), Contains("a named frame")));
  EXPECT_THAT(parts_of([](auto& shape) { shape.alpha = true; }, 4), Contains("other channels"));
  EXPECT_THAT(parts_of([](auto& shape) { shape.orientation = 3; }), Contains("an orientation"));
  EXPECT_THAT(parts_of([](auto& shape) { shape.distance = 1; }), Contains("colours of JPEG XL's own"));
  EXPECT_THAT(parts_of([](auto& shape) { shape.layers = 2; }), testing::Not(IsEmpty()));
  EXPECT_THAT(parts_of([](auto& shape) { shape.cropped = true; }), Contains("a frame of another size"));
  for (const bool boxed : {false, true}) {
    test::JxlShape shape = plain;
    shape.bits = boxed ? 16 : 8;
    auto padded = test::encode_jxl(shape, std::vector<std::uint8_t>(40U * 30 * (boxed ? 6 : 3), 90));
    padded.push_back(0);
    EXPECT_THAT(foreign_jxl_parts(padded), IsEmpty());
    padded.back() = 'x';
    if (boxed) {
      EXPECT_THAT(foreign_jxl_parts(padded), testing::Not(IsEmpty()));
    }
  }
  auto stream = test::encode_jxl(plain, samples);
  const auto whole = stream;
  stream.insert(stream.end(), {'n', 'a', 'm', 'e'});
  EXPECT_THAT(foreign_jxl_parts(stream), Contains("4 bytes after the end"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(foreign_jxl_parts(std::span(whole).first(size)).empty()) << size;
  }
}

std::vector<std::string> parts(const std::string& stream) {
  return foreign_jpeg_parts({reinterpret_cast<const std::uint8_t*>(stream.data()), stream.size()});
}

TEST(JpegSegments, AllowsJfifAdobeAndColourProfiles) {
  const auto clean = synthetic::jpeg(16, 16, synthetic::gradient(16, 16));
  EXPECT_THAT(parts(clean), IsEmpty());
  EXPECT_THAT(parts(clean + std::string(1, '\0')), IsEmpty());
  const auto with = [&](std::string_view segment) {
    return clean.substr(0, 2) + std::string(segment) + clean.substr(2);
  };
  EXPECT_THAT(parts(with(std::string_view("\xFF\xEE\x00\x0E"
                                          "Adobe\0\x64\0\0\0\0\0",
                                          16))),
              IsEmpty());
  EXPECT_THAT(parts(with(std::string_view("\xFF\xE2\x00\x10"
                                          "ICC_PROFILE\0\1\1",
                                          18))),
              IsEmpty());
  EXPECT_THAT(parts(with(std::string_view("\xFF\xE0\x00\x08"
                                          "JFXX\0\x10",
                                          10))),
              Contains("segment APP0"));
  EXPECT_THAT(parts(with(std::string_view("\xFF\xED\x00\x04"
                                          "ab",
                                          6))),
              Contains("segment APP13"));
  EXPECT_THAT(parts(with("junk")), Contains("bytes between segments"));
  EXPECT_THAT(parts(clean + "ab"), Contains("2 bytes after the end"));
}

TEST(JpegSegments, NamesBrokenStreams) {
  const auto clean = synthetic::jpeg(16, 16, synthetic::gradient(16, 16));
  for (std::size_t size = 0; size + 2 < clean.size(); ++size)
    EXPECT_FALSE(parts(clean.substr(0, size)).empty()) << size;
}

}  // namespace
}  // namespace veilgate::verify
