#pragma once
#include <string>
#include <string_view>

/// Check digits of national numbers: what tells them from any other digits.
namespace veilgate::deidentify::text {

/// Letters and digits only, capitals.
std::string alnum_of(std::string_view text);
std::string digits_of(std::string_view text);

/// Eleven digits with the check digits of the Polish or the Turkish number of a person.
bool is_pesel(std::string_view digits);
bool is_turkish_number(std::string_view digits);
bool is_nhs_number(std::string_view digits);     ///< UK, 10 digits, modulo 11
bool is_social_security(std::string_view text);  ///< US, ddd-dd-dddd, areas in use
bool is_nir(std::string_view alnum);             ///< France, 13 characters or 15 with key
bool is_dni(std::string_view alnum);             ///< Spain, DNI or NIE with its letter
bool is_iban(std::string_view alnum);            ///< modulo 97

}  // namespace veilgate::deidentify::text
