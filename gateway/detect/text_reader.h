#pragma once
#include <memory>

#include "base/region.h"
#include "config/config.h"
#include "detect/inference.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// Tells whether a person could read what a text detector found: a recognition network reads the region, and only how
/// sure it is counts. What it reads is not kept.
class TextReader {
 public:
  static Result<std::unique_ptr<TextReader>> create(const config::Detect& config);
  /// 0..1: mean certainty of the characters in the best of the directions the region may be written in; 0 for fewer
  /// than two characters.
  Result<double> legibility(Picture& picture, const Box& region);
  const std::string& id() const { return session_->id(); }

 private:
  explicit TextReader(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Result<double> read(const cv::Mat& line);
  std::unique_ptr<Session> session_;
};

}  // namespace veilgate::detect
