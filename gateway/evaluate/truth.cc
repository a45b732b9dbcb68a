#include "evaluate/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/csv.h"
#include "base/files.h"
#include "base/limits.h"

namespace veilgate::evaluate {
namespace {

constexpr std::array kLabelled{RegionKind::Face, RegionKind::Text, RegionKind::Barcode, RegionKind::Label};
constexpr std::array<std::string_view, 6> kColumns{"file", "x", "y", "w", "h", "kind"};
constexpr std::string_view kIgnore = "ignore", kKeep = "keep", kWhat = "what";

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

using Columns = std::array<std::size_t, kColumns.size() + 1>;  // the last is optional: what

Result<Columns> columns_of(const CsvRecord& header) {
  Columns out{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto at = std::find(header.fields.begin(), header.fields.end(), kColumns[i]);
    if (at == header.fields.end()) {
      return bad(header.line,
                 fmt::format("the first line must name the columns file,x,y,w,h,kind; '{}' is missing", kColumns[i]));
    }
    out[i] = static_cast<std::size_t>(at - header.fields.begin());
  }
  out.back() =
      static_cast<std::size_t>(std::find(header.fields.begin(), header.fields.end(), kWhat) - header.fields.begin());
  return out;
}

Result<void> add_row(const CsvRecord& row, const Columns& columns, Truth& truth) {
  const auto field = [&](std::size_t column) {
    return columns[column] < row.fields.size() ? row.fields[columns[column]] : std::string();
  };
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
  kind->what = field(kColumns.size()).substr(0, limits::kMaxTruthWordBytes);
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
  constexpr double kFarthest = 2.0 * limits::kMaxFrameSide;
  const auto sane = [](double value) { return std::isfinite(value) && std::abs(value) <= kFarthest; };
  if (!sane(x) || !sane(y) || !sane(w) || !sane(h) || w <= 0 || h <= 0) return std::nullopt;
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
