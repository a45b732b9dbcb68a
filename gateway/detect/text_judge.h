#pragma once
#include <memory>
#include <span>
#include <vector>

#include "base/region.h"
#include "config/config.h"
#include "detect/known_text.h"
#include "detect/text_reader.h"

namespace veilgate::detect {

/// What of one object's text may stay.
struct TextRules {
  config::TextPolicy policy;
  KnownText known;
  /// The object tells who its patient is, and everything that it tells is in `known`. Else nothing can be said not to
  /// be the patient's, and `policy.known` keeps nothing.
  bool knows_patient = false;
};

/// Judges found text by a route's policy: reads each line, and marks the regions of lines that stay (Region::kept, with
/// the reason). All that is doubtful is left to be masked.
class TextJudge {
 public:
  /// Config errors of the recognition model.
  static Result<std::unique_ptr<TextJudge>> create(const config::Detect& config);
  /// `found`: regions of this frame, of any kind; only those of text are judged. Where no text may stay, text inside
  /// other text is taken out: it changes no mask. Errors: Transient (memory), Permanent (frame unusable), Config
  /// (model).
  Result<void> judge(const cv::Mat& bgr, const TextRules& rules, std::vector<Region>& found);
  /// Whether what can be read in a region says more than a ruler does: words, an identifier of the object, or a number
  /// that is no row of a scale. `on_strokes`: it lies on a ruler's strokes, which read as letters. Errors as judge().
  Result<bool> says_more_than_a_ruler(const cv::Mat& bgr, const TextRules& rules, const Region& region,
                                      bool on_strokes);

 private:
  explicit TextJudge(std::unique_ptr<TextReader> reader) : reader_(std::move(reader)) {}
  std::unique_ptr<TextReader> reader_;
};

}  // namespace veilgate::detect
