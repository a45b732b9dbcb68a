#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "cli/common.h"
#include "deidentify/embedded.h"
#include "deidentify/engine.h"
#include "deidentify/import/import.h"
#include "deidentify/profile_diff.h"
#include "dicom/dataset.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxScriptBytes = 4 << 20;

int list(bool as_json) {
  json out = json::array();
  for (const std::string& name : deidentify::built_in_profiles()) {
    const auto loaded = deidentify::load_profile(name);
    if (!loaded.profile) continue;
    const auto& profile = *loaded.profile;
    out.push_back({{"name", profile.name()},
                   {"version", profile.version()},
                   {"description", profile.description()},
                   {"digest", profile.digest().hex()}});
    if (!as_json) fmt::print("{:<20} {:<4} {}\n", profile.name(), profile.version(), profile.description());
  }
  if (as_json) fmt::print("{}\n", out.dump(2));
  return kOk;
}

int show(const std::string& name) {
  const auto text = deidentify::embedded(name + ".yaml");
  if (text.empty()) {
    const auto unknown = deidentify::unknown_profile(name);
    const std::string why = unknown.message.empty() ? "'" + name + "' is a path: the file shows itself"
                                                    : unknown.message + " (" + unknown.hint + ")";
    return complain({ErrorKind::Config, "profile.unknown", why});
  }
  fmt::print("{}", text);
  return kOk;
}

int check(const std::vector<std::string>& names, bool as_json) {
  bool all_good = true;
  json out = json::array();
  for (const std::string& name : names) {
    const auto problems = deidentify::run_profile_tests(name), warnings = deidentify::profile_warnings(name);
    all_good = all_good && problems.empty();
    json one{{"profile", name}, {"ok", problems.empty()}, {"problems", json::array()}, {"warnings", json::array()}};
    for (const auto& problem : problems) one["problems"].push_back(to_json(problem));
    for (const auto& warning : warnings) one["warnings"].push_back(to_json(warning));
    out.push_back(std::move(one));
    if (as_json) continue;
    print_problems(problems);
    print_warnings(warnings);
    if (problems.empty()) fmt::print("{}: good, all its tests hold\n", name);
  }
  if (as_json) fmt::print("{}\n", out.dump(2));
  return all_good ? kOk : kUsage;
}

void print_table(const std::vector<deidentify::ProfileDiff::Line>& lines, const std::string& a, const std::string& b) {
  std::size_t what = 0, left = a.size();
  for (const auto& line : lines) {
    what = std::max(what, line.kind.size() + 1 + line.what.size());
    left = std::max(left, line.a.size());
  }
  fmt::print("{:<{}}  {:<{}}  {}\n", "", what, a, left, b);
  for (const auto& line : lines) {
    fmt::print("{:<{}}  {:<{}}  {}\n", fmt::format("{} {}", line.kind, line.what), what, line.a, left, line.b);
  }
}

int diff(const std::string& a, const std::string& b, bool as_json) {
  const auto found = deidentify::diff_profiles(a, b);
  if (!found.problems.empty()) {
    print_problems(found.problems);
    return kUsage;
  }
  if (as_json) {
    json out = json::array();
    for (const auto& line : found.lines) {
      out.push_back({{"kind", line.kind}, {"what", line.what}, {"a", line.a}, {"b", line.b}});
    }
    fmt::print("{}\n", out.dump(2));
  } else if (found.lines.empty()) {
    fmt::print("{} and {} do the same\n", a, b);
  } else {
    print_table(found.lines, a, b);
  }
  return found.lines.empty() ? kOk : kNotClean;
}

struct ImportOptions {
  std::string file, format = "auto", name, out;
  bool json = false;
};

Result<deidentify::ImportFormat> format_of(const ImportOptions& options, const std::string& text) {
  using deidentify::ImportFormat;
  if (options.format == "ctp") return ImportFormat::CtpScript;
  if (options.format == "deid") return ImportFormat::PydicomDeid;
  if (const auto found = deidentify::detect_import_format(text)) return *found;
  return fail(ErrorKind::Config, "import.format",
              "this is neither a CTP script nor a deid recipe; say which with --format");
}

