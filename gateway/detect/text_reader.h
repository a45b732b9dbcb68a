#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/phi.h"
#include "base/region.h"
#include "config/config.h"
#include "detect/alphabet.h"
#include "detect/inference.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// What a recognition network makes of one line. The text never leaves the process.
struct Reading {
  Phi<std::string> text;        ///< UTF-8
  int characters = 0;           ///< with spaces
  double mean = 0;              ///< 0..1: certainty of its characters
  double least = 0;             ///< of the least certain one
  std::vector<float> places{};  ///< the middle of each character, 0..1 of the line's width
};

/// Reads what a text detector found.
class TextReader {
 public:
  static Result<std::unique_ptr<TextReader>> create(const config::Detect& config);
  /// Whether a person could read it: two characters or more of this mean certainty, 0..1, in any of the directions the
  /// region may be written in. What was read is dropped.
  Result<bool> is_legible(Picture& picture, const Box& region, double least);
  /// One line of any size that runs from left to right; BGR.
  Result<Reading> read(const cv::Mat& line);
  const std::string& id() const { return session_->id(); }

 private:
  TextReader(std::unique_ptr<Session> session, Alphabet alphabet)
      : session_(std::move(session)), alphabet_(std::move(alphabet)) {}
  /// `filled`: the share of the network's input that the line takes.
  Reading decoded(const Tensor& output, float filled) const;

  std::unique_ptr<Session> session_;
  Alphabet alphabet_;
};

}  // namespace veilgate::detect
