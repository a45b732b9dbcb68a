#pragma once
#include <map>
#include <string>
#include <string_view>

#include "deidentify/import/draft.h"

namespace veilgate::deidentify::importing {

inline constexpr std::string_view kDifference = "difference: ", kNotExpressed = "not expressed: ";

/// What the program writes or removes itself, whatever a profile says.
std::string decided_elsewhere(const Target& target);

/// Whether a text may be this VR's value.
bool fits_vr(std::string_view text, std::string_view vr);
/// Whether `hash` can write its 16 characters.
bool holds_hash(std::string_view vr);
/// Whether the patient's pseudonym may stand there.
bool holds_pseudonym(const Target& target);
bool holds_date(std::string_view vr);

/// The clause that hides a value that somebody else's code would have replaced: pseudonym, uid, hash or remove.
Clause hiding(const Target& target);

}  // namespace veilgate::deidentify::importing
