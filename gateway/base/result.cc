#include "base/result.h"

#include <array>

namespace veilgate {
namespace {
constexpr std::array<std::pair<ErrorKind, std::string_view>, 5> kNames{{
    {ErrorKind::Transient, "transient"},
    {ErrorKind::Permanent, "permanent"},
    {ErrorKind::Refused, "refused"},
    {ErrorKind::Config, "config"},
    {ErrorKind::Bug, "bug"},
}};
}  // namespace

std::string_view to_string(ErrorKind kind) {
  for (const auto& [value, name] : kNames) {
    if (value == kind) return name;
  }
  return "bug";
}

ErrorKind error_kind_from(std::string_view text) {
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
  }
  return ErrorKind::Bug;
}

}  // namespace veilgate
