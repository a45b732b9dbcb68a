#include <algorithm>
#include <array>

#include "deidentify/text/patterns.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

template <typename Use>
void each_word(const Match& match, std::string_view text, const Use& use) {
  const auto offset = static_cast<std::size_t>(text.data() - match.group.data()) + match.begin;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end > at) use(std::string_view(match.view.lower()).substr(offset + at, end - at));
    at = std::max(end, at + 1);
  }
}

/// "12 Left Arm Close" is no address: street words with other meanings want no plain words before them.
bool names_street(const Match& match) {
  static constexpr std::string_view kSure[] = {"street", "road", "avenue", "lane", "boulevard", "blvd", "rd", "ave"};
  const auto behind = std::string_view(match.view.lower()).substr(0, match.end);
  if (std::ranges::any_of(kSure, [&](std::string_view word) { return behind.ends_with(word); })) return true;
  bool plain = false;
  const auto last = match.group.find_last_of(" ");
  each_word(match, match.group.substr(0, last),
            [&](std::string_view word) { plain = plain || (is_plain(word) && !is_namelike(word) && word.size() > 3); });
  return !plain;
}

/// Postcode and town: the town is not a plain word, a unit or a thing counted in thousands.
bool names_town(const Match& match) {
  const auto space = match.group.find(' ');
  if (match.group.substr(0, space).ends_with("000")) return false;
  bool good = false, first = true;
  each_word(match, match.group.substr(space), [&](std::string_view word) {
    if (first) good = !is_plain(word) && !is_unit(word) && months_named(word).empty() && !has_clinical_ending(word);
    first = false;
  });
  return good;
}

/// "Atemweg 2", "Arbeitsplatz 3"
bool is_street_word(const Match& match) {
  bool good = true;
  each_word(match, match.group, [&](std::string_view word) {
    good = good && !word.ends_with("atemweg") && !word.ends_with("gallenweg") && !word.ends_with("arbeitsplatz") &&
           !word.ends_with("harnweg") && !word.ends_with("zugangsweg") && !word.ends_with("hinweg") &&
           !word.ends_with("beckenring") && !word.ends_with("hautring") && (word.size() == 1 || !is_plain(word));
  });
  return good;
}

bool uk_area(const Match& match) {
  static constexpr std::string_view kSingle = "BEGLMNSW";
  static constexpr std::string_view kDouble =
      " AB AL BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY EC EH EN EX FK FY GL "
      "GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY LA LD LE LL LN LS LU ME MK ML NE NG NN NP NR NW OL OX "
      "PA PE PH PL PO PR RG RH RM SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB WA WC WD WF WN "
      "WR WS WV YO ZE ";
  const auto code = match.group.substr(match.group.size() - std::min<std::size_t>(match.group.size(), 8));
  const auto digit = code.find_first_of("0123456789");
  const std::size_t letters = digit >= 2 && is_letter(code[digit - 2]) ? 2 : 1;
  const std::string area(code.substr(digit - letters, letters));
  return letters == 1 ? kSingle.find(area) != std::string_view::npos
                      : kDouble.find(" " + area + " ") != std::string_view::npos;
}

bool us_state(const Match& match) {
  static constexpr std::string_view kStates =
      " AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
      "PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR ";
  const auto digits = match.group.find_first_of("0123456789");
  return kStates.find(" " + std::string(match.group.substr(digits - 3, 2)) + " ") != std::string_view::npos;
}

#define VEILGATE_WORD "[A-Z\\x80-\\xff][A-Za-z\\x80-\\xff'.-]{1,30}"
#define VEILGATE_HOUSE "\\d{1,4}(?: ?[a-hA-H]\\b)?(?:[ ]?[-/][ ]?\\d{1,4})?"

