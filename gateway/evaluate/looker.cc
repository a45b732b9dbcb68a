#include "evaluate/looker.h"

#include <chrono>
#include <ctime>

#include "base/base64.h"
#include "base/limits.h"
#include "detect/geometry.h"
#include "detect/things.h"
#include "evaluate/picture_file.h"

namespace veilgate::evaluate {
namespace {

using nlohmann::json;

double cpu_now_s() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double wall_now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

json box_json(const Box& box) { return {box.x, box.y, box.w, box.h}; }

Box box_from(const json& in) {
  const auto values = in.get<std::vector<int>>();
  return values.size() == 4 ? Box{values[0], values[1], values[2], values[3]} : Box{};
}

json error_json(const Error& error) {
  return {{"error", {{"kind", to_string(error.kind)}, {"code", error.code}, {"message", error.message}}}};
}

tl::unexpected<Error> no_answer() {
  return fail(ErrorKind::Bug, "evaluate.answer", "the worker gave no answer to what it was asked");
}

/// The answer as JSON, or the error it tells.
Result<json> told(const std::string& answer) {
  const auto out = json::parse(answer, nullptr, false);
  if (!out.is_object()) return no_answer();
  const auto error = out.find("error");
  if (error == out.end()) return out;
  return fail(error_kind_from(error->value("kind", "")), error->value("code", ""), error->value("message", ""));
}

Seen seen_orientation(const json& in) {
  Seen out{in.at("turns").get<int>() & 3, in.at("width").get<int>(),    in.at("height").get<int>(),
           in.at("wall_s").get<double>(), in.at("cpu_s").get<double>(), in.at("found").get<std::vector<Region>>()};
  const auto good = [](int side) { return side > 0 && side <= limits::kMaxFrameSide; };
  if (!good(out.width) || !good(out.height) || out.found.size() > limits::kMaxRegions) {
    throw json::out_of_range::create(406, "a picture's size", &in);
  }
  for (auto& region : out.found) region.frame = 0;
  return out;
}

json crops_of(const json& question) {
  json crops = json::array();
  for (std::size_t i = 0; i < question.at("wanted").size(); ++i) crops.push_back("");
  const auto cut = [&](const pixel::Frame& frame) -> Result<void> {
    for (std::size_t i = 0; i < crops.size(); ++i) {
      const auto& in = question["wanted"][i];
      if (in.at("frame").get<int>() != frame.index) continue;
      CropWanted wanted{frame.index, in.at("turns").get<int>(), box_from(in.at("box")), in.at("alarm").get<bool>(), {}};
      for (const auto& other : in.at("others")) wanted.others.push_back(box_from(other));
      crops[i] = to_base64(cut_crop(detect::turned(frame.bgr, wanted.quarter_turns), wanted));
    }
    return {};
  };
  const auto read = read_picture(question.at("crops").get<std::string>(), cut);
  return read ? json{{"crops", std::move(crops)}} : error_json(read.error());
}

}  // namespace

std::string ask_look(const std::filesystem::path& file, const std::vector<int>& quarter_turns) {
  return json{{"look", file.string()}, {"turns", quarter_turns}}.dump();
}

std::string ask_crops(const std::filesystem::path& file, const std::vector<CropWanted>& wanted) {
  json list = json::array();
  for (const auto& one : wanted) {
    json others = json::array();
    for (const auto& other : one.others) others.push_back(box_json(other));
    list.push_back({{"frame", one.frame},
                    {"turns", one.quarter_turns},
                    {"box", box_json(one.box)},
                    {"alarm", one.alarm},
                    {"others", std::move(others)}});
  }
  return json{{"crops", file.string()}, {"wanted", std::move(list)}}.dump();
}

Result<SeenFile> seen_from(const std::string& answer) try {
  VG_ASSIGN(const auto out, told(answer));
  SeenFile file;
  file.read_cpu_s = out.at("read_cpu_s").get<double>();
  for (const auto& frame : out.at("frames")) {
    auto& seen = file.frames.emplace_back();
    for (const auto& one : frame) seen.orientations.push_back(seen_orientation(one));
  }
  if (file.frames.empty()) return no_answer();
  return file;
} catch (const json::exception&) {
  return no_answer();
}

Result<std::vector<std::string>> crops_from(const std::string& answer, std::size_t expected) try {
  VG_ASSIGN(const auto out, told(answer));
  auto crops = out.at("crops").get<std::vector<std::string>>();
  if (crops.size() != expected) return no_answer();
  for (auto& crop : crops) {
    if (!from_base64(crop)) crop.clear();  // goes into a report: nothing but base64 may pass
  }
  return crops;
} catch (const json::exception&) {
  return no_answer();
}

Result<std::unique_ptr<Looker>> Looker::create(const config::Detect& config, detect::Pass pass) {
  auto settings = config;
  settings.text_lines = config.text && config.text_policy.keeps_some();
  VG_ASSIGN(auto ensemble, detect::Ensemble::create(settings));
  std::unique_ptr<detect::TextJudge> judge;
  if (settings.text_lines) {
    VG_ASSIGN(judge, detect::TextJudge::create(settings));
  }
  const detect::Wanted wanted{config.faces, config.text, config.barcodes};
  // A picture without attributes tells no patient: `known` keeps nothing of it.
  return std::unique_ptr<Looker>(new Looker(std::move(ensemble), std::move(judge), {config.text_policy, {}, false},
                                            wanted, pass, config.widen_labels));
}

std::string Looker::answer(const std::string& text) try {
  const auto question = json::parse(text);
  if (question.contains("crops")) return crops_of(question).dump();
  const auto out = look(question);
  return (out ? *out : error_json(out.error())).dump(-1, ' ', false, json::error_handler_t::replace);
} catch (const std::exception&) {
  return error_json({ErrorKind::Permanent, "evaluate.exception", "an unexpected error ended the work on this file"})
      .dump();
}

Result<std::vector<Region>> Looker::found_in(const pixel::Frame& frame) {
  VG_ASSIGN(auto found, ensemble_->detect(frame, wanted_, pass_));
  if (judge_) VG_TRY(judge_->judge(frame.bgr, rules_, found));
  if (widen_labels_ && pass_ == detect::Pass::Detect) {
    VG_ASSIGN(const auto labels, detect::label_regions(frame, found));
    found.insert(found.end(), labels.begin(), labels.end());
  }
  return found;
}

Result<json> Looker::look(const json& question) {
  const auto turns = question.at("turns").get<std::vector<int>>();
  const double begun = cpu_now_s();
  double looking = 0;
  json frames = json::array();
  VG_TRY(read_picture(question.at("look").get<std::string>(), [&](const pixel::Frame& frame) -> Result<void> {
    const double before = cpu_now_s();
    json orientations = json::array();
    for (const int turn : turns) {
      const pixel::Frame turned{detect::turned(frame.bgr, turn), 0};
      const double cpu = cpu_now_s(), wall = wall_now_s();
      VG_ASSIGN(auto found, found_in(turned));
      orientations.push_back({{"turns", turn},
                              {"width", turned.bgr.cols},
                              {"height", turned.bgr.rows},
                              {"wall_s", wall_now_s() - wall},
                              {"cpu_s", cpu_now_s() - cpu},
                              {"found", found}});
    }
    frames.push_back(std::move(orientations));
    looking += cpu_now_s() - before;
    return {};
  }));
  return json{{"frames", std::move(frames)}, {"read_cpu_s", cpu_now_s() - begun - looking}};
}

}  // namespace veilgate::evaluate
