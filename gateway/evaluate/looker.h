#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "detect/ensemble.h"
#include "detect/text_judge.h"

/// The fenced-in side of an evaluation: decodes pictures, runs the detectors, cuts crops. Questions and answers are
/// one JSON line each; the asking side believes only what decodes.
namespace veilgate::evaluate {

/// What was found in one frame at one orientation.
struct Seen {
  int quarter_turns = 0, width = 0, height = 0;  ///< of the turned frame
  double wall_s = 0, cpu_s = 0;                  ///< of the detection alone
  std::vector<Region> found;                     ///< in the turned frame; frame 0
};
struct SeenFrame {
  std::vector<Seen> orientations;
};
struct SeenFile {
  std::vector<SeenFrame> frames;
  double read_cpu_s = 0;  ///< reading and decoding all frames
};

/// A piece of a turned frame with its surroundings, for the contact sheet.
struct CropWanted {
  int frame = 0, quarter_turns = 0;
  Box box;  ///< drawn in `alarm` colour (red) or as missed truth (green)
  bool alarm = false;
  std::vector<Box> others;  ///< drawn in the other colour
};

std::string ask_look(const std::filesystem::path& file, const std::vector<int>& quarter_turns);
std::string ask_crops(const std::filesystem::path& file, const std::vector<CropWanted>& wanted);
/// The worker's error, or Bug "evaluate.answer" when it is no answer to this question.
Result<SeenFile> seen_from(const std::string& answer);
/// JPEG files in base64, one per CropWanted; empty where a crop could not be made.
Result<std::vector<std::string>> crops_from(const std::string& answer, std::size_t expected);

/// Answers questions. Not thread-safe.
class Looker {
 public:
  /// Config errors of the models.
  static Result<std::unique_ptr<Looker>> create(const config::Detect& config, detect::Pass pass);
  /// Never fails: errors are answers.
  std::string answer(const std::string& question);

 private:
  Looker(std::unique_ptr<detect::Ensemble> ensemble, std::unique_ptr<detect::TextJudge> judge, detect::TextRules rules,
         detect::Wanted wanted, detect::Pass pass, bool widen_labels)
      : ensemble_(std::move(ensemble)),
        judge_(std::move(judge)),
        rules_(std::move(rules)),
        wanted_(wanted),
        pass_(pass),
        widen_labels_(widen_labels) {}
  Result<nlohmann::json> look(const nlohmann::json& question);
  Result<std::vector<Region>> found_in(const pixel::Frame& frame);

  std::unique_ptr<detect::Ensemble> ensemble_;
  std::unique_ptr<detect::TextJudge> judge_;  ///< null when all text is masked
  detect::TextRules rules_;
  detect::Wanted wanted_;
  detect::Pass pass_;
  bool widen_labels_;
};

/// One crop as a JPEG file; empty when the box misses the frame.
std::string cut_crop(const cv::Mat& turned_bgr, const CropWanted& wanted);

}  // namespace veilgate::evaluate
