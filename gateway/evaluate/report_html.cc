#include <fmt/format.h>

#include <algorithm>

#include "evaluate/report.h"

namespace veilgate::evaluate {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Veilgate evaluation</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
body{font:15px/1.45 sans-serif;max-width:72em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse;margin:.5em 0 1em}
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}
th:first-child,td:first-child{text-align:left}
.warning{background:#fff3cd;border:1px solid #d9b84a;padding:.6em 1em;margin:1em 0}
.charts{display:flex;flex-wrap:wrap;gap:2em}
.sheet{display:flex;flex-wrap:wrap;gap:.7em}
figure{margin:0;width:200px}
figure img{max-width:200px}
figcaption{font-size:11px;overflow-wrap:anywhere}
</style></head><body>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string row(const std::vector<std::string>& cells, std::string_view cell = "td") {
  std::string out = "<tr>";
  for (const auto& text : cells) out += fmt::format("<{0}>{1}</{0}>", cell, text);
  return out + "</tr>\n";
}

std::string tally_row(const std::string& name, const Tally& tally) {
  return row({name, std::to_string(tally.pictures), std::to_string(tally.covered.of), share_text(tally.covered),
              share_text(tally.own), std::to_string(tally.large_covered.of), share_text(tally.large_covered),
              share_text(tally.large_own), fmt::format("{:.2f}", tally.alarms_per_picture())});
}

std::string tally_table(const KindReport& report) {
  std::string out = "<table>" + row({"orientation", "pictures", "labelled", "covered", "by own", "of them large",
                                     "covered", "by own", "false alarms per picture"},
                                    "th");
  for (const auto& [turn, tally] : report.by_turn) out += tally_row(fmt::format("{}°", 90 * turn), tally);
  return out + tally_row("all", report.all) + "</table>\n";
}

std::string detail_tables(const KindReport& report) {
  std::string out = "<table>" + row({"size (longer side)", "labelled", "covered"}, "th");
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    const auto& share = report.all.by_size[i];
    out += row({std::string(size_class_name(i)), std::to_string(share.of), share_text(share)});
  }
  out += "</table>\n<table>" + row({"if covered meant at least", "covered"}, "th");
  for (std::size_t i = 0; i < kCoverSteps.size(); ++i) {
    out += row({fmt::format("{:.0f} % of the box", 100 * kCoverSteps[i]), share_text(report.all.by_cover[i])});
  }
  return out + "</table>\n";
}

double alarms_of(const SweepPoint& point) {
  return point.pictures == 0 ? 0 : static_cast<double>(point.alarms) / static_cast<double>(point.pictures);
}

struct Line {
  std::string_view name, colour;
  std::vector<double> values;
};

/// A line chart over the scores of the sweep, from 0 to `top`.
std::string chart(const std::string& title, const std::vector<SweepPoint>& sweep, const std::vector<Line>& lines,
                  double top) {
  constexpr double kLeft = 45, kTop = 30, kWidth = 340, kHeight = 170;
  const auto x = [&](double score) { return kLeft + kWidth * score; };
  const auto y = [&](double value) { return kTop + kHeight * (1 - value / top); };
  std::string out = fmt::format(
      "<svg width=\"400\" height=\"245\" role=\"img\" font-family=\"sans-serif\" font-size=\"11\">"
      "<text x=\"{}\" y=\"14\" font-size=\"13\">{}</text>\n",
      kLeft, title);
  for (int i = 0; i <= 4; ++i) {
    const double value = top * i / 4, score = i / 4.0;
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#ddd\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.2f}</text>"
        "<text x=\"{6:.1f}\" y=\"{7}\" text-anchor=\"middle\">{8:.2f}</text>\n",
        kLeft, kLeft + kWidth, y(value), kLeft - 5, y(value) + 4, value, x(score), kTop + kHeight + 15, score);
  }
  double legend = kLeft;
  for (const auto& line : lines) {
    std::string points;
    for (std::size_t i = 0; i < sweep.size(); ++i) {
      points += fmt::format("{:.1f},{:.1f} ", x(sweep[i].score), y(std::min(top, line.values[i])));
    }
    out += fmt::format(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>"
        "<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n",
        points, line.colour, legend, kTop + kHeight + 33, line.colour, line.name);
    legend += 130;
  }
  return out + "</svg>\n";
}

std::string sweep_part(const KindReport& report) {
  Line all{"all labelled", "#1f5fa8", {}}, large{"large", "#b3541e", {}}, alarms{"per picture", "#1f5fa8", {}};
  double most = 0.1;
  std::string table = "<details><summary>the sweep in figures</summary><table>" +
                      row({"score at least", "by own", "large by own", "false alarms per picture"}, "th");
  for (const auto& point : report.sweep) {
    all.values.push_back(point.own.value());
    large.values.push_back(point.large_own.value());
    alarms.values.push_back(alarms_of(point));
    most = std::max(most, alarms_of(point));
    table += row({fmt::format("{:.3f}", point.score), share_text(point.own), share_text(point.large_own),
                  fmt::format("{:.2f}", alarms_of(point))});
  }
  std::vector<Line> recall{all};
  if (!report.sweep.empty() && report.sweep.front().large_own.of > 0) recall.push_back(large);
  return "<div class=\"charts\">" +
         chart("covered by own kind, over the lowest score kept", report.sweep, recall, 1.0) +
         chart("false alarms per picture, over the lowest score kept", report.sweep, {alarms}, most) + "</div>\n" +
         table + "</table></details>\n";
}

