#pragma once
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "deidentify/text/misread_words.h"
#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// Names that the object itself carries, found in any order, case, accent and with one letter wrong.
class KnownNames {
 public:
  void add(std::string_view pn_value, TextKind kind);

  void clean(View& view) const;
  /// Only those that software has spoilt.
  void clean_misread(View& view) const { misread_.clean(view); }
  /// Whether this folded word is a part of a known name.
  bool knows(std::string_view word) const { return parts_.contains(std::string(word)); }

 private:
  /// Faint and Weak, in small letters and capitalised: an everyday word that counts only in company.
  enum class Match : unsigned char { No, Faint, Weak, Sure };
  struct Part {
    TextKind kind = TextKind::PersonName;
    bool needs_accent = false;  ///< "Joel" is "Jöl" only where the text has the umlaut
  };
  struct Spelled {
    std::string word;
    TextKind kind;
  };
  struct Verdict {
    Match match = Match::No;
    TextKind kind = TextKind::PersonName;
  };

  void add_group(std::string_view group, TextKind kind);
  void add_words(const View& group, TextKind kind);
  void add_part(std::string word, Part part);
  void add_joined(const View& name, TextKind kind);
  void add_initials(const View& name, TextKind kind);
  void add_cjk(const View& name, TextKind kind);
  void add_family(const std::string& whole, TextKind kind);
  void add_lookalikes(const View& name, TextKind kind);

  std::vector<Verdict> judge(const View& view) const;
  Verdict judge(const View& view, const Token& token) const;
  Verdict whole_word(const View& view, const Token& token) const;
  Verdict camel_pieces(const View& view, const Token& token) const;
  Verdict misspelled(std::string_view word) const;
  Verdict inflected(std::string_view word) const;
  Verdict declined(std::string_view word, bool capital) const;
  void add_cjk_word(const std::string& word, TextKind kind);
  Verdict extended(std::string_view word) const;
  Verdict behind_proclitic(std::string_view word) const;
  Verdict in_lookalikes(const View& view, const Token& token) const;
  void settle_weak(const View& view, std::vector<Verdict>& verdicts) const;
  bool has_company(const View& view, const std::vector<Verdict>& verdicts, std::size_t index) const;
  bool is_initial(const View& view, const Token& token) const;
  bool continues_name(const View& view, const std::vector<Verdict>& verdicts, std::size_t index) const;
  void take_names(View& view, const std::vector<Verdict>& verdicts) const;
  void take_cjk(View& view) const;
  void take_initials(View& view) const;
  void take_spaced(View& view) const;
  void take_broken(View& view) const;
  std::size_t spaced_part(std::string_view letters, TextKind& kind) const;

  std::unordered_map<std::string, Part> parts_;
  std::array<std::vector<Spelled>, 24> fuzzy_;            ///< by length
  std::vector<Spelled> declined_;                         ///< Latin ones that may have another ending
  std::vector<Spelled> stems_;                            ///< of scripts that inflect names
  std::unordered_map<std::string, TextKind> lookalikes_;  ///< names of other scripts, as Latin letters
  std::unordered_set<std::string> particles_;
  std::unordered_set<std::string> initials_;  ///< "jd"
  std::array<bool, 128> letters_{};           ///< first letters of parts
  std::vector<Spelled> cjk_;                  ///< longest first
  std::vector<Spelled> cjk_single_;           ///< one character: only before an honorific
  MisreadWords misread_;
  std::size_t fuzzy_count_ = 0;
  std::size_t longest_part_ = 0;  ///< bytes
};

/// One letter more, less or other, or two swapped.
bool nearly_equal(std::string_view a, std::string_view b);

}  // namespace veilgate::deidentify::text
