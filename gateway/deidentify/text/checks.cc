#include "deidentify/text/checks.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {
namespace {

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

int digit(char c) { return c - '0'; }

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string alnum_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_digit(c) || (c >= 'A' && c <= 'Z')) out += c;
    if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 32);
  }
  return out;
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

bool is_nhs_number(std::string_view digits) {
  if (digits.size() != 10 || !all_digits(digits)) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += digit(digits[static_cast<std::size_t>(i)]) * (10 - i);
  const int check = (11 - sum % 11) % 11;
  return check < 10 && check == digit(digits[9]) && number(digits) != 0;
}

bool is_pesel(std::string_view digits) {
  constexpr int kWeights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
  if (digits.size() != 11 || !all_digits(digits)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 10; ++i) sum += digit(digits[i]) * kWeights[i];
  const int month = digit(digits[2]) % 2 * 10 + digit(digits[3]);
  const std::uint64_t day = number(digits.substr(4, 2));
  return (10 - sum % 10) % 10 == digit(digits[10]) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool is_turkish_number(std::string_view digits) {
  if (digits.size() != 11 || !all_digits(digits) || digits[0] == '0') return false;
  int odd = 0, even = 0;
  for (std::size_t i = 0; i < 9; ++i) (i % 2 == 0 ? odd : even) += digit(digits[i]);
  const int tenth = ((odd * 7 - even) % 10 + 10) % 10;
  return tenth == digit(digits[9]) && (odd + even + tenth) % 10 == digit(digits[10]);
}

bool is_social_security(std::string_view text) {
  const std::string digits = digits_of(text);
  if (digits.size() != 9) return false;
  const std::uint64_t area = number(std::string_view(digits).substr(0, 3));
  return area != 0 && area != 666 && digits.substr(3, 2) != "00" && digits.substr(5) != "0000";
}

bool is_nir(std::string_view alnum) {
  if (alnum.size() != 13 && alnum.size() != 15) return false;
  std::string digits(alnum);
  std::uint64_t corsica = 0;
  if (digits[5] == '2' && (digits[6] == 'A' || digits[6] == 'B')) {
    corsica = digits[6] == 'A' ? 1'000'000 : 2'000'000;
    digits[6] = '0';
  }
  if (!all_digits(digits) || (digits[0] != '1' && digits[0] != '2')) return false;
  const std::uint64_t month = number(std::string_view(digits).substr(3, 2));
  if (month == 0 || (month > 12 && month < 20)) return false;
  if (digits.size() == 13) return true;
  const std::uint64_t body = number(std::string_view(digits).substr(0, 13)) - corsica;
  return number(std::string_view(digits).substr(13)) == 97 - body % 97;
}

bool is_dni(std::string_view alnum) {
  if (alnum.size() != 9) return false;
  std::string digits(alnum.substr(0, 8));
  if (digits[0] >= 'X' && digits[0] <= 'Z') digits[0] = static_cast<char>('0' + (digits[0] - 'X'));
  if (!all_digits(digits)) return false;
  constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  return kLetters[number(digits) % kLetters.size()] == alnum[8];
}

bool is_iban(std::string_view alnum) {
  if (alnum.size() < 15 || alnum.size() > 34) return false;
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < alnum.size(); ++i) {
    const char c = alnum[(i + 4) % alnum.size()];
    rest = is_digit(c) ? (rest * 10 + static_cast<unsigned>(digit(c))) % 97
                       : (rest * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

}  // namespace veilgate::deidentify::text
