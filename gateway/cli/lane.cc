#include "cli/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "worker/executor.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kCrashAttempts = 2;  // a crash that repeats is the file's fault

std::string words(const config::FixedRegion& mask) {
  return fmt::format("--mask {:.0f},{:.0f},{:.0f},{:.0f}", mask.x, mask.y, mask.w, mask.h);
}

/// What of the asked masks lies beyond the picture: an error when nothing of one is left, since it was meant to hide
/// something.
Result<std::vector<std::string>> clipped_masks(const config::Route& route, const nlohmann::json& facts) {
  const auto shape = facts.value("deidentify", nlohmann::json::object());
  const int rows = shape.value("rows", 0), columns = shape.value("columns", 0);
  std::vector<std::string> clipped;
  for (const auto& mask : route.fixed_regions) {
    if (mask.x >= columns || mask.y >= rows) {
      return fail(
          ErrorKind::Refused, "deid.mask_outside",
          fmt::format("{} lies outside the picture, which has {} columns and {} rows", words(mask), columns, rows));
    }
    const double w = std::min(mask.w, columns - mask.x), h = std::min(mask.h, rows - mask.y);
    if (w >= mask.w && h >= mask.h) continue;
    clipped.push_back(fmt::format("{} reaches beyond the picture of {} x {}: clipped to {:.0f},{:.0f},{:.0f},{:.0f}",
                                  words(mask), columns, rows, mask.x, mask.y, w, h));
  }
  return clipped;
}

}  // namespace

Lane::Lane(const OfflineOptions& options, fs::path scratch)
    : config_(options.to_config()),
      attributes_only_(options.attributes_only),
      arguments_(options.to_arguments()),
      scratch_(std::move(scratch)) {}

Result<void> Lane::clean(const fs::path& input, fs::path& result) {
  const AeTitle local = AeTitle::sanitized("LOCAL");
  const ObjectId id = ObjectId::random();
  result = scratch_ / (id.str() + ".dcm");
  worker::Task task{Stage::Route, id, fs::absolute(input),      result,      local, local, "127.0.0.1",
                    std::nullopt, {}, nlohmann::json::object(), std::nullopt};
  clipped_.clear();
  const auto done = attributes_only_ ? attributes(task) : every_step(task);
  facts_ = std::move(task.facts);
  if (!clipped_.empty()) facts_["masks_clipped"] = clipped_;
  VG_TRY(done);
  const auto& findings = facts_.at("verify").at("findings");
  if (findings.empty()) return {};
  return fail(ErrorKind::Refused, "verify.findings",
              "verification found something in the output: " + findings.front().value("code", "") + " " +
                  findings.front().value("where", ""));
}

Result<void> Lane::every_step(worker::Task& task) {
  auto state = store::JobState::Received;
  for (const Step* step = step_from(state); step != nullptr && step->place == Place::Worker; step = step_from(state)) {
    task.stage = step->stage;
    VG_ASSIGN(const auto output, run(task));
    task.facts.merge_patch(output.facts);
    if (output.route) task.route = *output.route;
    if (output.output_sha256) task.output_sha256 = output.output_sha256;
    if (task.stage == Stage::Deidentify) {
      VG_ASSIGN(clipped_, clipped_masks(config_.routes.front(), task.facts));
    }
    state = output.next.value_or(step->next);
  }
  return {};
}

Result<void> Lane::attributes(worker::Task& task) {
  task.stage = Stage::Deidentify;
  VG_ASSIGN(const auto output, run(task));
  task.facts.merge_patch(output.facts);
  return {};
}

Result<StageOutput> Lane::run(const worker::Task& task) {
  for (int attempt = 1;; ++attempt) {
    auto result = run_once(task);
    if (result || result.error().kind != ErrorKind::Transient || attempt == kCrashAttempts) return result;
  }
}

Result<StageOutput> Lane::run_once(const worker::Task& task) {
  if (!process_ || !process_->alive()) {
    process_.reset();
    VG_ASSIGN(process_, worker::Process::spawn(arguments_));
  }
  const auto heard = [&](int done, int of) {
    if (heard_) heard_(task.stage, done, of);
  };
  VG_ASSIGN(const auto answer,
            process_->call(worker::encode(task), worker::wall_limit_ms(config_.workers, task.facts), heard));
  return worker::decode_result(task, answer);
}

}  // namespace veilgate::cli
