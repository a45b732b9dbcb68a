#pragma once
#include <utility>

namespace veilgate {

/// A value that may identify a person. It has no stream operator, no formatter and no comparison with plain
/// text, so that it cannot reach a log, an audit row or an error text by accident; reveal() is what a reviewer greps
/// for.
template <typename T>
class Phi {
 public:
  Phi() = default;
  explicit Phi(T value) : value_(std::move(value)) {}
  const T& reveal() const { return value_; }

 private:
  T value_{};
};

}  // namespace veilgate