// clang-format off
constexpr std::array kPatterns = std::to_array<Pattern>({
    // English: number, name, street word.
    {R"(\b((?:(?:Flat|Apt\.?|Unit|Suite|Apartment) \w{1,5},? )?\d{1,5}[A-Za-z]?,? (?:)" VEILGATE_WORD R"( ){1,4}(?i:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|crescent|terrace|gardens|highway|hwy|parkway|pkwy|mews|grove|close|way|court|ct|place|square|row|hill)\b\.?))", TextKind::Address, Needs::Digit, names_street},
    // German and Dutch: street word grown together, or behind; then the number.
    {R"(\b((?:)" VEILGATE_WORD R"(-){0,3}[A-Z\x80-\xff][A-Za-z\x80-\xff]{2,30}(?:strasse|stra?s?se|str\.?|weg|gasse|platz|allee|ring|damm|ufer|chaussee|steig|pfad|hof|markt|straat|laan|gracht|plein|kade|dijk|singel|steeg|dreef|hof),? ?)" VEILGATE_HOUSE ")", TextKind::Address, Needs::Digit, is_street_word},
    {R"(\b((?:)" VEILGATE_WORD R"( |-){0,3}[A-Z\x80-\xff][A-Za-z\x80-\xff.]{1,30}[ -](?:Strasse|Str\.|Weg|Gasse|Platz|Allee|Ring|Damm|Ufer|Chaussee) )" VEILGATE_HOUSE ")", TextKind::Address, Needs::Digit, is_street_word},
    {R"(\b((?:Am|Im|An der|An den|Auf der|Auf dem|In der|Zum|Zur|Unter den|Hinter der|Vor dem|Op de|Aan de) (?:)" VEILGATE_WORD R"( ){1,3}\d{1,4}[a-h]?,? (?:[A-Z]{1,2}-)?\d{4,5}(?: )" VEILGATE_WORD "(?: am | an der | im )?(?:" VEILGATE_WORD ")?)?)", TextKind::Address, Needs::Digit, names_street},
    {R"((?i)\b(?:wohnhaft|adresse|anschrift|address|lives at|residing at|adres|direccion|domicilio|indirizzo|residente in|domicilie au|habite|wohnt)[ :]{1,3}((?:in|im|am|an der|au|en|a)? ?[A-Z0-9\x80-\xff][A-Za-z0-9\x80-\xff .'/-]{3,60}\d{1,4}[a-h]?(?:, ?[A-Z0-9][A-Za-z0-9\x80-\xff .'-]{2,40})?))", TextKind::Address, Needs::Digit},
    // Romance: street word, name, number; French the number first.
    {R"(\b(\d{1,4}(?: ?(?i:bis|ter|quater))?,? ?(?i:rue|avenue|av\.|boulevard|bd|bld|place|chemin|impasse|allee|quai|route|cours|square|passage|faubourg) (?:(?:de la|de l'|du|des|de|d'|la|le|les|l') ?){0,2})" VEILGATE_WORD R"((?:[ -](?:(?:de|du|des|la|le|les) ){0,2})" VEILGATE_WORD R"(){0,3}))", TextKind::Address, Needs::Digit},
    {R"(\b((?:rue|Rue|Avenue|avenue|Av\.|Boulevard|Chemin|Place|Chaussee|Quai) (?:(?:de la|de l'|du|des|de|d'|la|le|les|l') ?){0,2})" VEILGATE_WORD R"((?:[ -])" VEILGATE_WORD R"(){0,3},? \d{1,4}))", TextKind::Address, Needs::Digit},
    {R"(\b((?i:calle|c/|c\.|avda\.?|avenida|plaza|pza\.?|paseo|p\.o|carrera|ronda|camino|travesia|carretera|ctra\.) ?(?:(?:de la|de los|de las|del|de|la|el|los|las) ){0,2})" VEILGATE_WORD R"((?: (?:(?:de|del|la|los|las|y) ){0,2})" VEILGATE_WORD R"(){0,3},? ?(?i:n[ou]?m?\.? ?)?\d{1,4}(?:,? ?\d{1,2}[oa]? ?[A-Da-d]?\b)?))", TextKind::Address, Needs::Digit},
    {R"(\b((?:Via|Viale|Piazza|Piazzale|Corso|Largo|Vicolo|Strada|Lungotevere|V\.le|P\.z?za|via|piazza|corso|viale) (?:(?:della|delle|dei|degli|del|di|dell'|da|san|santa) ?){0,2})" VEILGATE_WORD R"((?: (?:(?:della|delle|dei|di|da) ){0,1})" VEILGATE_WORD R"(){0,3},? ?(?:n\.? ?)?\d{1,4}(?:/[A-Za-z0-9]{1,2})?))", TextKind::Address, Needs::Digit},
    {R"((?i)\b(p\.? ?o\.? ?box \d{1,6}|post ?fach \d{1,8}(?: \d{2,3})?|b\.p\. ?\d{1,5}|bp \d{1,5},? \d{5}(?: [a-z-]{2,30})?|boite postale \d{1,5}|apartado(?: de correos)? \d{1,6}|casella postale \d{1,5}|postbus \d{1,6}))", TextKind::Address, Needs::Digit},
    // Postcode and town.
    {R"(\b((?:D|A|CH|F|I|E|NL|B|L|DK)-\d{4,5}(?: )" VEILGATE_WORD R"((?:[ -](?:am |an der |im |sur |sous |la |le |de |del )?)" VEILGATE_WORD R"(){0,2})?))", TextKind::Address, Needs::Digit},
    {R"(\b(\d{5} [A-Z\x80-\xff][A-Za-z\x80-\xff'-]{2,30}(?:(?: am | an der | im |-sur-|-sous-|-en-|-la-| de la | del )[A-Z][A-Za-z\x80-\xff-]{2,30})?))", TextKind::Address, Needs::Digit, names_town},
    {R"((?:^|,) ?([1-9]\d{3} )" VEILGATE_WORD R"()(?:$|[,.;\n]))", TextKind::Address, Needs::Digit, [](const Match& match) {
       return !match.group.starts_with("19") && !match.group.starts_with("20") && names_town(match);
     }},
    {R"(\b([1-9]\d{3} ?[A-Z]{2},? [A-Z][A-Za-z'-]{2,30}(?: (?:aan den |aan de )[A-Z][A-Za-z]{2,30})?))", TextKind::Address, Needs::Digit, [](const Match& match) {
       bool good = true;
       each_word(match, match.group, [&](std::string_view word) { good = good && !(is_unit(word) || (word.size() > 3 && is_plain(word))); });
       return good;
     }},
    {R"(\b((?:[A-Z][a-z]{2,20},? )?[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})\b)", TextKind::Address, Needs::Digit, [](const Match& match) {
       return uk_area(match) && !match.group.ends_with("TH") && !match.group.ends_with("ST") &&
              !match.group.ends_with("ND") && !match.group.ends_with("RD");
     }},
    {R"(\b((?:[A-Z][a-z]{1,20}[ ]?){1,3},? [A-Z]{2},? \d{5}(?:-\d{4})?)\b)", TextKind::Address, Needs::Digit, us_state},
});
// clang-format on

}  // namespace

const PatternSet& address_patterns() {
  static const PatternSet patterns(kPatterns);
  return patterns;
}

}  // namespace veilgate::deidentify::text
