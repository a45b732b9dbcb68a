#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::deidentify::importing {

/// "@if(Modality,equals,"CT"){@keep()}{@remove()}"
struct CtpCall {
  std::string name;
  std::vector<std::string> arguments;  ///< trimmed, without quotes
  std::vector<std::string> clauses;    ///< in braces: two of if and select, one of append
  std::string text;                    ///< name and arguments as written
};

/// A piece of a replacement: literal text or a call.
struct CtpPart {
  std::string literal;
  std::optional<CtpCall> call;
};

/// A replacement taken apart; nullopt when a call does not end, which CTP would quarantine every object for.
std::optional<std::vector<CtpPart>> parse_ctp_replacement(std::string_view text);

}  // namespace veilgate::deidentify::importing
