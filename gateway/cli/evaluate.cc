#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <span>
#include <thread>

#include "base/files.h"
#include "base/limits.h"
#include "base/log.h"
#include "cli/common.h"
#include "cli/evaluate_settings.h"
#include "cli/progress.h"
#include "detect/models.h"
#include "evaluate/learn.h"
#include "evaluate/looker.h"
#include "evaluate/picture_file.h"
#include "evaluate/report.h"
#include "worker/process.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kCrashAttempts = 2;  // a crash that repeats is the file's fault
constexpr int kMaxJobs = 64;
constexpr int kFileWallMs = 3'600'000;  // limits::kMaxEvaluatedFrames frames in four orientations on a busy machine

struct Options {
  ConfigOption config;
  DetectorSettings detectors;
  std::string images, truth, boxes, html;
  std::vector<int> orientations{0};
  std::vector<std::string> labelled;
  double margin = config::Mask{}.margin;
  int jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  int every = 1;
  bool json = false, quiet = false, learn = false;
};

/// A picture of the folder and what came of it.
struct Item {
  fs::path path;
  std::string name;  ///< relative to the folder
  std::optional<evaluate::SeenFile> seen;
  std::optional<Error> error;
};

/// Where a look's pixels are.
struct Origin {
  std::size_t item = 0;
  int frame = 0;
};

struct Folder {
  std::vector<Item> items;
  std::vector<std::string> set_aside;
};

/// Notes, tables and what file managers leave. Everything else is taken for a picture, so that none is passed over.
bool is_no_picture(const fs::path& path) {
  constexpr std::array<std::string_view, 11> kExtensions{".csv", ".json", ".txt", ".md",  ".html", ".htm",
                                                         ".xml", ".yaml", ".yml", ".log", ".ini"};
  constexpr std::array<std::string_view, 3> kNames{"Thumbs.db", "desktop.ini", "DICOMDIR"};
  auto extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto name = path.filename().string();
  return name.starts_with('.') || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

Result<Folder> collect(const Options& options) {
  std::vector<fs::path> inside;
  std::error_code error;
  fs::recursive_directory_iterator entry(options.images, error);
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) inside.push_back(entry->path());
  }
  if (error) {
    return fail(ErrorKind::Transient, "evaluate.folder", "a folder in --images cannot be read: " + error.message());
  }
  std::sort(inside.begin(), inside.end());
  Folder folder;
  std::size_t pictures = 0;
  for (auto& path : inside) {
    auto name = path.lexically_relative(options.images).generic_string();
    if (is_no_picture(path)) {
      folder.set_aside.push_back(std::move(name));
    } else if (pictures++ % static_cast<std::size_t>(options.every) == 0) {
      folder.items.push_back({std::move(path), std::move(name), {}, {}});
    }
  }
  if (folder.items.empty()) {
    return fail(ErrorKind::Config, "evaluate.nothing", "--images has no picture: JPEG, PNG, TIFF or DICOM files");
  }
  return folder;
}

/// One worker process at a time; a crash costs one file an attempt.
class Lane {
 public:
  explicit Lane(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  Result<std::string> ask(const std::string& question) {
    for (int attempt = 1;; ++attempt) {
      auto answer = ask_once(question);
      if (answer || attempt == kCrashAttempts) return answer;
    }
  }

 private:
  Result<std::string> ask_once(const std::string& question) {
    if (!process_ || !process_->alive()) {
      process_.reset();
      VG_ASSIGN(process_, worker::Process::spawn(arguments_));
    }
    return process_->call(question, kFileWallMs);
  }

  std::vector<std::string> arguments_;
  std::unique_ptr<worker::Process> process_;
};

Result<evaluate::SeenFile> look_at(Lane& lane, const fs::path& path, const std::vector<int>& turns) try {
  VG_ASSIGN(const auto answer, lane.ask(evaluate::ask_look(fs::absolute(path), turns)));
  return evaluate::seen_from(answer);
} catch (const nlohmann::json::exception&) {
  return fail(ErrorKind::Refused, "evaluate.name", "the file's name is not UTF-8; rename it");
}

void look_at_all(const Options& options, const std::vector<std::string>& arguments, const std::vector<int>& turns,
                 std::vector<Item>& items) {
  Progress progress(items.size(), "unreadable", !options.quiet);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> lanes;
  for (int i = 0; i < std::min<int>(options.jobs, static_cast<int>(items.size())); ++i) {
    lanes.emplace_back([&] {
      Lane lane(arguments);
      for (std::size_t at = next++; at < items.size(); at = next++) {
        auto seen = look_at(lane, items[at].path, turns);
        if (seen) {
          items[at].seen = std::move(*seen);
        } else {
          items[at].error = seen.error();
        }
        progress.step(!items[at].seen);
      }
    });
  }
  for (auto& lane : lanes) lane.join();
}

/// All looks in the order of the files, and where each comes from.
std::pair<std::vector<evaluate::Look>, std::vector<Origin>> looks_of(const std::vector<Item>& items) {
  std::vector<evaluate::Look> looks;
  std::vector<Origin> origins;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].seen) continue;
    const auto& frames = items[i].seen->frames;
    for (std::size_t frame = 0; frame < frames.size(); ++frame) {
      const auto name = frame == 0 ? items[i].name : fmt::format("{}#{}", items[i].name, frame + 1);
      for (const auto& seen : frames[frame].orientations) {
        looks.push_back({name, seen.quarter_turns, seen.width, seen.height, seen.found, seen.wall_s, seen.cpu_s});
        origins.push_back({i, static_cast<int>(frame)});
      }
    }
  }
  return {std::move(looks), std::move(origins)};
}

