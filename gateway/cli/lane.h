#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/offline.h"
#include "worker/process.h"
#include "worker/task.h"

namespace veilgate::cli {

/// Files one by one through the pipeline's worker steps offline, in a worker process of its own. Used by one thread.
class Lane {
 public:
  /// Results are made in the folder `scratch`.
  Lane(const OfflineOptions& options, std::filesystem::path scratch);

  /// De-identifies `input` into `result` (named also when it fails). Refused "verify.findings" when the output is not
  /// clean: offline there is nobody to approve it. Other errors as the pipeline's stages give them.
  Result<void> clean(const std::filesystem::path& input, std::filesystem::path& result);
  /// What the stages of the last clean() told, as far as it came.
  const nlohmann::json& facts() const { return facts_; }
  /// Hears how far a stage of a file with many frames is.
  using OnFrames = std::function<void(Stage stage, int done, int of)>;
  void tell_frames(OnFrames heard) { heard_ = std::move(heard); }

 private:
  Result<void> every_step(worker::Task& task);
  Result<void> attributes(worker::Task& task);
  Result<StageOutput> run(const worker::Task& task);
  Result<StageOutput> run_once(const worker::Task& task);

  const config::Config config_;
  const bool attributes_only_;
  const std::vector<std::string> arguments_;
  const std::filesystem::path scratch_;
  std::unique_ptr<worker::Process> process_;
  std::vector<std::string> clipped_;  ///< masks of the last file that reached beyond its picture
  nlohmann::json facts_ = nlohmann::json::object();
  OnFrames heard_;
};

}  // namespace veilgate::cli
