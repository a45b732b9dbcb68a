#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace veilgate {

/// RFC 4648 with padding, no line breaks.
std::string to_base64(std::string_view bytes);
/// nullopt for anything that to_base64 would not have written.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace veilgate
