#include "dicom/charset.h"

#include <iconv.h>

#include <cerrno>
#include <map>
#include <optional>

#include "dicom/charset_tables.h"

namespace veilgate::dicom {
namespace {

class Converter {
 public:
  explicit Converter(const char* from) : handle_(::iconv_open("UTF-8", from)) {}
  ~Converter() {
    if (valid()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool valid() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

  /// nullopt when some byte does not belong to the set.
  std::optional<std::string> convert(std::string bytes) {
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    // No set here takes more than three bytes of UTF-8 per byte.
    std::string out(bytes.size() * 4 + 8, '\0');
    char* in = bytes.data();
    char* to = out.data();
    std::size_t in_left = bytes.size();
    std::size_t out_left = out.size();
    if (::iconv(handle_, &in, &in_left, &to, &out_left) == static_cast<std::size_t>(-1)) return std::nullopt;
    ::iconv(handle_, nullptr, nullptr, &to, &out_left);
    out.resize(out.size() - out_left);
    return out;
  }

 private:
  iconv_t handle_;
};

/// Opening a converter loads a module; each thread keeps its own. At most one per entry of the tables.
Result<Converter*> converter(const char* from) {
  thread_local std::map<std::string, Converter> open;
  const auto [found, added] = open.try_emplace(from, from);
  if (!found->second.valid()) {
    open.erase(found);
    return fail(ErrorKind::Config, "dicom.charset",
                std::string("the system cannot convert from ") + from + ": install the gconv modules of glibc");
  }
  return &found->second;
}

std::string latin1(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | byte >> 6));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return out;
}

Decoded inexact(std::string_view raw) { return {is_utf8(raw) ? std::string(raw) : latin1(raw), false}; }

bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// ISO 2022 state machine over one raw value.
class CodeExtensions {
 public:
  CodeExtensions(const std::vector<std::string>& sets, std::string_view vr) : vr_(vr) {
    const auto first = sets.empty() ? std::nullopt : designation_of(registration_number(sets.front()));
    if (first && first->g1) initial_g1_ = *first;
    if (!sets.empty() && !sets.front().empty() && !first) out_.exact = false;
  }

  Result<Decoded> run(std::string_view raw) {
    reset();
    rest_ = raw;
    while (!rest_.empty()) VG_TRY(step());
    return std::move(out_);
  }

 private:
  Result<void> step() {
    const char c = rest_.front();
    if (c == '\x1b') {
      escape();
      return {};
    }
    if (is_high(c)) return run_of_g1();
    const bool two_byte = g0_.set == CodeSet::Kanji || g0_.set == CodeSet::KanjiExtra;
    if (two_byte && c > ' ') return run_of_kanji();
    if (is_delimiter(c)) reset();
    out_.text.push_back(c);
    rest_.remove_prefix(1);
    return {};
  }

  void escape() {
    std::size_t size = 1;
    if (const auto designation = designation_at(rest_, size)) {
      (designation->g1 ? g1_ : g0_) = *designation;
    } else {
      out_.exact = false;  // an escape nobody declared: drop the control character, keep what follows as text
    }
    rest_.remove_prefix(size);
  }

  Result<void> run_of_kanji() {
    std::size_t size = 0;
    std::string bytes;
    while (size + 1 < rest_.size() && rest_[size] > ' ' && rest_[size + 1] > ' ') {
      if (g0_.set == CodeSet::KanjiExtra) bytes.push_back('\x8F');
      bytes.push_back(static_cast<char>(rest_[size] | 0x80));
      bytes.push_back(static_cast<char>(rest_[size + 1] | 0x80));
      size += 2;
    }
    if (size == 0) {  // half a character
      take_as_latin1(1);
      return {};
    }
    return take(size, std::move(bytes), g0_.iconv);
  }