Result<deidentify::Imported> read_script(const ImportOptions& options) {
  VG_TRY(dicom::init_dicom());
  VG_ASSIGN(const std::string text, read_file(options.file, kMaxScriptBytes));
  VG_ASSIGN(const auto format, format_of(options, text));
  return deidentify::import_profile(text, format,
                                    options.name.empty() ? fs::path(options.file).stem().string() : options.name);
}

void print_notes(const ImportOptions& options, const deidentify::Imported& made) {
  if (options.json) {
    json notes = json::array();
    for (const auto& note : made.notes) {
      notes.push_back({{"line", note.line}, {"statement", note.statement}, {"why", note.why}});
    }
    fmt::print(stderr, "{}\n", json({{"statements", made.statements}, {"notes", notes}}).dump(2));
    return;
  }
  for (const auto& note : made.notes) {
    fmt::print(stderr, "{}:{}: {}\n    {}\n", options.file, note.line, note.statement, note.why);
  }
  fmt::print(stderr, "{} statements, {} notes\n", made.statements, made.notes.size());
}

int import(const ImportOptions& options) {
  const auto made = read_script(options);
  if (!made) return complain(made.error());
  if (options.out.empty()) {
    fmt::print("{}", made->yaml);
  } else if (fs::exists(options.out)) {
    return complain({ErrorKind::Config, "import.exists", options.out + " exists already"});
  } else if (auto written = write_durably(
                 options.out, std::span(reinterpret_cast<const std::uint8_t*>(made->yaml.data()), made->yaml.size()));
             !written) {
    return complain(written.error());
  }
  print_notes(options, *made);
  return made->notes.empty() ? kOk : kNotClean;
}

void add_import(CLI::App& verb, int& exit) {
  auto options = std::make_shared<ImportOptions>();
  auto* import_verb = verb.add_subcommand(
      "import", "Translate a CTP DicomAnonymizer script or a pydicom/deid recipe; exit 3 when statements need a look");
  import_verb->add_option("file", options->file, "Script or recipe")->required()->check(CLI::ExistingFile);
  import_verb->add_option("--format", options->format, "ctp, deid or auto")
      ->check(CLI::IsMember({"auto", "ctp", "deid"}))
      ->capture_default_str();
  import_verb->add_option("--name", options->name, "Name of the profile (default: the file's)");
  import_verb->add_option("-o,--out", options->out, "Profile file to write (default: standard output)");
  import_verb->add_flag("--json", options->json, "Print the notes as JSON, to standard error");
  import_verb->callback([options, &exit] { exit = import(*options); });
}

}  // namespace

void add_profile(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("profile", "List, show, check, compare and import de-identification profiles");
  verb->require_subcommand(1);
  struct Names {
    std::string a, b;
    std::vector<std::string> many;
    bool json = false;
  };
  auto names = std::make_shared<Names>();
  auto* list_verb = verb->add_subcommand("list", "The profiles inside this program");
  list_verb->add_flag("--json", names->json, "Print JSON");
  list_verb->callback([names, &exit] { exit = list(names->json); });
  auto* show_verb = verb->add_subcommand("show", "Print a built-in profile, to start one's own from");
  show_verb->add_option("name", names->a, "Name of a built-in profile")->required();
  show_verb->callback([names, &exit] { exit = show(names->a); });
  auto* check_verb = verb->add_subcommand("check", "Check profiles and run their tests");
  check_verb->add_option("profiles", names->many, "Built-in names or paths")->required();
  check_verb->add_flag("--json", names->json, "Print JSON");
  check_verb->callback([names, &exit] { exit = check(names->many, names->json); });
  auto* diff_verb = verb->add_subcommand("diff", "What changes between two profiles; exit 3 when something does");
  diff_verb->add_option("a", names->a, "Built-in name or path")->required();
  diff_verb->add_option("b", names->b, "Built-in name or path")->required();
  diff_verb->add_flag("--json", names->json, "Print JSON");
  diff_verb->callback([names, &exit] { exit = diff(names->a, names->b, names->json); });
  add_import(*verb, exit);
}

}  // namespace veilgate::cli
