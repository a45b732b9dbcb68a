#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/types.h"
#include "pipeline.h"

namespace veilgate::worker {

/// What the store has of an object's patient. The worker alone has the key to the sealed parts.
struct PatientKnown {
  Sha256 token;
  std::string pseudonym{};      ///< given by the sequence; empty: the worker knows how to make one
  std::string entry_sealed{};   ///< for Deidentify; empty: a patient who is new
  std::string object_sealed{};  ///< for the stages after it: what Deidentify went by
};

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
  std::optional<Sha256> dataset_sha256{};  ///< as acknowledged; none offline
  std::optional<PatientKnown> patient{};   ///< none at the first Deidentify, which asks for it
};

/// Wire form between runner and worker: one JSON object per line. Parsing errors are Bug.
std::string encode(const Task& task);
Result<Task> decode_task(const std::string& line);
/// The answer names the task it belongs to, and is refused for any other.
std::string encode(const Task& task, const Result<StageOutput>& result);
Result<StageOutput> decode_result(const Task& task, const std::string& line);

}  // namespace veilgate::worker
