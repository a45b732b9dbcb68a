#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "cli/offline.h"

namespace veilgate::cli {

/// What detection, masking and verification do to a file's pixels, told by running them; nothing is left on the disk.
/// Gives "found", "masked" and "findings": regions with frame, box, kind, score, source (model or rule) and reason;
/// "sources": what looked; "held": code and message when the file would not leave by itself. Without a key file an
/// example key is used. Transient when there is no room to work in.
Result<nlohmann::json> explain_pixels(const std::filesystem::path& file, OfflineOptions options);

void print_pixels(const nlohmann::json& pixels);

}  // namespace veilgate::cli