std::string figure(const SheetItem& item, const Look& look, bool alarm) {
  const auto& one = *item.sighting;
  const auto told = alarm ? fmt::format("score {:.2f}, {}", one.score, escaped(one.source))
                          : fmt::format("{:.0f} % covered", 100 * one.score);
  const auto image = item.jpeg_base64.empty()
                         ? std::string("(no crop)")
                         : "<img alt=\"\" src=\"data:image/jpeg;base64," + item.jpeg_base64 + "\">";
  return fmt::format("<figure>{}<figcaption>{}, {}°, at {},{} {}x{}, {:.1f} % of the side, {}</figcaption></figure>\n",
                     image, escaped(look.file), 90 * look.quarter_turns, one.box.x, one.box.y, one.box.w, one.box.h,
                     100 * one.size, told);
}

std::string sheet_part(const char* title, const KindReport& kind, std::span<const Sighting> all,
                       std::span<const Look> looks, std::span<const SheetItem> sheet, bool alarms) {
  std::string figures;
  std::size_t shown = 0;
  for (const auto& item : sheet) {
    const bool ours = item.sighting >= all.data() && item.sighting < all.data() + all.size();
    if (!ours || item.sighting->kind != kind.kind) continue;
    figures += figure(item, looks[item.sighting->look], alarms);
    ++shown;
  }
  const auto count = std::count_if(all.begin(), all.end(), [&](const Sighting& one) { return one.kind == kind.kind; });
  return fmt::format("<h3>{}: {}{}</h3>\n<div class=\"sheet\">\n{}</div>\n", title, count,
                     static_cast<std::size_t>(count) > shown ? fmt::format(", {} of them shown", shown) : "", figures);
}

std::string head_part(const Run& run, const Report& report, bool pictures) {
  std::string out(kHead);
  out += "<h1>Veilgate evaluation</h1>\n";
  if (pictures) {
    out +=
        "<p class=\"warning\"><b>This file contains pieces of the pictures, made to show faces and writing that were "
        "missed.</b> Run on photographs of patients it is a picture of patients: keep it where the photographs are, "
        "and delete it when it has been read.</p>\n";
  }
  std::string turns;
  for (const int turn : run.quarter_turns) turns += fmt::format(" {}°", 90 * turn);
  out += fmt::format(
      "<p>veilgate {}; {} pictures of {}, truth {}; pass {}, orientations{}, face threshold {}, text threshold {}, "
      "margin {} (at least {} px){}.</p>\n",
      escaped(run.version), run.files, escaped(run.images), run.truth.empty() ? "none" : escaped(run.truth),
      escaped(run.pass), turns, run.face_threshold, run.text_threshold, run.margin, run.min_margin_px,
      run.every > 1 ? fmt::format(", every {}th picture only", run.every) : "");
  out += "<table>" + row({"seconds per picture and orientation", "mean", "median", "95 %"}, "th");
  const auto times = [&](const char* name, const Spread& s) {
    out += row({name, fmt::format("{:.2f}", s.mean), fmt::format("{:.2f}", s.median), fmt::format("{:.2f}", s.p95)});
  };
  times("detection, elapsed", report.wall_s);
  times("detection, CPU", report.cpu_s);
  times("reading the file, CPU", run.read_cpu_s);
  return out +
         fmt::format("</table>\n<p>Masks cover {:.1f} % of a picture on average.</p>\n", 100 * report.masked_share);
}

std::string list_part(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = fmt::format("<h2>{}: {}</h2>\n<ul>\n", title, lines.size());
  for (const auto& line : lines) out += "<li>" + escaped(line) + "</li>\n";
  return out + "</ul>\n";
}

}  // namespace

std::string report_html(const Run& run, std::span<const Look> looks, const Report& report,
                        std::span<const SheetItem> sheet) {
  std::string out = head_part(run, report, !sheet.empty());
  std::vector<std::string> unreadable;
  for (const auto& file : run.unreadable) unreadable.push_back(file.file + ": " + file.reason);
  out += list_part("Not read", unreadable);
  out += list_part("Named in the truth, not looked at", report.unlooked);
  if (report.outside > 0) {
    out += fmt::format("<p class=\"warning\">{} labelled boxes lie outside their picture and were left out.</p>\n",
                       report.outside);
  }
  if (report.kinds.empty()) out += "<p>No truth: nothing to compare with.</p>\n";
  for (const auto& kind : report.kinds) {
    out +=
        fmt::format("<h2>{}</h2>\n", to_string(kind.kind)) + tally_table(kind) + detail_tables(kind) + sweep_part(kind);
    out += sheet_part("Missed (green; masks near it red)", kind, report.misses, looks, sheet, false);
    out += sheet_part("False alarms (red; labelled boxes near it green)", kind, report.alarms, looks, sheet, true);
  }
  out += "<h2>How it is counted</h2>\n<ul>\n";
  for (const auto& line : definitions()) out += "<li>" + escaped(line) + "</li>\n";
  out += "</ul>\n";
  return out + list_part("Set aside, not pictures by their names", run.set_aside) + "</body></html>\n";
}

}  // namespace veilgate::evaluate
