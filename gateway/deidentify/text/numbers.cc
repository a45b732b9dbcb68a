#include <algorithm>
#include <array>

#include "deidentify/text/checks.h"
#include "deidentify/text/patterns.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

std::size_t digits_in(std::string_view text) { return static_cast<std::size_t>(std::ranges::count_if(text, is_digit)); }

/// "1.2.840.10008...", "2.25.<long>": long, or deep; not a section number.
bool is_uid(const Match& match) {
  return match.group.size() <= 64 + 8 && (match.group.size() >= 14 || match.group.starts_with("2.25."));
}

bool has_number(const Match& match) { return digits_in(match.group) >= 3; }
bool has_long_number(const Match& match) { return digits_in(match.group) >= 4; }

/// For cues that mean other things too: not a year, not a measurement.
bool is_number_not_year(const Match& match) {
  const bool year = match.group.size() == 4 && digits_in(match.group) == 4 &&
                    (match.group.starts_with("19") || match.group.starts_with("20"));
  return has_long_number(match) && !year;
}

bool nhs(const Match& match) { return is_nhs_number(digits_of(match.group)); }
bool eleven_digits(const Match& match) { return is_pesel(match.group) || is_turkish_number(match.group); }

/// A pair of degrees; "0.3125, 0.3125" is the size of a pixel.
bool coordinates(const Match& match) {
  const auto large = [](std::string_view number) {
    if (number.starts_with('-')) number.remove_prefix(1);
    return number.find('.') > 1 || number[0] > '1';
  };
  const auto next = match.group.find_first_of("-0123456789", match.group.find_first_of(",;/ "));
  return next != std::string_view::npos && (large(match.group) || large(match.group.substr(next)));
}
bool ssn(const Match& match) { return is_social_security(match.group); }
bool nir(const Match& match) { return is_nir(alnum_of(match.group)); }
bool dni(const Match& match) { return is_dni(alnum_of(match.group)); }
bool iban(const Match& match) { return is_iban(alnum_of(match.group)); }

#define VEILGATE_CUE_END R"((?:[ ]?(?:no|nr|num|number|nummer|numero|n|id|code)\b)?[ .:#=/-]{0,6})"
#define VEILGATE_VALUE R"(([a-z0-9](?:[a-z0-9]|[./-][a-z0-9]|[ ][0-9]){1,30}))"

