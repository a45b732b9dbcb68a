#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/types.h"
#include "pipeline.h"

namespace veilgate::worker {

/// One stage of one object, as the runner asks a worker for it.
struct Task {
  Stage stage = Stage::Route;
  ObjectId id;
  std::filesystem::path original;
  std::filesystem::path output;
  AeTitle calling_ae, called_ae;
  std::string peer;
  std::optional<Uid> sop_class;  ///< as announced in the C-STORE; checked against the dataset
  std::string route;             ///< empty before Stage::Route
  nlohmann::json facts;
  std::optional<Sha256> output_sha256;
};

/// Wire form between runner and worker: one JSON object per line. Parsing errors are Bug.
std::string encode(const Task& task);
Result<Task> decode_task(const std::string& line);
/// The answer names the task it belongs to, and is refused for any other.
std::string encode(const Task& task, const Result<StageOutput>& result);
Result<StageOutput> decode_result(const Task& task, const std::string& line);

}  // namespace veilgate::worker
