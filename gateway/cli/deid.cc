#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "cli/common.h"
#include "cli/lane.h"
#include "cli/offline.h"
#include "cli/placer.h"
#include "cli/progress.h"
#include "cli/scratch.h"
#include "crosswalk/lookup_list.h"
#include "deidentify/engine.h"
#include "detect/models.h"
#include "dicom/dataset.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxJobs = 64;

struct Options {
  OfflineOptions offline;
  std::vector<std::string> inputs;
  std::string out;
  int jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  bool json = false, dry_run = false, quiet = false;
};

/// Held until its work has come to a good end.
struct Item {
  fs::path input;
  fs::path output = {};        ///< empty when not written
  std::string state = "held";  ///< "written", "clean" (dry run), "exists" (another file has the output's name), "held"
  std::string code = unexpected_error().code, reason = unexpected_error().message;
  nlohmann::json facts = nlohmann::json::object();
};

fs::path plain(const fs::path& path) {
  std::error_code ignored;
  return fs::weakly_canonical(fs::absolute(path), ignored);
}

/// Outputs of this or an earlier run that lie below an input folder are no inputs.
std::vector<Item> collect(const std::vector<std::string>& inputs, const std::string& out) {
  const fs::path outputs = out.empty() ? fs::path() : plain(out);
  std::vector<Item> items;
  for (const auto& input : inputs) {
    if (!fs::is_directory(input)) {
      items.push_back({.input = input});
      continue;
    }
    std::vector<fs::path> inside;
    std::error_code error;
    fs::recursive_directory_iterator entry(input, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::end(entry); entry.increment(error)) {
      std::error_code ignored;
      if (!outputs.empty() && entry->is_directory(ignored) && plain(entry->path()) == outputs) {
        entry.disable_recursion_pending();
      } else if (entry->is_regular_file(ignored)) {
        inside.push_back(entry->path());
      }
    }
    std::sort(inside.begin(), inside.end());
    for (auto& path : inside) items.push_back({.input = std::move(path)});
  }
  return items;
}

Result<Uid> instance_of(const fs::path& made, const nlohmann::json& facts) {
  if (facts.contains("attributes")) return Uid::parse(facts["attributes"].value("instance", ""));
  VG_ASSIGN(const auto file, dicom::File::load(made));
  return Uid::parse(file.dataset().text({0x0008, 0x0018}).reveal());
}

/// The pseudonymous SOP Instance UID names the file: stable over runs, free of PHI.
Result<fs::path> target_of(const fs::path& made, const nlohmann::json& facts, const fs::path& out) {
  VG_ASSIGN(const Uid uid, instance_of(made, facts));
  return out / (uid.str() + ".dcm");
}

void hold(Item& item, const Error& error) {
  item.state = error.code == kExists ? "exists" : "held";
  item.code = error.code;
  item.reason = error.message;
}

void succeed(Item& item, const char* state) {
  item.state = state;
  item.code.clear();
  item.reason.clear();
}

/// What the lanes share.
struct Work {
  const Options& options;
  Progress& progress;
  Placer* placer;  ///< null in a dry run

  void finish(Item& item) const { progress.step(item.state == "held"); }
  /// Whether the file still has to be given its name; `item` belongs to the placer then.
  bool hand_over(Item& item, const fs::path& made) const;
};

bool Work::hand_over(Item& item, const fs::path& made) const {
  const auto target = target_of(made, item.facts, options.out);
  if (!target) {
    hold(item, target.error());
    return false;
  }
  placer->place({made, *target, [this, &item, target = *target](const Result<void>& placed) {
                   if (placed) {
                     item.output = target;
                     succeed(item, "written");
                   } else {
                     hold(item, placed.error());
                   }
                   finish(item);
                 }});
  return true;
}