// clang-format off
constexpr std::array kPatterns = std::to_array<Pattern>({
    {R"(\b([0-2](?:\.(?:0|[1-9]\d{0,38})){4,20}))", TextKind::Identifier, Needs::Digit, is_uid, {}, true},
    {R"(\b(2\.25\.\d{6,39}))", TextKind::Identifier, Needs::Digit, nullptr, {}, true},
    {R"((?i)\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b)", TextKind::Identifier},
    // Cues that mean nothing but a record.
    {R"((?i)\b(?:mrn|m\.r\.n|mpi|patient[ -]?id|patienten[ -]?(?:id|nr|nummer)|patientennr|pat[. -]{1,2}(?:id|nr|no)|patid|patnr|pid|hospital (?:no|number|id)|unit (?:no|number)|record (?:no|number)|chart (?:no|number)|fall[ -]?(?:nummer|nr|zahl|id)|fallnr|aufnahme[ -]?(?:nummer|nr)|auftrags[ -]?(?:nummer|nr)|accession|akten(?:zeichen|nummer)|nhs|ssn|social security|nir|nss|ipp|nip|dossier|nhc|historia clinica|historia|expediente|cartella(?: clinica)?|nosologico|bsn|sofinummer|burgerservicenummer|patient(?:en)?nummer|dossiernummer|zorgnummer|kvnr|krankenvers(?:icherung)?s?[ -]?(?:nr|nummer)|versicherten[ -]?(?:nr|nummer|id)|versicherungs[ -]?(?:nr|nummer)|vers[. -]{1,2}(?:nr|no)|insurance|policy|policen?[ -]?(?:nr|nummer)|mutuelle|tarjeta sanitaria|cip|personalausweis|ausweis|passport|reisepass|passeport|pasaporte|passaporto|paspoort|driver'?s? licen[cs]e|medicare|medicaid|tessera sanitaria|codice fiscale|dni|nie|hcn|ohip|chi|secu|securite sociale|seguridad social))" VEILGATE_CUE_END VEILGATE_VALUE, TextKind::RecordNumber, Needs::Digit, has_number, {}, true},
    // Cues that may mean something else.
    {R"((?i)\b(?:acc|acc no|case (?:no|number|id)|case|fall|id|ref|reference|visit|encounter|order|auftrag|episode|examen|exam|specimen|sample|path|histology|histo|probe|e-?nr|nr|no|numero|study id|konto|account|acct|bordereau|folio|serial|sn|s/n|device|barcode|label|key|login|user|pin|lot)(?: ?(?:no|nr|number|nummer|id))?\b ?[.:#=]{1,3} ?)" VEILGATE_VALUE, TextKind::RecordNumber, Needs::Digit, is_number_not_year},
    {R"((?i)\b(?:acc|id|accn|acct)[ -]{1,2}([a-z]{0,4}-?\d{4,16}))", TextKind::RecordNumber, Needs::Digit, is_number_not_year},
    {R"((?i)\b(?:case|fall|visit|encounter|order|ref|konto|account|acct|chart|file|akte|gmc|nmc|npi|lanr|bsnr|rpps|adeli|colegiado|big|agb|serial|sn|s/n|reg|registro|file|film|episodio|tessera|matricola|ward no|hn|urn|ur)(?: ?(?:no|nr|number|nummer))?[ .:#-]{1,3}([a-z]{0,3}\d{5,12}))", TextKind::RecordNumber, Needs::Digit},
    {R"((?i)\b(?:user|username|login|logon|benutzer|utilisateur|usuario|utente|gebruiker)(?: ?(?:name|id))? ?[:=] ?([a-z0-9][a-z0-9._-]{2,30}))", TextKind::Identifier, Needs::Nothing},
    {R"(#[ ]?(\d{5,16}))", TextKind::RecordNumber, Needs::Digit},
    // Numbers that show what they are.
    {R"(\b(\d{3} \d{3} \d{4}|\d{3}-\d{3}-\d{4}|\d{10})\b)", TextKind::RecordNumber, Needs::Digit, nhs},
    {R"(\b(756[ .-]?\d{4}[ .-]?\d{4}[ .-]?\d{2})\b)", TextKind::RecordNumber, Needs::Digit},
    {R"(\b(\d{11})\b)", TextKind::RecordNumber, Needs::Digit, eleven_digits},
    {R"((-?\b\d{1,3}\.\d{4,9}(?:[ ]?[,;/][ ]?|[ ])-?\d{1,3}\.\d{4,9})\b)", TextKind::Address, Needs::Dot, coordinates},
    {R"((?i)\b([ns] ?\d{1,2}[ .'\x27]{1,2}\d{1,2}[.,' ]{0,2}\d{0,4}[' "]{0,2}[ ,;/]{0,2}[ewo] ?\d{1,3}[ .'\x27]{1,2}\d{1,2}[.,' ]{0,2}\d{0,4})\b)", TextKind::Address, Needs::Digit},
    {R"(\b(\d{3}-\d{2}-\d{4})\b)", TextKind::RecordNumber, Needs::Digit, ssn},
    {R"((?i)\b([12][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[ab])[ .-]?\d{3}[ .-]?\d{3}(?:[ .-]?\d{2})?)\b)", TextKind::RecordNumber, Needs::Digit, nir},
    {R"((?i)\b([xyz]?[ -]?\d{7,8}[ -]?[a-z])\b)", TextKind::RecordNumber, Needs::Digit, dni},
    {R"((?i)\b(\d{2}\.\d{3}\.\d{3}[ -]?[a-z])\b)", TextKind::RecordNumber, Needs::Digit, dni},
    {R"((?i)\b([a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z])\b)", TextKind::RecordNumber, Needs::Digit},
    {R"((?i)\b([a-z]{3} [a-z]{3} \d{2}[a-ehlmprst]\d{2} [a-z]\d{3}[a-z])\b)", TextKind::RecordNumber, Needs::Digit},
    {R"(\b([A-Z]{1,2}\d{2}(?:\d{2})?[/-]\d{4,6})\b)", TextKind::RecordNumber, Needs::Digit},
    {R"(\b([A-Z]\d{9}|[A-Z] \d{3} \d{3} \d{3})\b)", TextKind::RecordNumber, Needs::Digit},
    {R"(\b([A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?)\b)", TextKind::RecordNumber, Needs::Digit, iban},
});

constexpr std::array kAges = std::to_array<Pattern>({
    {R"((?i)\b((?:9\d|1[0-4]\d)[ -]{0,2}(?:years?|yrs?|y\.?[ /-]?o\b\.?|y/o)(?:[ -]old)?(?:[ -]of[ -]age)?)\b)", TextKind::Date, Needs::Digit, nullptr, kAgeMark},
    {R"((?i)\b((?:9\d|1[0-4]\d)[ -]{0,2}(?:jahrige[rsnm]?|jaehrige[rsnm]?|jahrig|jaehrig|jahre? alte?[rsnm]?|jahre?n?|jarige?|jaar(?: oud)?|ans|anos|anni))\b)", TextKind::Date, Needs::Digit, nullptr, kAgeMark},
    {R"((?i)\b(?:age|aged|alter|age[ds]? of|im alter von|agee?|edad|eta|leeftijd|de)[ :=]{1,3}((?:9\d|1[0-4]\d)(?: ?(?:y|yrs?|j|a)\b)?)\b)", TextKind::Date, Needs::Digit, [](const Match& match) {
       return !match.whole.starts_with("de ") && !match.whole.starts_with("De ");
     }, kAgeMark},
    {R"(\b((?:9\d|1[0-4]\d) ?(?:y\b|J\.|jr\b)))", TextKind::Date, Needs::Digit, nullptr, kAgeMark},
    {R"(\b(0?9\dY|1[0-4]\dY)\b)", TextKind::Date, Needs::Digit, nullptr, kAgeMark},
});
// clang-format on

}  // namespace

const PatternSet& number_patterns() {
  static const PatternSet patterns(kPatterns);
  return patterns;
}

const PatternSet& age_patterns() {
  static const PatternSet patterns(kAges);
  return patterns;
}

}  // namespace veilgate::deidentify::text
