#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/models.h"
#include "detect/tensor.h"

namespace veilgate::detect {

/// CPU time of the networks alone, in all sessions that ran on this thread: what no other code can save.
struct BareTime {
  std::uint64_t runs = 0;
  double seconds = 0;
};
BareTime bare_time();

/// A model loaded into ONNX Runtime, with one inference thread. The runtime is loaded once per process with dlopen,
/// so that its path is configuration. Not thread-safe.
class Session {
 public:
  /// Reads the model once, verifies the digest of the very bytes that are loaded. Config errors, also for a model
  /// that has not one input and only float tensors.
  static Result<std::unique_ptr<Session>> open(const std::filesystem::path& runtime,
                                               const std::filesystem::path& folder, const ModelFile& model);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  /// All outputs, in the model's order. Transient when inference fails (memory), Config when the model takes no input
  /// of this shape, Bug when the shape does not fit the values.
  Result<std::vector<Tensor>> run(std::span<float> input, std::span<const std::int64_t> shape);
  const std::string& id() const;
  /// As the model says it; -1 where it leaves a side open.
  const std::vector<std::int64_t>& input_shape() const;

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace veilgate::detect
