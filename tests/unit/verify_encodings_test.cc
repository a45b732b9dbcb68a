// What one text may look like in bytes, judged by iconv asked for whole texts.
#include <gmock/gmock.h>
#include <iconv.h>

#include <optional>
#include <set>

#include "verify/unicode.h"

namespace veilgate::verify {
namespace {

/// Those of DICOM, and what Japanese senders write besides.
constexpr const char* kSets[] = {"ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",  "ISO-8859-5",
                                 "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9",  "ISO-8859-15",
                                 "TIS-620",    "EUC-JP",     "SHIFT_JIS",  "ISO-2022-JP", "ISO-2022-JP-2",
                                 "EUC-KR",     "EUC-CN",     "GB18030",    "BIG5"};

std::optional<std::string> whole_text(std::string utf8, const char* set) {
  const iconv_t handle = ::iconv_open(set, "UTF-8");
  std::string out(utf8.size() * 4 + 16, '\0');
  char* in = utf8.data();
  char* at = out.data();
  std::size_t in_left = utf8.size(), out_left = out.size();
  const auto inexact = ::iconv(handle, &in, &in_left, &at, &out_left);
  ::iconv_close(handle);
  if (inexact != 0) return std::nullopt;
  out.resize(out.size() - out_left);
  return out;
}

/// Escape sequences are left to the writer: a text in one designation is looked for behind it.
std::optional<std::string> without_escape(std::optional<std::string> bytes) {
  if (!bytes || bytes->find('\x1b') == std::string::npos) return bytes;
  if (bytes->front() != '\x1b' || bytes->find('\x1b', 1) != std::string::npos) return std::nullopt;
  return bytes->substr(bytes->starts_with("\x1b$(") ? 4 : 3);
}

std::set<std::string> by_iconv(const std::string& utf8) {
  std::set<std::string> out{utf8};
  for (const char* set : kSets) {
    if (auto bytes = without_escape(whole_text(utf8, set)); bytes && !bytes->empty()) out.insert(*bytes);
  }
  return out;
}

std::set<std::string> by_us(const std::string& utf8) {
  std::set<std::string> out;
  for (const auto& encoded : encodings(code_points(utf8))) {
    if (encoded.stride == 1) out.insert(encoded.bytes);
  }
  return out;
}

TEST(Encodings, AreThoseOfWholeTextsInEverySet) {
  for (const char* text : {"Müller^Jürgen",
                           "Łukasz Wałęsa",
                           "Ġorġ Ħamrun",
                           "Šķēle Ģirts",
                           "Иванов Пётр",
                           "محمد علي",
                           "Παπαδόπουλος Νίκος",
                           "כהן דוד",
                           "Şahin İbrahim",
                           "Lœuvre €",
                           "สมชาย ใจดี",
                           "山田^太郎",
                           "ﾔﾏﾀﾞ^ﾀﾛｳ",
                           "やまだ たろう",
                           "김희중",
                           "王小明",
                           "陳大文",
                           "Yamada^Tarou=山田^太郎=やまだ^たろう",
                           "Wang^XiaoDong=王^小东",
                           "山田 Müller",
                           "¥100‾~\\é",
                           "髙﨑①",
                           "𠮷野家",
                           "naïve 😀",
                           "－～∥¢£¬",
                           "é\n山"}) {
    EXPECT_EQ(by_us(text), by_iconv(text)) << text;
  }
}

TEST(Encodings, DoNotHangOnWhatWasSpelledBefore) {
  const std::string text = "山田^Müller";
  const auto first = by_us(text);
  std::u32string others;
  for (char32_t code = 0x3400; code < 0x5400; ++code) others.push_back(code);
  encodings(others);  // more characters than are remembered
  EXPECT_EQ(by_us(text), first);
}

}  // namespace
}  // namespace veilgate::verify
