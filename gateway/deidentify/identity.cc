#include "deidentify/identity.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "deidentify/text_of.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopInstanceUid{0x0008, 0x0018}, kStudyInstanceUid{0x0020, 0x000D};
constexpr dicom::Tag kPatientName{0x0010, 0x0010}, kPatientId{0x0010, 0x0020}, kIssuer{0x0010, 0x0021};
constexpr dicom::Tag kBirthDate{0x0010, 0x0030};
constexpr dicom::Tag kIssuerQualifiers{0x0010, 0x0024}, kUniversalEntityId{0x0040, 0x0032};

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What devices write where they know no ID; patients who share one are not the same person.
constexpr std::array<std::string_view, 19> kPlaceholders = {
    "NOT AVAILABLE", "NOT KNOWN",  "UNBEKANNT", "TEST", "UNKNOWN", "NONE", "N/A",      "NA", "NULL", "ANONYMOUS",
    "ANON",          "ANONYMIZED", "UNDEFINED", "NOID", "NO ID",   "0",    "00000000", "-",  "?"};

/// UTF-8, so that the same patient is the same in every character set a sender chose.
std::string read(const dicom::Item& item, dicom::Tag tag) {
  return text_of(item, tag, character_sets_of(item)).reveal();
}

std::string usable_id(const dicom::Item& item) {
  std::string id = trimmed(read(item, kPatientId));
  const bool zeros = id.find_first_not_of("0-. ") == std::string::npos;
  return zeros || std::ranges::find(kPlaceholders, upper(id)) != kPlaceholders.end() ? std::string() : id;
}

std::string issuer_of(const dicom::Item& item) {
  if (std::string issuer = trimmed(read(item, kIssuer)); !issuer.empty()) return issuer;
  const auto qualifiers = item.find(kIssuerQualifiers);
  if (!qualifiers) return {};
  const auto items = qualifiers->items();
  return items.empty() ? std::string() : items.front().text(kUniversalEntityId).reveal();
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) {
    out.append(std::to_string(part.size())).push_back(':');
    out.append(part);
  }
  return out;
}

Sha256 keyed(const Identity& identity, std::string_view purpose, const Phi<std::string>& patient_key) {
  return identity.key.hmac(purpose, joined({identity.project, patient_key.reveal()}));
}

std::string decimal(std::array<std::uint8_t, 16> big_endian) {
  std::string out;
  bool zero = false;
  while (!zero) {
    zero = true;
    unsigned remainder = 0;
    for (std::uint8_t& byte : big_endian) {
      const unsigned value = remainder << 8 | byte;
      byte = static_cast<std::uint8_t>(value / 10);
      remainder = value % 10;
      if (byte != 0) zero = false;
    }
    out.push_back(static_cast<char>('0' + remainder));
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

std::string base32(std::span<const std::uint8_t> bytes, std::size_t characters) {
  std::string out;
  unsigned bits = 0, held = 0;
  for (std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    held += 8;
    while (held >= 5 && out.size() < characters) {
      held -= 5;
      out.push_back(kBase32[bits >> held & 31]);
    }
    bits &= 0xFF;
  }
  return out;
}

std::string map_uid(const SecretKey& key, std::string_view uid) {
  const Sha256 digest = key.hmac("uid", uid);
  std::array<std::uint8_t, 16> uuid{};
  std::copy_n(digest.bytes().begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x80);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
  return "2.25." + decimal(uuid);
}

bool is_standard_uid(std::string_view uid) {
  constexpr std::string_view kRoot = "1.2.840.10008.";
  constexpr std::size_t kLongestComponent = 3;  // what the standard registers has short ones; numbers of people do not
  if (!uid.starts_with(kRoot)) return false;
  std::size_t digits = 0;
  for (char c : uid.substr(kRoot.size())) {
    digits = c == '.' ? 0 : digits + 1;
    if (digits > kLongestComponent) return false;
  }
  return true;
}

bool looks_mapped(std::string_view uid) { return uid.starts_with("2.25."); }

bool names_another_patient(const dicom::Item& item, const Subject& subject) {
  const std::string id = usable_id(item);
  if (id.empty()) return false;
  const std::string issuer = issuer_of(item);
  return id != subject.patient_id.reveal() || (!issuer.empty() && issuer != subject.issuer.reveal());
}

Phi<std::string> patient_key(const dicom::Item& dataset) {
  if (const std::string id = usable_id(dataset); !id.empty()) return Phi(joined({"id", issuer_of(dataset), id}));
  const std::string name = upper(read(dataset, kPatientName));
  const auto birth = dataset.text(kBirthDate);
  if (!name.empty() && !birth.reveal().empty()) return Phi(joined({"name", name, birth.reveal()}));
  if (const auto study = dataset.text(kStudyInstanceUid); !study.reveal().empty()) {
    return Phi(joined({"study", study.reveal(), name}));
  }
  return Phi(joined({"object", dataset.text(kSopInstanceUid).reveal()}));
}

std::string pseudonym_of(const Identity& identity, const Phi<std::string>& patient_key) {
  return identity.pseudonym_prefix + base32(keyed(identity, "pseudonym", patient_key).bytes(), kPseudonymCharacters);
}

Subject subject_of(const dicom::File& input, const Identity& identity) {
  const dicom::Item dataset = input.dataset();
  const auto key = patient_key(dataset);
  return {keyed(identity, "subject", key),
          identity.assigned_pseudonym.value_or(pseudonym_of(identity, key)),
          Phi(usable_id(dataset)),
          Phi(issuer_of(dataset)),
          Phi(trimmed(read(dataset, kPatientName))),
          Phi(trimmed(read(dataset, kBirthDate)))};
}

bool looks_like_pseudonym(std::string_view text) {
  if (text.size() < kPseudonymCharacters) return false;
  const auto tail = text.substr(text.size() - kPseudonymCharacters);
  return std::ranges::all_of(tail, [](char c) { return kBase32.find(c) != std::string_view::npos; });
}

int date_offset_of(const Identity& identity, const Phi<std::string>& patient_key, int max_days) {
  const Sha256 digest = keyed(identity, "date-offset", patient_key);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest.bytes()[i];
  return -1 - static_cast<int>(number % static_cast<std::uint64_t>(max_days));
}

}  // namespace veilgate::deidentify
