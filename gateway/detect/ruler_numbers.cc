#include "detect/ruler_numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

constexpr int kMaxBlind = 5;     // places in a row that read otherwise
constexpr int kMaxNumbers = 70;  // of one ruler, each way
constexpr int kMaxValue = 999;
constexpr float kSnap = 0.25F;            // of the distance: a found piece is the number of its place
constexpr float kEven = 1.25F;            // as neighbouring distances may differ
constexpr int kContext = 2, kAtOnce = 5;  // numbers that are read in one: known ones, new ones
constexpr int kMayMissOne = 3;            // new ones, from which on one character may be misread
/// Of the height: found boxes are loose, and what stands beside a number, such as the unit, makes another one of it.
constexpr std::array kCloser{1.0F, 0.75F};
// Of the height: digits are about half as wide as high.
constexpr float kDigitWidth = 0.55F, kAround = 0.45F;

float length(const cv::Point2f& way) { return static_cast<float>(cv::norm(way)); }

class Walk {
 public:
  Walk(const ScaleForm& form, std::span<const cv::Point2f> seen, const ReadSlab& read)
      : form_(form), seen_(seen), read_(read) {}

  /// What stands between two numbers that were read.
  Result<void> between(const ScaleNumber& from, const ScaleNumber& to, std::vector<ScaleNumber>& out) const {
    const int steps = (to.value - from.value) / form_.step;
    const auto way = (to.centre - from.centre) / static_cast<float>(std::max(1, steps));
    for (int k = 1; k < steps; ++k) {
      const ScaleNumber wanted{from.centre + way * static_cast<float>(k), from.value + k * form_.step};
      VG_ASSIGN(const auto found, look_for(wanted, length(way)));
      if (found) out.push_back(*found);
    }
    return {};
  }

  /// What goes on behind `last`, as it went from `before` to it.
  Result<void> beyond(const ScaleNumber& before, const ScaleNumber& last, std::vector<ScaleNumber>& out) const {
    const int step = last.value > before.value ? std::abs(form_.step) : -std::abs(form_.step);
    auto way =
        (last.centre - before.centre) / (static_cast<float>(last.value - before.value) / static_cast<float>(step));
    ScaleNumber sure = last;
    int blind = 0;
    for (int k = 0; k < kMaxNumbers && blind < kMaxBlind; ++k) {
      const int value = sure.value + step * (blind + 1);
      if (value < 0 || value > kMaxValue) break;
      VG_ASSIGN(const auto found, look_for({sure.centre + way * static_cast<float>(blind + 1), value}, length(way)));
      if (!found && blind == 0) {
        VG_ASSIGN(const auto several, look_for_several(sure, way, step));
        if (!several.empty()) {
          out.insert(out.end(), several.begin(), several.end());
          sure = several.back();
          continue;
        }
      }
      if (!found) {
        ++blind;
        continue;
      }
      const auto next = (found->centre - sure.centre) / static_cast<float>(blind + 1);
      if (std::max(length(next), length(way)) > kEven * std::min(length(next), length(way))) break;
      way = next;
      sure = *found;
      blind = 0;
      out.push_back(sure);
    }
    return {};
  }

 private:
  Result<std::optional<ScaleNumber>> look_for(ScaleNumber wanted, float distance) const {
    std::vector<cv::Point2f> places;
    for (const auto& place : seen_) {
      if (length(place - wanted.centre) <= kSnap * distance) places.push_back(place);
    }
    std::ranges::sort(places, {}, [&](const cv::Point2f& place) { return length(place - wanted.centre); });
    constexpr std::size_t kMaxPlaces = 2;
    if (places.size() > kMaxPlaces) places.resize(kMaxPlaces);
    places.push_back(wanted.centre);
    for (const auto& place : places) {
      const ScaleNumber number{place, wanted.value};
      for (const float share : kCloser) {
        VG_ASSIGN(const auto reading, read_(closer(number, share), form_.turns));
        if (reading.least >= kNumberCertainty && scale_number(reading.text) == wanted.value) {
          return std::optional(number);
        }
      }
    }
    return std::optional<ScaleNumber>();
  }

  /// The next few numbers together with those before them: recognition reads a small digit alone worse than a row.
  Result<std::vector<ScaleNumber>> look_for_several(const ScaleNumber& last, const cv::Point2f& way, int step) const {
    for (int count = kAtOnce; count > 0; count -= 2) {
      std::vector<ScaleNumber> row;
      for (int k = -kContext; k <= count; ++k) {
        row.push_back({last.centre + way * static_cast<float>(k), last.value + step * k});
      }
      std::erase_if(row, [](const ScaleNumber& one) { return one.value < 0 || one.value > kMaxValue; });
      const auto new_ones = std::ranges::find(row, last.value, &ScaleNumber::value) + 1;
      if (new_ones == row.end()) break;
      const std::size_t may_miss = row.end() - new_ones >= kMayMissOne ? 1 : 0;
      Slab slab = hull(slab_of_number(row.front(), form_), slab_of_number(row.back(), form_), form_.along);
      for (const float share : kCloser) {
        slab.thickness = share * form_.height;
        VG_ASSIGN(const auto reading, read_(slab, form_.turns));
        if (reading.mean >= kNumberCertainty && is_whole_scale(reading.text, text_of(row), may_miss)) {
          return std::vector<ScaleNumber>(new_ones, row.end());
        }
      }
    }
    return std::vector<ScaleNumber>();
  }

  Slab closer(const ScaleNumber& number, float share) const {
    auto form = form_;
    form.height *= share;
    return slab_of_number(number, form);
  }

  /// As somebody reads it.
  Phi<std::string> text_of(std::span<const ScaleNumber> row) const {
    const bool forward = ((row.back().centre - row.front().centre).dot(form_.along) > 0) == (form_.turns == 0);
    std::string out;
    for (const auto& one : row) {
      const auto number = std::to_string(one.value);
      out = forward ? out + ' ' + number : number + ' ' + out;
    }
    return Phi(std::move(out));
  }

  const ScaleForm& form_;
  std::span<const cv::Point2f> seen_;
  const ReadSlab& read_;
};

}  // namespace

Slab slab_of_number(const ScaleNumber& number, const ScaleForm& form) {
  const auto digits = static_cast<float>(std::to_string(number.value).size());
  const float wide = form.height * (kDigitWidth * digits + kAround);
  return {number.centre, form.along, wide, form.height};
}

Result<std::vector<ScaleNumber>> read_whole_scale(const std::vector<ScaleNumber>& read_already, const ScaleForm& form,
                                                  std::span<const cv::Point2f> seen, const ReadSlab& read) {
  std::vector<ScaleNumber> out = read_already;
  if (out.size() < 2) return out;
  const Walk walk(form, seen, read);
  const std::size_t count = read_already.size();
  for (std::size_t i = 1; i < count; ++i) VG_TRY(walk.between(read_already[i - 1], read_already[i], out));
  VG_TRY(walk.beyond(read_already[1], read_already[0], out));
  VG_TRY(walk.beyond(read_already[count - 2], read_already[count - 1], out));
  std::ranges::sort(out, {}, [&](const ScaleNumber& one) { return one.centre.dot(form.along); });
  return out;
}

}  // namespace veilgate::detect