void process(const Work& work, Lane& lane, Item& item) {
  fs::path made;
  const auto cleaned = lane.clean(item.input, made);
  work.progress.finish(&lane);
  item.facts = lane.facts();
  if (!cleaned) {
    hold(item, cleaned.error());
  } else {
    if (work.options.dry_run) succeed(item, "clean");
    if (!work.options.dry_run && work.hand_over(item, made)) return;
  }
  std::error_code ignored;
  fs::remove(made, ignored);
  work.finish(item);
}

/// No exception may end the other lanes; its words may quote received values.
void process_guarded(const Work& work, Lane& lane, Item& item) try {
  process(work, lane, item);
} catch (const std::exception&) {
  hold(item, unexpected_error());
  work.finish(item);
}

nlohmann::json to_json(const Item& item) {
  return {{"input", item.input.string()}, {"output", item.output.string()},
          {"state", item.state},          {"code", item.code},
          {"reason", item.reason},        {"facts", item.facts}};
}

int report(const Options& options, const std::vector<Item>& items) {
  const auto count = [&](std::string_view state) {
    return std::count_if(items.begin(), items.end(), [&](const Item& item) { return item.state == state; });
  };
  const auto held = count("held"), there = count("exists");
  if (options.json) {
    nlohmann::json out = nlohmann::json::array();
    for (const auto& item : items) out.push_back(to_json(item));
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    for (const auto& item : items) {
      if (!item.code.empty()) {
        fmt::print("{:<8} {}  {}: {}\n", item.state, item.input.string(), item.code, item.reason);
      }
      for (const auto& note : item.facts.value("masks_clipped", std::vector<std::string>())) {
        fmt::print("clipped  {}  {}\n", item.input.string(), note);
      }
    }
    fmt::print("{} {}, {} held{}{}\n", static_cast<std::ptrdiff_t>(items.size()) - held - there,
               options.dry_run ? "would be written" : "written", held,
               there == 0 ? "" : fmt::format(", {} not written since another file is there", there),
               options.dry_run ? "" : ", into " + options.out);
  }
  return held == 0 && there == 0 ? kOk : kNotClean;
}

Result<void> check_pseudonyms(const OfflineOptions& offline) {
  if (offline.pseudonyms == "sequence") {
    return fail(ErrorKind::Config, "deid.sequence",
                "a sequence is counted in a gateway's store: send the files to the gateway, or use hmac or lookup");
  }
  if (offline.pseudonyms == "lookup" && offline.pseudonym_list.empty()) {
    return fail(ErrorKind::Config, "deid.list", "--pseudonyms lookup needs --pseudonym-list FILE");
  }
  if (offline.pseudonym_list.empty()) return {};
  if (offline.attributes_only) {
    return fail(ErrorKind::Config, "deid.list", "--attributes-only calculates pseudonyms: it takes no list");
  }
  const auto list = crosswalk::LookupList::load(offline.pseudonym_list);
  if (list.problems.empty()) return {};
  return fail(ErrorKind::Config, "deid.list", config::to_string(list.problems.front()));
}

/// A profile that fails its own tests does not do what its author believes.
Result<void> check_profile(const Options& options) {
  const auto loaded = deidentify::load_profile(options.offline.profile);
  const auto problems =
      loaded.profile ? deidentify::run_profile_tests(options.offline.profile) : std::move(loaded.problems);
  if (!problems.empty()) {
    const std::string more =
        problems.size() == 1 ? "" : fmt::format(" (and {} more: 'veilgate profile check')", problems.size() - 1);
    return fail(ErrorKind::Config, loaded.profile ? "profile.test" : "profile.invalid",
                config::to_string(problems.front()) + more);
  }
  return options.offline.project.config.empty() ? options.offline.project.check_against(*loaded.profile)
                                                : Result<void>{};
}

/// Among its inputs the outputs would be inputs of the next run, and received objects would look cleaned.
Result<void> check_out(const Options& options) {
  if (options.out.empty()) return {};
  for (const auto& input : options.inputs) {
    if (fs::is_directory(input) && plain(input) == plain(options.out)) {
      return fail(ErrorKind::Config, "deid.out",
                  "the output folder " + options.out + " is an input folder: name another");
    }
  }
  return {};
}

