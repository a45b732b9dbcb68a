#include <algorithm>
#include <array>
#include <span>

#include "detect/detector.h"
#include "detect/text_doubt.h"
#include "detect/text_reader.h"
#include "detect/text_search.h"

namespace veilgate::detect {
namespace {

// Chosen with tests/bench/text_looks.py on every second picture of ICDAR 2015 (README.md of tests/bench has the table).
// Both networks read text lying down badly, so each looks twice. Verify looks at another scale than Detect on purpose:
// text that one scale misses is what verification is for. Preview and Edge are given small pictures and look at them as
// they are.
constexpr std::array kDetect{TextLook{true, 960, 0}, TextLook{true, 960, 1}, TextLook{false, 800, 0},
                             TextLook{false, 800, 1}};
constexpr std::array kVerify{TextLook{false, 1120, 0}, TextLook{false, 1120, 1}};
constexpr std::array kSmall{TextLook{false, 640, 0}, TextLook{false, 640, 1}};

std::span<const TextLook> looks(Pass pass) {
  switch (pass) {
    case Pass::Detect:
      return kDetect;
    case Pass::Verify:
      return kVerify;
    case Pass::Preview:
    case Pass::Edge:
      break;
  }
  return kSmall;
}

// On the output only text that can be read is a finding: skin, hair and cloth look like text to a detector at some
// scale, and each would hold a clean photograph. On ICDAR 2015, 90 % of the legible words reach this certainty; of the
// boxes that Verify and Preview draw in pictures of faces, under a fifth.
constexpr double kReadable = 0.6;
// While detecting, every line counts that is writing (text_doubt), readable or not. Only what would be letters of a
// tenth of the picture must be readable: such boxes are stripes and folds as a rule, and masking them destroys the
// photograph. Printed text of that size reads well; handwriting as large may be missed here and by Verify: routes for
// it want a reviewer.
constexpr double kThick = 0.1;  // of the picture's shorter side, across the line
constexpr double kReadableThick = 0.5;

class TextDetector final : public Detector {
 public:
  TextDetector(std::unique_ptr<Session> large, std::unique_ptr<Session> tiny, std::unique_ptr<TextReader> reader,
               double threshold, bool lines)
      : large_(std::move(large)),
        tiny_(std::move(tiny)),
        reader_(std::move(reader)),
        rule_(text_rule(threshold)),
        lines_(lines) {}

  std::string name() const override { return "text"; }
  std::vector<std::string> sources() const override { return {large_->id(), tiny_->id(), reader_->id()}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    std::array<std::vector<TextBox>, 2> found;  // by the tiny model, by the large one
    TextDoubt doubt(picture);
    for (const auto& one : looks(pass)) VG_TRY(look(picture, one, found[one.large_model ? 1 : 0], doubt));
    std::vector<Region> regions;
    for (const bool large_model : {true, false}) {
      VG_ASSIGN(auto counting, counting_boxes(picture, found[large_model ? 1 : 0], large_model, pass, doubt));
      const auto& id = (large_model ? large_ : tiny_)->id();
      const auto add = [&](const TextBox& text, const char* reason) {
        const Box box = clipped(text.box, picture.width(), picture.height());
        if (box.empty()) return;
        regions.push_back({box, picture.frame(), RegionKind::Text, std::min(1.0F, text.score), id, reason});
        regions.back().corners = corners_of(text);
      };
      const auto parted = united(std::move(counting));
      for (const auto& text : parted.kept) add(text, "line");
      for (const auto& text : parted.hidden) {
        if (lines_) add(text, kInsideReason);
      }
    }
    return regions;
  }

 private:
  static Corners corners_of(const TextBox& text) {
    Corners out{};
    for (std::size_t i = 0; i < text.corners.size(); ++i) {
      out[2 * i] = cvRound(text.corners[i].x);
      out[2 * i + 1] = cvRound(text.corners[i].y);
    }
    return out;
  }

  Result<void> look(Picture& picture, const TextLook& how, std::vector<TextBox>& found, TextDoubt& doubt) {
    VG_ASSIGN(const auto map, map_text(picture, how.large_model ? *large_ : *tiny_, how));
    doubt.saw(how.large_model, map.probability, map.quarter_turns);
    const auto boxes = boxes_of(map, rule_);
    found.insert(found.end(), boxes.begin(), boxes.end());
    return {};
  }

  Result<std::vector<TextBox>> counting_boxes(Picture& picture, const std::vector<TextBox>& found, bool large_model,
                                              Pass pass, TextDoubt& doubt) {
    std::vector<TextBox> out;
    for (const auto& text : found) {
      VG_ASSIGN(const bool counts, counts_as_text(picture, text, large_model, pass, doubt));
      if (counts) {
        out.push_back(text);
        continue;
      }
      VG_TRY(add_written_parts(text, large_model, pass, doubt, out));
    }
    return out;
  }

  /// A bowed line that cannot be read as one may be read in parts. One is enough: the others are the same writing.
  Result<void> add_written_parts(const TextBox& text, bool large_model, Pass pass, TextDoubt& doubt,
                                 std::vector<TextBox>& out) {
    std::vector<TextBox> parts;
    bool written = false;
    for (const auto& quad : text.parts) {
      parts.push_back(part_of(text, quad));
      if (written) continue;
      VG_ASSIGN(written, is_written_part(parts.back(), large_model, pass, doubt));
    }
    if (written) out.insert(out.end(), parts.begin(), parts.end());
    return {};
  }

  Result<bool> is_written_part(const TextBox& part, bool large_model, Pass pass, TextDoubt& doubt) {
    if (pass == Pass::Detect) return doubt.is_written_part(part, large_model, *reader_);
    return doubt.part_is_legible(part, kReadable, *reader_);
  }

  /// Judged box by box, before a large one can hide a small one.
  Result<bool> counts_as_text(Picture& picture, const TextBox& text, bool large_model, Pass pass, TextDoubt& doubt) {
    const auto thin = static_cast<float>(kThick) * static_cast<float>(std::min(picture.width(), picture.height()));
    if (pass == Pass::Detect && text.thickness < thin) return doubt.is_writing(text, large_model, *reader_);
    return doubt.is_legible(text, pass == Pass::Detect ? kReadableThick : kReadable, *reader_);
  }

  std::unique_ptr<Session> large_, tiny_;
  std::unique_ptr<TextReader> reader_;
  TextRule rule_;
  bool lines_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_text_detector(const config::Detect& config) {
  VG_ASSIGN(const auto finders, models_for(config, ModelRole::TextFinder));
  VG_ASSIGN(auto large, Session::open(config.runtime, config.models, finders.front()));
  VG_ASSIGN(auto tiny, Session::open(config.runtime, config.models, finders.back()));
  VG_ASSIGN(auto reader, TextReader::create(config));
  return std::unique_ptr<Detector>(std::make_unique<TextDetector>(std::move(large), std::move(tiny), std::move(reader),
                                                                  config.text_threshold, config.text_lines));
}

}  // namespace veilgate::detect
