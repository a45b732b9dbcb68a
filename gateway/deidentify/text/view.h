#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/text/text_cleaner.h"

namespace veilgate::deidentify::text {

struct Decoded;  // fold.h

/// Stands for what is replaced or must not be looked at again; no rule matches across it.
inline constexpr char kTaken = '\x01';
/// Stands for a character that software lost or misread: U+FFFD, or one of the control characters U+0080 to U+009F.
inline constexpr char kGarbled = '\x02';

std::string_view mark_of(TextKind kind);
inline constexpr std::string_view kAgeMark = "[age over 89]";

/// A run of digits, of letters of one script family, in the folded text.
struct Token {
  std::uint32_t begin = 0, end = 0;
  bool number = false;
  bool capital = false;   ///< first letter upper case
  bool upper = false;     ///< every letter upper case
  bool cjk = false;       ///< ideographs, kana, hangul
  bool accented = false;  ///< was not plain ASCII
  std::uint32_t size() const { return end - begin; }
};

/// One replacement, in bytes of the folded text; `with` empty: the mark of its kind.
struct Found {
  std::uint32_t begin, end;
  TextKind kind;
  std::string with;
};

enum class Umlauts { Single, Double };  ///< "ä" is a, or ae

/// The text as rules read it: accents and exotic spaces, hyphens, apostrophes and digits folded to ASCII, styled
/// letters plain, invisible characters gone, words that mix Latin with letters that look so all Latin, every byte over
/// 127 part of a letter. Offsets lead back to the input. `text` keeps case, `lower` does not; both have the same
/// length.
class View {
 public:
  explicit View(std::string_view input, Umlauts umlauts = Umlauts::Single);

  const std::string& text() const { return text_; }
  const std::string& lower() const { return lower_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view word(const Token& token) const;  ///< lower case
  std::string_view between(std::uint32_t begin, std::uint32_t end) const;

  /// The text with '_' where the input has it; elsewhere it is a space, so that it parts words.
  std::string with_underscores() const;

  bool free(std::uint32_t begin, std::uint32_t end) const;
  bool free(const Token& token) const { return free(token.begin, token.end); }
  /// Replaces these bytes, unless some are taken already.
  bool take(std::uint32_t begin, std::uint32_t end, TextKind kind, std::string with = {});
  /// Leaves these bytes as they are and hides them from the rest of this round.
  void keep(std::uint32_t begin, std::uint32_t end);
  /// Shows what was only kept, and parts the text into tokens again.
  void next_round();

  const std::vector<Found>& found() const { return found_; }
  /// The bytes of the input behind these of the view.
  std::size_t source_begin(std::uint32_t begin) const { return source_[begin]; }
  std::size_t source_end(std::uint32_t end) const;
  std::string_view input(std::uint32_t begin, std::uint32_t end) const;

  std::string_view whole_input() const { return input_; }
  /// The first byte of the view that comes from `offset` of the input or from behind it.
  std::uint32_t begin_of(std::size_t offset) const;

  bool has_digit() const { return has_digit_; }
  bool has_high() const { return has_high_; }        ///< anything but ASCII
  bool has_garbled() const { return has_garbled_; }  ///< kGarbled
  bool has(char c) const { return seen_[static_cast<unsigned char>(c) & 127]; }

 private:
  void fold(Umlauts umlauts);
  void put(char32_t point, std::size_t at, Umlauts umlauts);
  void put_ascii(char c, std::size_t at);
  void put_letter(char32_t shown, char32_t small, std::size_t at);
  std::size_t put_syllable(const Decoded& lead, std::size_t at);
  void settle_scripts();
  void hide(std::uint32_t begin, std::uint32_t end);
  void hide_marks();
  void tokenize();
  Token token_at(std::uint32_t begin) const;

  struct Kept {
    std::uint32_t begin;
    std::string text, lower;
  };

  std::string_view input_;
  std::string text_, lower_;
  std::vector<std::uint32_t> source_;
  std::vector<std::uint32_t> underscores_;
  std::vector<Token> tokens_;
  std::vector<Found> found_;
  std::vector<Kept> kept_;
  std::array<bool, 128> seen_{};
  bool has_digit_ = false;
  bool has_high_ = false;
  bool has_garbled_ = false;
  bool has_lookalikes_ = false;
};

/// The word with Greek and Cyrillic letters that look Latin as those, lower case; `word` as written.
std::string latin_skeleton(std::string_view word);

/// Bytes of the escape sequence at `at` that switches between character sets ("\x1b(B"); 0: none.
std::size_t designation_at(std::string_view text, std::size_t at);

bool is_letter(char c);
bool is_digit(char c);
inline bool is_alnum(char c) { return is_letter(c) || is_digit(c); }

}  // namespace veilgate::deidentify::text
