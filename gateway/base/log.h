#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace veilgate::log {

/// Names and values of one log line. Values must be PHI-free: ids, AE titles, codes, counts, durations.
using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

/// Sets up spdlog on stderr: logfmt lines "2026-... level=info role=receive event=association.accepted calling=..".
/// level is one of debug, info, warn, error.
void init(std::string_view role, std::string_view level = "info");
void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warn(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

}  // namespace veilgate::log
