#pragma once
#include <string>
#include <string_view>
#include <vector>

/// What Unicode itself says of characters (ICU), and which letters look alike.
namespace veilgate::unicode {

/// Canonical forms: NFC, NFD. Malformed UTF-8 comes back as it is.
std::string composed(std::string_view utf8);
std::string decomposed(std::string_view utf8);

/// One form for everything that reads alike: NFKC without case and invisible characters (NFKC_Casefold), digits of
/// every script as 0 to 9, letters that look like Latin ones as those. Malformed UTF-8 becomes
/// U+FFFD. For comparing, never for showing.
std::string skeleton(std::string_view utf8);

/// The same ideographs as simplified and as traditional Chinese write them, where that differs (ICU's tables).
std::vector<std::string> han_variants(std::string_view utf8);

/// The characters that this one only styles ("𝐉", "Ⓙ", "ﬁ", "ﻣ"), NFKC; empty when it is itself.
std::u32string plain_form(char32_t point);
/// 0 to 9 of any script; -1: no decimal digit.
int digit_of(char32_t point);
/// The Latin letter that a Greek, Cyrillic, Armenian or small capital letter is taken for, in the same case; 0: none.
char lookalike(char32_t point);

}  // namespace veilgate::unicode