/// Cuts what the contact sheet shows, file by file. What cannot be cut is shown without a crop.
std::vector<evaluate::SheetItem> sheet_of(const evaluate::Report& report, const std::vector<evaluate::Look>& looks,
                                          const std::vector<Origin>& origins, const std::vector<Item>& items,
                                          const std::vector<std::string>& arguments) {
  const auto chosen = evaluate::sheet_choice(report, looks);
  std::vector<evaluate::SheetItem> sheet;
  std::map<std::size_t, std::vector<std::size_t>> by_item;
  for (const auto* one : chosen) {
    by_item[origins[one->look].item].push_back(sheet.size());
    sheet.push_back({one, {}});
  }
  Lane lane(arguments);
  for (const auto& [item, indices] : by_item) {
    std::vector<evaluate::CropWanted> wanted;
    for (const auto index : indices) {
      const auto& one = *sheet[index].sighting;
      const bool alarm = &one >= report.alarms.data() && &one < report.alarms.data() + report.alarms.size();
      wanted.push_back({origins[one.look].frame, looks[one.look].quarter_turns, one.box, alarm, one.others});
    }
    const auto answer = lane.ask(evaluate::ask_crops(fs::absolute(items[item].path), wanted));
    if (!answer) continue;
    auto crops = evaluate::crops_from(*answer, wanted.size());
    for (std::size_t i = 0; crops && i < indices.size(); ++i) sheet[indices[i]].jpeg_base64 = std::move((*crops)[i]);
  }
  return sheet;
}

Result<void> write_text(const std::string& path, const std::string& text) {
  const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  if (auto written = write_durably(fs::absolute(path), bytes); !written) {
    return fail(written.error().kind, "evaluate.write", path + " cannot be written: " + written.error().message);
  }
  return {};
}

/// Told before hours of work, not after.
Result<void> check_targets(const Options& options) {
  for (const auto& path : {options.boxes, options.html}) {
    if (path.empty()) continue;
    std::error_code ignored;
    if (fs::is_directory(path, ignored) || !fs::is_directory(fs::absolute(path).parent_path(), ignored)) {
      return fail(ErrorKind::Config, "evaluate.target", path + " cannot be written: its folder does not exist");
    }
  }
  return {};
}

std::optional<config::Detect> detect_settings(const Options& options) {
  config::Detect base;
  if (std::error_code unknown; fs::exists(options.config.path, unknown)) {
    const auto config = load_config(options.config.path);
    if (!config) return std::nullopt;
    base = config->detect;
  }
  return options.detectors.over(base);
}

evaluate::Run run_of(const Options& options, const config::Detect& detect, const evaluate::Settings& settings,
                     const std::vector<int>& turns, const Folder& folder) {
  evaluate::Run run{options.images,
                    options.truth,
                    VEILGATE_VERSION,
                    options.detectors.pass,
                    detect.face_threshold,
                    detect.text_threshold,
                    settings.mask.margin,
                    settings.mask.min_margin_px,
                    options.every,
                    turns,
                    0,
                    {},
                    folder.set_aside,
                    {}};
  std::vector<double> reading;
  for (const auto& item : folder.items) {
    if (item.seen) reading.push_back(item.seen->read_cpu_s);
    if (item.error) run.unreadable.push_back({item.name, item.error->code, item.error->message});
  }
  run.files = reading.size();
  run.read_cpu_s = evaluate::spread(std::move(reading));
  return run;
}

/// Order is kept, repetitions are not.
std::vector<int> turns_of(const std::vector<int>& orientations) {
  std::vector<int> turns;
  for (const int degrees : orientations) {
    if (std::find(turns.begin(), turns.end(), degrees / 90) == turns.end()) turns.push_back(degrees / 90);
  }
  return turns;
}

/// Prints what a person may paste into a route; writes nothing.
Result<int> learn(const Options& options, const Folder& folder) {
  const auto [looks, origins] = looks_of(folder.items);
  if (!options.boxes.empty()) VG_TRY(write_text(options.boxes, evaluate::boxes_csv(looks, 0)));
  fmt::print("{}", evaluate::learned_yaml(evaluate::learn_regions(looks)));
  const bool read = std::all_of(folder.items.begin(), folder.items.end(), [](const Item& one) { return one.seen; });
  return static_cast<int>(read ? kOk : kNotClean);
}

