#include "evaluate/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include "base/csv.h"
#include "base/files.h"
#include "base/limits.h"

namespace veilgate::evaluate {
namespace {

constexpr std::array kLabelled{RegionKind::Face, RegionKind::Text, RegionKind::Barcode, RegionKind::Label};
constexpr std::array<std::string_view, 6> kColumns{"file", "x", "y", "w", "h", "kind"};
constexpr std::string_view kIgnore = "ignore", kKeep = "keep", kWhat = "what", kOutline = "outline";

tl::unexpected<Error> bad(int line, std::string_view what) {
  return fail(ErrorKind::Config, "evaluate.truth", fmt::format("truth, line {}: {}", line, what));
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view folder_of(std::string_view file) {
  const auto slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : file.substr(0, slash);
}

/// Where each column stands; the last two are optional, and behind all others where they are missing.
struct Columns {
  std::array<std::size_t, kColumns.size()> needed{};
  std::size_t what = 0, outline = 0;
};

Result<Columns> columns_of(const CsvRecord& header) {
  Columns out{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto at = std::find(header.fields.begin(), header.fields.end(), kColumns[i]);
    if (at == header.fields.end()) {
      return bad(header.line,
                 fmt::format("the first line must name the columns file,x,y,w,h,kind; '{}' is missing", kColumns[i]));
    }
    out.needed[i] = static_cast<std::size_t>(at - header.fields.begin());
  }
  const auto place = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(header.fields.begin(), header.fields.end(), name) -
                                    header.fields.begin());
  };
  out.what = place(kWhat), out.outline = place(kOutline);
  return out;
}

/// "x y x y ..."; empty for nothing but blanks, nullopt for what is no outline.
std::optional<Outline> outline_from(const std::string& text) {
  std::vector<double> values;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto value = number(word);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (values.empty()) return Outline{};
  auto ring = ring_of(values);
  return ring ? std::optional(Outline{std::move(*ring)}) : std::nullopt;
}

Result<void> add_row(const CsvRecord& row, const Columns& columns, Truth& truth) {
  const auto at = [&](std::size_t place) { return place < row.fields.size() ? row.fields[place] : std::string(); };
  const auto field = [&](std::size_t column) { return at(columns.needed[column]); };
  if (field(0).empty()) return bad(row.line, "no file is named");
  auto& boxes = truth.boxes[field(0)];
  const bool alone = field(1).empty() && field(2).empty() && field(3).empty() && field(4).empty() && field(5).empty();
  if (alone) return {};
  auto kind = truth_kind(field(5));
  if (!kind)
    return bad(row.line,
               "kind must be face, text, barcode, label, keep, ignore, or one of the first four with _ignore");
  std::array<double, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = number(field(i + 1));
    if (!value) return bad(row.line, fmt::format("{} is not a number", kColumns[i + 1]));
    values[i] = *value;
  }
  const auto box = truth_box(values[0], values[1], values[2], values[3]);
  if (!box) return bad(row.line, "w and h must be above 0, and the box must lie near the picture");
  kind->box = *box;
  kind->what = at(columns.what).substr(0, limits::kMaxTruthWordBytes);
  auto outline = outline_from(at(columns.outline));
  if (!outline) return bad(row.line, "outline must be x y x y ..., of three corners at least");
  kind->outline = std::move(*outline);
  boxes.push_back(*kind);
  return {};
}

}  // namespace

std::vector<RegionKind> Truth::labelled_kinds(std::string_view file) const {
  if (!declared.empty()) return declared;
  const auto folder = folder_of(file);
  std::vector<RegionKind> kinds;
  for (const auto kind : kLabelled) {
    const bool occurs = std::any_of(boxes.begin(), boxes.end(), [&](const auto& picture) {
      return folder_of(picture.first) == folder && std::any_of(picture.second.begin(), picture.second.end(),
                                                               [&](const auto& box) { return box.kind == kind; });
    });
    if (occurs) kinds.push_back(kind);
  }
  return kinds;
}

std::optional<TruthBox> truth_kind(std::string_view word) {
  TruthBox out;
  if (word == kIgnore || word == kKeep) {
    out.ignored = true;
    out.keep = word == kKeep;
    return out;
  }
  if (word.ends_with("_ignore")) {
    out.ignored = true;
    word.remove_suffix(kIgnore.size() + 1);
  }
  for (const auto kind : kLabelled) {
    if (word != to_string(kind)) continue;
    out.kind = kind;
    return out;
  }
  return std::nullopt;
}

std::optional<Box> truth_box(double x, double y, double w, double h) {
  if (!is_coordinate(x) || !is_coordinate(y) || !is_coordinate(w) || !is_coordinate(h) || w <= 0 || h <= 0) {
    return std::nullopt;
  }
  const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
  return Box{left, top, static_cast<int>(std::ceil(x + w)) - left, static_cast<int>(std::ceil(y + h)) - top};
}

Result<Truth> truth_from_csv(std::string_view text) {
  const auto records = read_csv(text);
  if (!records) return fail(ErrorKind::Config, "evaluate.truth", "truth: " + records.error().message);
  if (records->empty()) return bad(1, "the file is empty; its first line must be file,x,y,w,h,kind");
  VG_ASSIGN(const auto columns, columns_of(records->front()));
  Truth truth;
  for (std::size_t i = 1; i < records->size(); ++i) VG_TRY(add_row((*records)[i], columns, truth));
  return truth;
}

Result<Truth> read_truth(const std::filesystem::path& file) {
  auto text = read_file(file, limits::kMaxTruthBytes);
  if (!text) return fail(ErrorKind::Config, "evaluate.truth", "the truth cannot be read: " + text.error().message);
  return file.extension() == ".json" ? truth_from_coco(*text) : truth_from_csv(*text);
}

}  // namespace veilgate::evaluate
