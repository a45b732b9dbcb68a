#include "evaluate/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/csv.h"
#include "base/limits.h"

namespace veilgate::evaluate {
namespace {

using nlohmann::json;

json share_json(const Share& share) {
  json out{{"hits", share.hits}, {"of", share.of}, {"share", nullptr}};
  if (share.of > 0) out["share"] = share.value();
  return out;
}

json spread_json(const Spread& spread) {
  return {{"mean", spread.mean}, {"median", spread.median}, {"p95", spread.p95}};
}

json box_json(const Box& box) { return {{"x", box.x}, {"y", box.y}, {"w", box.w}, {"h", box.h}}; }

json tally_json(const Tally& tally) {
  json sizes = json::array(), covers = json::array();
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    sizes.push_back({{"size", size_class_name(i)}, {"covered", share_json(tally.by_size[i])}});
  }
  for (std::size_t i = 0; i < kCoverSteps.size(); ++i) {
    covers.push_back({{"needed", kCoverSteps[i]}, {"covered", share_json(tally.by_cover[i])}});
  }
  return {{"pictures", tally.pictures},
          {"covered", share_json(tally.covered)},
          {"covered_large", share_json(tally.large_covered)},
          {"covered_by_own_kind", share_json(tally.own)},
          {"covered_large_by_own_kind", share_json(tally.large_own)},
          {"by_size", std::move(sizes)},
          {"by_needed_cover", std::move(covers)},
          {"false_alarms", tally.alarms},
          {"false_alarms_per_picture", tally.alarms_per_picture()}};
}

json kind_json(const KindReport& report) {
  json turns = json::array(), sweep = json::array();
  for (const auto& [turn, tally] : report.by_turn) {
    turns.push_back(tally_json(tally));
    turns.back()["orientation"] = 90 * turn;
  }
  for (const auto& point : report.sweep) {
    sweep.push_back(
        {{"score", point.score},
         {"covered_by_own_kind", share_json(point.own)},
         {"covered_large_by_own_kind", share_json(point.large_own)},
         {"false_alarms_per_picture",
          point.pictures == 0 ? 0 : static_cast<double>(point.alarms) / static_cast<double>(point.pictures)}});
  }
  return {{"kind", to_string(report.kind)},
          {"needed_cover", needed_cover(report.kind)},
          {"all", tally_json(report.all)},
          {"by_orientation", std::move(turns)},
          {"sweep", std::move(sweep)}};
}

json sightings_json(std::span<const Sighting> sightings, std::span<const Look> looks, bool alarms) {
  json out = json::array();
  for (const auto& one : sightings) {
    const auto& look = looks[one.look];
    json entry{{"file", look.file},
               {"orientation", 90 * look.quarter_turns},
               {"kind", to_string(one.kind)},
               {"box", box_json(one.box)},
               {"size", one.size}};
    if (alarms) {
      entry["score"] = one.score;
      entry["source"] = one.source;
    } else {
      entry["covered"] = one.score;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

std::string row_text(std::string_view name, const Tally& tally) {
  return fmt::format("  {:<6} {:>9} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8} {:>12.2f}\n", name, tally.pictures,
                     tally.covered.of, share_text(tally.covered), share_text(tally.own), tally.large_covered.of,
                     share_text(tally.large_covered), share_text(tally.large_own), tally.alarms_per_picture());
}

std::string kind_text(const KindReport& report) {
  std::string out =
      fmt::format("{:<8} {:>9} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8} {:>12}\n", to_string(report.kind), "pictures",
                  "labelled", "covered", "by own", ">= 5 %", "covered", "by own", "alarms/pict.");
  for (const auto& [turn, tally] : report.by_turn) out += row_text(std::to_string(90 * turn), tally);
  out += row_text("all", report.all);
  out += "  by size:";
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    const auto& share = report.all.by_size[i];
    if (share.of > 0) out += fmt::format("  {} {} of {};", size_class_name(i), share_text(share), share.of);
  }
  out += "\n  sweep (score: by own, by own >= 5 %, alarms per picture):";
  for (std::size_t i = 0; i < report.sweep.size(); i += 3) {
    const auto& point = report.sweep[i];
    out +=
        fmt::format("  {:.2f}: {} {} {:.2f};", point.score, share_text(point.own), share_text(point.large_own),
                    point.pictures == 0 ? 0 : static_cast<double>(point.alarms) / static_cast<double>(point.pictures));
  }
  return out + "\n\n";
}

std::string problems_text(const Run& run, const Report& report) {
  std::string out;
  for (const auto& file : run.unreadable)
    out += fmt::format("unread   {}  {}: {}\n", file.file, file.code, file.reason);
  for (const auto& file : run.set_aside) out += fmt::format("aside    {}  not a picture by its name\n", file);
  for (const auto& file : report.unlooked) {
    out += fmt::format("unlooked {}  the truth names it, but it was not looked at\n", file);
  }
  if (report.outside > 0) {
    out += fmt::format(
        "outside  {} labelled boxes lie outside their picture and were left out: boxes count in stored pixels, "
        "without EXIF orientation\n",
        report.outside);
  }
  return out;
}

}  // namespace

std::string share_text(const Share& share) { return share.of == 0 ? "-" : fmt::format("{:.3f}", share.value()); }

std::vector<std::string> definitions() {
  return {
      "Masks are what the gateway would burn: found regions, grown by the margin, united.",
      fmt::format("A labelled box is covered when enough of its area inside the picture lies under the union of the "
                  "masks: face {:.0f} %, text {:.0f} %, barcode {:.0f} %, label {:.0f} %; where the truth has an "
                  "outline, of the area inside that. 'Covered' counts masks of every kind, 'by own' only those of the "
                  "box's kind.",
                  100 * kFaceCovered, 100 * kTextCovered, 100 * kBarcodeCovered, 100 * kLabelCovered),
      fmt::format("A mask is a false alarm when it covers less than {:.0f} % of every labelled or ignored box of its "
                  "kind and less than {:.0f} % of it lies on them. A face that nobody labelled counts as one.",
                  100 * kAlarmTouches, 100 * kAlarmOnTruth),
      "False alarms are counted on pictures where the kind is labelled: --labelled, the categories of a COCO file, or "
      "each kind with a labelled box in the picture's folder.",
      fmt::format("What is labelled 'keep' counts as kept while at most {:.0f} % of it lies under masks.",
                  100 * kKeptMasked),
      fmt::format("Size is the box's longer side as a share of the picture's; large is {:.0f} % and more.",
                  100 * kLarge),
      "The sweep drops regions below a score. It cannot show what lower settings would find: run again with a lower "
      "--face-threshold or --text-threshold for that.",
      "Times are those of detection for one picture in one orientation; reading and decoding are told apart.",
  };
}

json report_json(const Run& run, std::span<const Look> looks, const Report& report) {
  json unreadable = json::array(), kinds = json::array(), orientations = json::array(), kept = json::array();
  for (const auto& [what, share] : report.kept) {
    kept.push_back(share_json(share));
    kept.back()["what"] = what;
  }
  for (const auto& file : run.unreadable) {
    unreadable.push_back({{"file", file.file}, {"code", file.code}, {"reason", file.reason}});
  }
  for (const auto& kind : report.kinds) kinds.push_back(kind_json(kind));
  for (const int turn : run.quarter_turns) orientations.push_back(90 * turn);
  return {{"version", run.version},
          {"images", run.images},
          {"truth", run.truth},
          {"settings",
           {{"pass", run.pass},
            {"face_threshold", run.face_threshold},
            {"text_threshold", run.text_threshold},
            {"margin", run.margin},
            {"min_margin_px", run.min_margin_px},
            {"every", run.every},
            {"orientations", std::move(orientations)}}},
          {"definitions", definitions()},
          {"files", run.files},
          {"looks", looks.size()},
          {"unreadable", std::move(unreadable)},
          {"set_aside", run.set_aside},
          {"truth_not_looked_at", report.unlooked},
          {"truth_boxes_outside", report.outside},
          {"masked_share", report.masked_share},
          {"seconds",
           {{"detect_wall", spread_json(report.wall_s)},
            {"detect_cpu", spread_json(report.cpu_s)},
            {"read_cpu", spread_json(run.read_cpu_s)}}},
          {"kinds", std::move(kinds)},
          {"kept", std::move(kept)},
          {"misses", sightings_json(report.misses, looks, false)},
          {"false_alarms", sightings_json(report.alarms, looks, true)}};
}

std::string report_text(const Run& run, const Report& report) {
  std::string out;
  for (const auto& kind : report.kinds) out += kind_text(kind);
  out += fmt::format(
      "seconds  detection, per picture and orientation: median {:.2f}, 95 % {:.2f}; CPU mean {:.2f}, "
      "median {:.2f}, 95 % {:.2f}; reading: CPU mean {:.2f}\n",
      report.wall_s.median, report.wall_s.p95, report.cpu_s.mean, report.cpu_s.median, report.cpu_s.p95,
      run.read_cpu_s.mean);
  for (const auto& [what, share] : report.kept) {
    out += fmt::format("kept     {} of {} ({}){}{}\n", share.hits, share.of, share_text(share),
                       what.empty() ? "" : ": ", what);
  }
  out += fmt::format("masked   {:.1f} % of a picture on average\n", 100 * report.masked_share);
  out += problems_text(run, report);
  return out + fmt::format("{} pictures looked at, {} unreadable\n", run.files, run.unreadable.size());
}

std::string boxes_csv(std::span<const Look> looks, int quarter_turns) {
  std::string out = "file,x,y,w,h,kind,score,source\n";
  for (const auto& look : looks) {
    if (look.quarter_turns != quarter_turns) continue;
    for (const auto& region : look.found) {
      const Box box = turned_box(region.box, 4 - quarter_turns, look.width, look.height);
      out += fmt::format("{},{},{},{},{},{},{:.3f},{}\n", csv_field(look.file), box.x, box.y, box.w, box.h,
                         to_string(region.kind), region.score, csv_field(region.source));
    }
  }
  return out;
}

std::vector<const Sighting*> sheet_choice(const Report& report, std::span<const Look> looks) {
  std::vector<const Sighting*> out;
  const auto choose = [&](std::span<const Sighting> from, RegionKind kind, double Sighting::*worst) {
    std::vector<const Sighting*> some;
    for (const auto& one : from) {
      if (one.kind == kind) some.push_back(&one);
    }
    std::stable_sort(some.begin(), some.end(), [&](const Sighting* a, const Sighting* b) {
      return std::tuple(looks[a->look].quarter_turns, -(a->*worst)) <
             std::tuple(looks[b->look].quarter_turns, -(b->*worst));
    });
    some.resize(std::min(some.size(), limits::kMaxSheetCrops));
    out.insert(out.end(), some.begin(), some.end());
  };
  for (const auto& kind : report.kinds) {
    choose(report.misses, kind.kind, &Sighting::size);
    choose(report.alarms, kind.kind, &Sighting::score);
  }
  return out;
}

}  // namespace veilgate::evaluate
