#pragma once
#include <cstdint>
#include <filesystem>

namespace veilgate::spool {

/// Removes temporary files of outputs that nobody has written to for `older_than_ms`; says how many. Safe beside live
/// writers: theirs are younger. Originals have none: they are written under their own names.
int sweep_temporaries(const std::filesystem::path& root, std::int64_t older_than_ms);

}  // namespace veilgate::spool
