#include "config/model_places.h"

#include <system_error>
#include <vector>

#include "base/program.h"

namespace veilgate::config {
namespace {

namespace fs = std::filesystem;

fs::path first_of(const fs::path& folder, const fs::path& fetched, const fs::path& packaged) {
  std::vector<fs::path> candidates;
  if (!folder.empty()) candidates.push_back(folder / ".." / ".deps" / fetched);
  // build/<preset>/veilgate lies two folders below the checkout.
  const auto checkout = fs::path(own_program()).parent_path().parent_path().parent_path();
  candidates.push_back(checkout / ".deps" / fetched);
  candidates.push_back("/usr/share/veilgate" / packaged);
  for (const auto& candidate : candidates) {
    if (std::error_code error; fs::exists(candidate, error)) return candidate.lexically_normal();
  }
  return candidates.back().lexically_normal();
}

}  // namespace

fs::path find_models(const fs::path& folder) { return first_of(folder, "models", "models"); }

fs::path find_runtime(const fs::path& folder) {
  return first_of(folder, "onnxruntime/lib/libonnxruntime.so", "libonnxruntime.so");
}

}  // namespace veilgate::config
