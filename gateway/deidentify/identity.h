#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "deidentify/engine.h"

namespace veilgate::deidentify {

/// First `characters` of the RFC 4648 base32 text.
std::string base32(std::span<const std::uint8_t> bytes, std::size_t characters);

/// "2.25." and a keyed UUID (version 8, RFC 9562) in decimal: the same for the same key and UID, everywhere.
std::string map_uid(const SecretKey& key, std::string_view uid);
/// A UID that the standard itself registered: SOP classes, transfer syntaxes, well-known instances.
bool is_standard_uid(std::string_view uid);
bool looks_mapped(std::string_view uid);

/// What tells one patient from another: issuer and Patient ID; without an ID (empty, or a placeholder such as
/// "UNKNOWN") name and birth date; without both of those the study. So two unknown patients never become one.
Phi<std::string> patient_key(const dicom::Item& dataset);
/// Whether this item names a patient by a usable Patient ID, and one who is not `subject` (same ID, issuer equal or not
/// told).
bool names_another_patient(const dicom::Item& item, const Subject& subject);

inline constexpr std::size_t kPseudonymCharacters = 16;  ///< 80 bits
std::string pseudonym_of(const Identity& identity, const Phi<std::string>& patient_key);
/// A prefix and base32 of the right length.
bool looks_like_pseudonym(std::string_view text);
/// Whole days into the past, -max_days to -1, the same for everything of one patient.
int date_offset_of(const Identity& identity, const Phi<std::string>& patient_key, int max_days);

}  // namespace veilgate::deidentify