Result<void> prepare_key(const Options& options, const fs::path& file) {
  const bool may_make = options.offline.project.config.empty();
  const auto key = fs::exists(file) || !may_make ? load_key(file) : create_key(file);
  return key ? Result<void>{} : fail(key.error());
}

/// Mistakes that would hold every file are told once, before any work. Afterwards the options say all by themselves.
Result<void> check_options(Options& options) {
  VG_TRY(dicom::init_dicom());
  VG_TRY(check_out(options));
  VG_TRY(check_profile(options));
  VG_ASSIGN(const auto project, options.offline.project.read());
  VG_TRY(prepare_key(options, project.key_file));
  if (!options.offline.project.config.empty()) {
    if (const auto config = load_config(options.offline.project.config)) options.offline.take(config->detect);
    options.offline.take(project);
  }
  VG_TRY(check_pseudonyms(options.offline));
  if (!options.offline.attributes_only) VG_TRY(detect::require_models(options.offline.to_config().detect));
  if (options.dry_run) return {};
  if (auto made = make_folder(fs::absolute(options.out)); !made) {
    return fail(ErrorKind::Transient, "deid.out",
                "the output folder " + options.out + " cannot be used: " + made.error().message);
  }
  return {};
}

int deid(Options& options) {
  log::init("deid", "warn");
  if (options.out.empty() && !options.dry_run)
    return complain({ErrorKind::Config, "deid.out", "--out DIR is needed (or --dry-run)"});
  if (auto good = check_options(options); !good) return complain(good.error());
  auto items = collect(options.inputs, options.out);
  if (items.empty()) return complain({ErrorKind::Config, "deid.nothing", "no input file was found"});
  const auto scratch = Scratch::create(options.dry_run ? fs::temp_directory_path() : fs::absolute(options.out));
  if (!scratch) return complain(scratch.error());
  {
    Progress progress(items.size(), "held", !options.quiet);
    Work work{options, progress, nullptr};
    std::optional<Placer> placer;  // below what its thread uses
    if (!options.dry_run) work.placer = &placer.emplace(options.out);
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> lanes;
    for (int i = 0; i < std::min<int>(options.jobs, static_cast<int>(items.size())); ++i) {
      lanes.emplace_back([&] {
        Lane lane(options.offline, scratch->path());
        lane.tell_frames(
            [&](Stage stage, int done, int of) { progress.frames(&lane, std::string(to_string(stage)), done, of); });
        for (std::size_t at = next++; at < items.size(); at = next++) {
          process_guarded(work, lane, items[at]);
        }
      });
    }
    for (auto& lane : lanes) lane.join();
  }
  if (options.offline.attributes_only) {
    fmt::print(stderr, "veilgate: attributes only: faces, labels and text in the pixels are as they were\n");
  }
  return report(options, items);
}

}  // namespace

void add_deid(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "deid",
      "De-identify files offline, the same way the gateway does; exit 0 all written, 3 some held or there already");
  verb->add_option("inputs", options->inputs, "DICOM files or folders")->required()->check(CLI::ExistingPath);
  verb->add_option("-o,--out", options->out, "Folder for the outputs, named by their new SOP Instance UIDs");
  options->offline.add_to(*verb);
  options->offline.add_config_to(*verb);
  verb->add_option("-j,--jobs", options->jobs, "Worker processes")
      ->check(CLI::Range(1, kMaxJobs))
      ->capture_default_str();
  verb->add_flag("-n,--dry-run", options->dry_run, "Do everything but write");
  verb->add_flag("-q,--quiet", options->quiet, "No progress bar");
  verb->add_flag("--json", options->json, "Print what happened to each file as JSON");
  verb->callback([options, &exit] { exit = deid(*options); });
}

}  // namespace veilgate::cli
