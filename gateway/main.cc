#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/common.h"

int main(int argc, char** argv) {
  using namespace veilgate;
  CLI::App app{
      "Veilgate: a DICOM gateway that hides faces, labels and barcodes in clinical photographs, strips identifying "
      "attributes, proves that the result is clean and forwards it."};
  app.name("veilgate");
  app.set_version_flag("--version", "veilgate " VEILGATE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done; 1 could not be done; 2 wrong arguments or configuration; 3 done, but something is held,\n"
      "altered or does not add up. 'veilgate VERB --help' explains a verb.");
  int exit = cli::kOk;
  cli::add_serve(app, exit);
  cli::add_check(app, exit);
  cli::add_deid(app, exit);
  cli::add_explain(app, exit);
  cli::add_profile(app, exit);
  cli::add_status(app, exit);
  cli::add_reconcile(app, exit);
  cli::add_review(app, exit);
  cli::add_audit(app, exit);
  cli::add_models(app, exit);
  cli::add_evaluate(app, exit);
  cli::add_crosswalk(app, exit);
  cli::add_roles(app, exit);
  const std::vector<std::string> words{argv + std::min(argc, 1), argv + argc};
  auto problem = cli::unknown_verb(app, words);
  if (!problem) problem = cli::unknown_option(app, words);
  if (problem) {
    std::cerr << "veilgate: " << *problem << "\n";
    return cli::kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::kOk : cli::kUsage;
  }
  return exit;
}
