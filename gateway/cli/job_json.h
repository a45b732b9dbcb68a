#pragma once
#include <nlohmann/json.hpp>

#include "store/store.h"

namespace veilgate::cli {

/// A job as scripts read it: PHI-free.
nlohmann::json job_json(const store::Job& job);

}  // namespace veilgate::cli
