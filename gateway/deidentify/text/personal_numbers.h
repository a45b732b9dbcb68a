#pragma once
#include <vector>

#include "deidentify/text/text_dates.h"

namespace veilgate::deidentify::text {

/// Numbers of people that states make of the birth date: PESEL, personnummer, CPR, fødselsnummer, rodné číslo, HETU,
/// the Korean and the Chinese number. The whole number goes, not only the date in it.
void clean_personal_numbers(View& view, const std::vector<Day>& births);

}  // namespace veilgate::deidentify::text
