#include <unistd.h>

#include <iostream>
#include <span>

#include "base/files.h"
#include "base/log.h"
#include "cli/evaluate_settings.h"
#include "dicom/dataset.h"
#include "evaluate/looker.h"
#include "worker/sandbox.h"

namespace veilgate::cli {
namespace {

struct Options {
  DetectorSettings detectors;
  pid_t parent = 0;
};

int evaluate_worker(const Options& options) {
  worker::die_with_parent(options.parent);
  log::init("evaluate-worker", "warn");
  if (auto ready = dicom::init_dicom(); !ready) return complain(ready.error());
  auto looker = evaluate::Looker::create(options.detectors.over({}), options.detectors.pass_value());
  if (!looker) return complain(looker.error());
  if (auto fenced = worker::enter_sandbox(config::Workers{}.memory_limit_bytes); !fenced)
    return complain(fenced.error());
  // Answers go out over a descriptor of their own: a decoder's stray line must not look like one.
  const FileDescriptor answers(::dup(STDOUT_FILENO));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto answer = (*looker)->answer(line) + "\n";
    if (!write_all(answers.get(), std::span(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size()))) {
      return kFailed;
    }
  }
  return kOk;
}

}  // namespace

void add_evaluate_worker(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("evaluate-worker", "Fenced-in process that decodes and looks, started by evaluate");
  verb->group("");
  options->detectors.add_to(*verb);
  verb->add_option("--parent", options->parent);
  verb->callback([options, &exit] { exit = evaluate_worker(*options); });
}

}  // namespace veilgate::cli
