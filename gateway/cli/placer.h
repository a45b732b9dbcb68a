#pragma once
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace veilgate::cli {

/// "deid.exception": an exception's own words may quote received values.
Error unexpected_error();

/// Gives finished files their final names, many at once: a group's files are synced, then named, then their folder is
/// synced, and only then is anybody told. While one group waits for the disk the next one gathers. A kill at any
/// moment leaves whole files under final names, and none was reported that is not durable.
class Placer {
 public:
  /// Whether the file stands under its final name and will after a power cut; called once, by the placer's thread,
  /// which drops what it throws.
  using Told = std::function<void(const Result<void>&)>;
  struct Finished {
    std::filesystem::path made;    ///< taken away once it is named
    std::filesystem::path target;  ///< in the placer's folder
    Told told;
  };

  explicit Placer(std::filesystem::path folder);
  /// Places what is left.
  ~Placer();
  Placer(const Placer&) = delete;
  Placer& operator=(const Placer&) = delete;

  /// Waits while a whole group waits already.
  void place(Finished finished);

 private:
  void run();
  void place_group(const std::vector<Finished>& group) const;
  std::vector<Result<void>> outcomes_of(const std::vector<Finished>& group) const;

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Finished> waiting_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace veilgate::cli
