#pragma once
#include <string>
#include <string_view>
#include <vector>

/// What becomes of letters beyond ASCII when software reads or writes them in the wrong way.
namespace veilgate::unicode {

/// UTF-8 taken for Latin-1 or Windows-1252 and written as UTF-8 again ("MÃ¼ller"), of the text as it is, in small and
/// in capital letters. None for plain ASCII.
std::vector<std::string> doubled_forms(std::string_view utf8);

/// The same letters in ASCII: question marks, HTML entities, percent, quoted-printable and backslash escapes, all in
/// lower case. None for plain ASCII.
std::vector<std::string> escaped_forms(std::string_view utf8);

}  // namespace veilgate::unicode
