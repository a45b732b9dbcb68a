#include "detect/text_policy.h"

#include <algorithm>
#include <cctype>

namespace veilgate::detect {
namespace {

// Every character must be read well: a line that stays is seen by everyone who gets the picture.
constexpr double kMinMean = 0.9, kMinLeast = 0.6;
/// How far a masked line reaches, in its own heights: what stands there may belong to it.
constexpr float kBeside = 1.5F;
/// Lines within this of each other are read together as well: a name or number may be parted.
constexpr float kTogether = 2.5F;
/// Colour cards print many colours; one alone may be a name.
constexpr int kMinColours = 3, kMinSureColours = 2;

const Reading* best_of(const ReadLine& line) {
  const auto best = std::ranges::max_element(line.readings, {}, &Reading::mean);
  return best == line.readings.end() ? nullptr : &*best;
}

bool is_certain(const Reading& reading) {
  return reading.characters > 0 && reading.mean >= kMinMean && reading.least >= kMinLeast;
}

/// As it is read where the line goes on: "MEI-" over "ER" is one name.
std::string without_hyphen(const Phi<std::string>& text) {
  constexpr std::string_view kDash = "\xE2\x80";  // of U+2010 to U+2015, in UTF-8
  std::string_view out = text.reveal();
  for (std::size_t before = 0; before != out.size();) {
    before = out.size();
    if (!out.empty() && std::ispunct(static_cast<unsigned char>(out.back())) != 0) out.remove_suffix(1);
    if (out.ends_with(' ')) out.remove_suffix(1);
    if (out.size() >= 3 && out.substr(out.size() - 3, 2) == kDash) out.remove_suffix(3);
  }
  return std::string(out);
}

bool are_beside(const Slab& a, const Slab& b, float heights) {
  const float reach = heights * std::max(a.thickness, b.thickness);
  return touch({a.centre, a.along, a.length + 2 * reach, a.thickness + 2 * reach}, b);
}

class Judging {
 public:
  Judging(std::span<const ReadLine> lines, const TextRules& rules) : lines_(lines), rules_(rules), out_(lines.size()) {}

  std::vector<Verdict> run() {
    colours_ = have_colours();
    for (std::size_t i = 0; i < lines_.size(); ++i) out_[i] = alone(lines_[i]);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      for (std::size_t j = i + 1; j < lines_.size(); ++j) judge_together(i, j);
    }
    while (rules_.policy.identifying && mask_beside_masked()) {
    }
    return std::move(out_);
  }

 private:
  Verdict alone(const ReadLine& line) const {
    const Reading* best = best_of(line);
    if (best == nullptr || !is_certain(*best)) return {false, kUncertain};
    const auto is_known = [&](const Reading& one) { return rules_.known.matches(one.text); };
    const bool known = std::ranges::any_of(line.readings, is_known) || std::ranges::any_of(line.mirrored, is_known);
    if (known) return {false, kIdentifier};
    if (rules_.policy.known && !rules_.knows_patient) return {false, kNoPatient};
    if (!rules_.policy.identifying) return {true, "kept: not the patient's"};
    if (colours_ && colour_word(best->text) != ColourWord::None) return {true, "kept: colour card"};
    const auto plain = plain_reason(best->text);
    return {plain.has_value(), plain.value_or(kNothingPlain)};
  }

  bool have_colours() const {
    int all = 0, sure = 0;
    for (const auto& line : lines_) {
      const Reading* best = best_of(line);
      if (best == nullptr || !is_certain(*best)) continue;
      const auto word = colour_word(best->text);
      all += word == ColourWord::None ? 0 : 1;
      sure += word == ColourWord::Sure ? 1 : 0;
    }
    return all >= kMinColours && sure >= kMinSureColours;
  }

  void judge_together(std::size_t i, std::size_t j) {
    if ((!out_[i].stays && !out_[j].stays) || !are_beside(lines_[i].slab, lines_[j].slab, kTogether)) return;
    const auto together = [&](const Reading& first, const Reading& second) {
      return rules_.known.matches(Phi(first.text.reveal() + second.text.reveal())) ||
             rules_.known.matches(Phi(without_hyphen(first.text) + second.text.reveal()));
    };
    for (const auto& a : lines_[i].readings) {
      for (const auto& b : lines_[j].readings) {
        if (together(a, b) || together(b, a)) out_[i] = out_[j] = {false, kIdentifier};
      }
    }
  }

  bool mask_beside_masked() {
    bool changed = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!out_[i].stays) continue;
      const Slab& slab = lines_[i].slab;
      bool beside = false;
      for (std::size_t j = 0; j < lines_.size() && !beside; ++j) {
        beside = j != i && !out_[j].stays && are_beside(lines_[j].slab, slab, kBeside);
      }
      if (!beside) continue;
      out_[i] = {false, kBesideMasked};
      changed = true;
    }
    return changed;
  }

  std::span<const ReadLine> lines_;
  const TextRules& rules_;
  bool colours_ = false;
  std::vector<Verdict> out_;
};

}  // namespace

std::vector<Verdict> judge_lines(std::span<const ReadLine> lines, const TextRules& rules) {
  return Judging(lines, rules).run();
}

std::optional<std::string_view> judge_scale(const Phi<std::string>& numbers, const TextRules& rules) {
  if (rules.known.matches(numbers) || (rules.policy.known && !rules.knows_patient)) return std::nullopt;
  return kRulerReason;
}

}  // namespace veilgate::detect
