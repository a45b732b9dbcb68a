#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "evaluate/measure.h"

namespace veilgate::evaluate {

struct FileProblem {
  std::string file, code, reason;
};

/// What was run, for the head of every report.
struct Run {
  std::string images, truth, version;  ///< truth empty: none was given
  std::string pass;
  double face_threshold = 0, text_threshold = 0, margin = 0;
  int min_margin_px = 0, every = 1;
  std::vector<int> quarter_turns;
  std::size_t files = 0;                ///< pictures that were looked at
  std::vector<FileProblem> unreadable;  ///< pictures that were not
  std::vector<std::string> set_aside;   ///< notes and tables in the folder, by their extension
  Spread read_cpu_s;                    ///< per file
};

/// One picture of the contact sheet.
struct SheetItem {
  const Sighting* sighting = nullptr;
  std::string jpeg_base64;
};

/// How the figures are defined, sentence by sentence, with the constants' values: help, report and JSON say the same.
std::vector<std::string> definitions();

/// All of it, for scripts.
nlohmann::json report_json(const Run& run, std::span<const Look> looks, const Report& report);
/// Tables for a terminal.
std::string report_text(const Run& run, const Report& report);
/// One file without references to any other.
std::string report_html(const Run& run, std::span<const Look> looks, const Report& report,
                        std::span<const SheetItem> sheet);
/// file,x,y,w,h,kind,score,source of the looks at `quarter_turns`, in stored pixels, without margin.
std::string boxes_csv(std::span<const Look> looks, int quarter_turns);
/// What the contact sheet shows: per kind the first limits::kMaxSheetCrops misses, upright and large ones first, and as
/// many false alarms, upright and sure ones first.
std::vector<const Sighting*> sheet_choice(const Report& report, std::span<const Look> looks);

/// "0.987", or "-" when there was nothing to count.
std::string share_text(const Share& share);

}  // namespace veilgate::evaluate
