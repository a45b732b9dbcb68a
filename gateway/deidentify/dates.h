#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace veilgate::deidentify {

/// DA "YYYYMMDD" (also the old "YYYY.MM.DD") moved by whole days; nullopt when it is not a whole, real date.
std::optional<std::string> shift_da(std::string_view value, int days);
/// DT of at least a day's precision; time of day and UTC offset stay. nullopt when malformed or coarser than a day.
std::optional<std::string> shift_dt(std::string_view value, int days);
/// TM of the standard, old colons included.
bool valid_tm(std::string_view value);
/// "+0100"
bool valid_utc_offset(std::string_view value);

/// Days since 1970 of a DA, or of a DT of a day's precision.
std::optional<int> day_number(std::string_view value);

enum class DatePrecision { Year, Month };
/// First day of the year or month (DA), or the shorter text (DT).
std::optional<std::string> truncate_da(std::string_view value, DatePrecision precision);
std::optional<std::string> truncate_dt(std::string_view value, DatePrecision precision);

/// Values of a DA or DT (backslash between them) cut to "year" or "month"; nullopt when one cannot be.
std::optional<std::string> truncated_date(std::string_view values, std::string_view vr, std::string_view precision);

}  // namespace veilgate::deidentify
