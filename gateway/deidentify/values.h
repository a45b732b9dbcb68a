#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::deidentify {

std::string trimmed(std::string_view text);
std::string upper(std::string_view text);
/// Values between backslashes, spaces around them removed.
std::vector<std::string> split_values(std::string_view text);
std::string join_values(const std::vector<std::string>& values);

using Change = std::function<std::optional<std::string>(std::string_view)>;
/// Each value that is not empty, changed; nullopt as soon as one cannot be.
std::optional<std::string> change_values(std::string_view text, const Change& change);

/// How much a value of this VR can say: 0 numbers, 1 bounded words (CS, DA, UI), 2 short text, 3 long text and names,
/// 4 opaque bytes.
int freedom_of(std::string_view vr);

/// Whether every value is of the form its VR demands, as far as another form could say something: numbers are numbers,
/// dates are dates, a code string is upper case (or one word). True for VRs of free text and bytes.
bool has_form_of(std::string_view vr, std::string_view text);

}  // namespace veilgate::deidentify