Result<int> evaluate_folder(const Options& options, const config::Detect& detect) {
  VG_TRY(check_targets(options));
  VG_TRY(detect::require_models(detect));
  std::optional<evaluate::Truth> truth;
  if (!options.truth.empty()) {
    VG_ASSIGN(truth, evaluate::read_truth(options.truth));
  }
  VG_ASSIGN(auto folder, collect(options));
  const auto turns = turns_of(options.orientations);
  const auto arguments = DetectorSettings::to_arguments(detect, options.detectors.pass);
  evaluate::limit_decoders();
  look_at_all(options, arguments, turns, folder.items);

  if (options.learn) return learn(options, folder);
  evaluate::Settings settings;
  settings.mask.margin = options.margin;
  settings.kinds = kinds_of(detect);
  settings.labelled = kinds_from(options.labelled);
  const auto [looks, origins] = looks_of(folder.items);
  VG_ASSIGN(auto report, evaluate::measure(looks, truth ? &*truth : nullptr, settings));
  if (options.every > 1) report.unlooked.clear();
  const auto run = run_of(options, detect, settings, turns, folder);

  if (!options.boxes.empty()) {
    const bool stored = std::find(turns.begin(), turns.end(), 0) != turns.end();
    VG_TRY(write_text(options.boxes, evaluate::boxes_csv(looks, stored ? 0 : turns.front())));
  }
  if (!options.html.empty()) {
    const auto sheet = sheet_of(report, looks, origins, folder.items, arguments);
    VG_TRY(write_text(options.html, evaluate::report_html(run, looks, report, sheet)));
  }
  if (options.json) {
    fmt::print("{}\n",
               evaluate::report_json(run, looks, report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", evaluate::report_text(run, report));
  }
  const bool clean = run.unreadable.empty() && report.unlooked.empty() && report.outside == 0;
  return static_cast<int>(clean ? kOk : kNotClean);
}

int evaluate(const Options& options) {
  log::init("evaluate", "warn");
  const auto detect = detect_settings(options);
  if (!detect) return kUsage;
  const auto exit = evaluate_folder(options, *detect);
  return exit ? *exit : complain(exit.error());
}

std::string footer() {
  std::string out = "How it is counted:\n";
  for (const auto& line : evaluate::definitions()) out += "  " + line + "\n";
  return out +
         "Truth: CSV with file,x,y,w,h,kind (face, text, barcode, label, ignore, e.g. text_ignore, or keep for what no "
         "mask\n"
         "may hide, counted by the column what, if there is one; the column outline, if there is one, has the corners "
         "of\n"
         "what is slanted or bent, x y x y ..., which then is judged by its outline instead of its box; file is "
         "relative to\n"
         "--images, a.dcm#2 is the second frame of a.dcm; a row with a file alone says that nothing is on it), or "
         "COCO\n"
         "JSON with categories of these names, whose polygons (segmentation) are outlines. Boxes and outlines count "
         "in\n"
         "stored pixels, EXIF orientation not applied.\n"
         "Exit status 3: a picture could not be read, or truth and pictures do not fit together.";
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "evaluate", "Measure the detectors on a folder of your own photos: what is found, missed and falsely masked");
  verb->footer(footer());
  verb->add_option("-i,--images", options->images, "Folder of JPEG, PNG, TIFF or DICOM files, searched recursively")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb->add_option("-t,--truth", options->truth, "CSV or COCO JSON of what is on the pictures")
      ->check(CLI::ExistingFile);
  verb->add_option("--boxes", options->boxes, "Write what was found: file,x,y,w,h,kind,score,source");
  verb->add_option("--html", options->html, "Write a report with a contact sheet of misses and false alarms");
  verb->add_flag("--json", options->json, "Print everything as JSON");
  verb->add_option("--orientations", options->orientations, "Turn each picture clockwise by these before looking")
      ->delimiter(',')
      ->check(CLI::IsMember({0, 90, 180, 270}))
      ->capture_default_str();
  verb->add_option("--labelled", options->labelled,
                   "Kinds that the truth labels on every picture: face,text,barcode,label")
      ->delimiter(',')
      ->check(CLI::IsMember(kind_names()));
  verb->add_option("--margin", options->margin, "As a route's mask.margin: share of a region's longer side")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  verb->add_option("--every", options->every, "Only every n-th picture")->check(CLI::Range(1, 1'000'000));
  verb->add_option("-j,--jobs", options->jobs, "Worker processes")
      ->check(CLI::Range(1, kMaxJobs))
      ->capture_default_str();
  verb->add_flag("--learn-regions", options->learn,
                 "Pictures of one device: print fixed_regions where most of them have text, to paste into a route")
      ->excludes("--truth", "--html", "--json", "--orientations");
  verb->add_flag("-q,--quiet", options->quiet, "No progress bar");
  options->config.add_to(*verb);
  options->detectors.add_to(*verb);
  verb->callback([options, &exit] { exit = evaluate(*options); });
  add_evaluate_worker(app, exit);
}

}  // namespace veilgate::cli
