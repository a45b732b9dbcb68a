#pragma once
#include <filesystem>

namespace veilgate::config {

/// The folder of the models and the library that runs them, where a configuration does not say: the first that exists
/// of .deps beside the configuration's folder, .deps of the checkout that this program was built in, and
/// /usr/share/veilgate. Which bytes are loaded does not depend on it: digests are pinned. Without a configuration
/// `folder` is empty. When nothing exists, the last place, so that the start can say where something is missing.
std::filesystem::path find_models(const std::filesystem::path& folder = {});
std::filesystem::path find_runtime(const std::filesystem::path& folder = {});

}  // namespace veilgate::config