  Result<void> run_of_g1() {
    std::size_t size = 0;
    while (size < rest_.size() && is_high(rest_[size])) ++size;
    const bool pairs = g1_.set == CodeSet::Korean || g1_.set == CodeSet::Chinese;
    if (g1_.iconv == nullptr || (pairs && size < 2)) {
      take_as_latin1(size);
      return {};
    }
    if (pairs) size -= size % 2;
    return take(size, std::string(rest_.substr(0, size)), g1_.iconv);
  }

  Result<void> take(std::size_t size, std::string bytes, const char* iconv_name) {
    VG_ASSIGN(Converter * from, converter(iconv_name));
    if (auto text = from->convert(std::move(bytes))) {
      out_.text += *text;
      rest_.remove_prefix(size);
    } else {
      take_as_latin1(size);
    }
    return {};
  }

  void take_as_latin1(std::size_t size) {
    out_.text += latin1(rest_.substr(0, size));
    out_.exact = false;
    rest_.remove_prefix(size);
  }

  bool is_delimiter(char c) const {
    if (c == '\n' || c == '\r' || c == '\f' || c == '\t') return true;
    if (c == '\\') return vr_ != "LT" && vr_ != "ST" && vr_ != "UT";
    return vr_ == "PN" && (c == '^' || c == '=');
  }

  void reset() {
    g0_ = {};
    g1_ = initial_g1_;
  }

  std::string_view vr_;
  Designation initial_g1_;
  Designation g0_;
  Designation g1_;
  std::string_view rest_;
  Decoded out_;
};

bool is_plain(std::string_view raw) {
  for (const char c : raw) {
    if (is_high(c) || c == '\x1b') return false;
  }
  return true;
}

/// Number of continuation bytes after `lead`, and the smallest code point that needs them; -1 for no lead byte.
int continuation_count(unsigned char lead, std::uint32_t& code, std::uint32_t& smallest) {
  if (lead < 0x80) return code = lead, smallest = 0, 0;
  if ((lead & 0xE0) == 0xC0) return code = lead & 0x1F, smallest = 0x80, 1;
  if ((lead & 0xF0) == 0xE0) return code = lead & 0x0F, smallest = 0x800, 2;
  if ((lead & 0xF8) == 0xF0) return code = lead & 0x07, smallest = 0x10000, 3;
  return -1;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    std::uint32_t smallest = 0;
    const int more = continuation_count(static_cast<unsigned char>(text[i]), code, smallest);
    if (more < 0 || text.size() - i <= static_cast<std::size_t>(more)) return false;
    for (int k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if ((byte & 0xC0) != 0x80) return false;
      code = code << 6 | (byte & 0x3F);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += 1 + static_cast<std::size_t>(more);
  }
  return true;
}

std::vector<std::string> split_character_sets(std::string_view raw) {
  std::vector<std::string> out;
  while (!raw.empty()) {
    const auto split = raw.find('\\');
    std::string_view value = raw.substr(0, split);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.remove_suffix(1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    out.emplace_back(value);
    if (split == std::string_view::npos) break;
    raw.remove_prefix(split + 1);
  }
  return out;
}

Result<Decoded> to_utf8(std::string_view raw, const std::vector<std::string>& specific_character_set,
                        std::string_view vr) {
  if (is_plain(raw)) return Decoded{std::string(raw), true};
  const bool declared =
      !specific_character_set.empty() && (specific_character_set.size() > 1 || !specific_character_set.front().empty());
  if (!declared) return inexact(raw);
  if (const char* whole = whole_text_converter(specific_character_set.front())) {
    if (std::string_view(whole) == "UTF-8") return is_utf8(raw) ? Decoded{std::string(raw), true} : inexact(raw);
    VG_ASSIGN(Converter * from, converter(whole));
    auto text = from->convert(std::string(raw));
    return text ? Decoded{std::move(*text), true} : inexact(raw);
  }
  return CodeExtensions(specific_character_set, vr).run(raw);
}

}  // namespace veilgate::dicom
