#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace veilgate {

/// What a caller may do about an error; the runner's retry contract hangs on it.
enum class ErrorKind {
  Transient,  ///< Trying again later may help (network, disk full, lock).
  Permanent,  ///< The same input will fail again (malformed, too large): quarantine.
  Refused,    ///< A rule or a missing ability says no (no route, unmaskable syntax, finding): hold for a person.
  Config,     ///< The configuration or the installation is wrong: stop the start.
  Bug,        ///< A broken promise inside the gateway: quarantine and shout.
};

std::string_view to_string(ErrorKind kind);
/// Inverse of to_string; unknown text is Bug, the strictest reading.
ErrorKind error_kind_from(std::string_view text);

/// An error that is safe to log, audit and show: it must never carry a received value (PHI).
struct Error {
  ErrorKind kind = ErrorKind::Bug;
  std::string code;     ///< Stable, for scripts and metrics: "pixel.decode_failed".
  std::string message;  ///< One sentence for a person, with the way out where there is one.
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace veilgate

#define VEILGATE_CONCAT_INNER(a, b) a##b
#define VEILGATE_CONCAT(a, b) VEILGATE_CONCAT_INNER(a, b)

/// Returns the error of a Result<void> expression from the enclosing function.
#define VG_TRY(expr)                                         \
  do {                                                       \
    if (auto vg_result = (expr); !vg_result) {               \
      return ::veilgate::fail(std::move(vg_result).error()); \
    }                                                        \
  } while (false)

/// VG_ASSIGN(auto x, f()): binds the value or returns the error.
#define VG_ASSIGN(lhs, expr) VG_ASSIGN_INNER(VEILGATE_CONCAT(vg_assign_, __LINE__), lhs, expr)
#define VG_ASSIGN_INNER(tmp, lhs, expr)                      \
  auto tmp = (expr);                                         \
  if (!tmp) return ::veilgate::fail(std::move(tmp).error()); \
  lhs = std::move(*tmp)
