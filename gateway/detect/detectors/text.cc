#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <span>

#include "detect/detector.h"
#include "detect/inference.h"
#include "detect/text_boxes.h"
#include "detect/text_reader.h"

namespace veilgate::detect {
namespace {

/// One run of one model: at this scale, upright or turned by a quarter (both networks read text lying down badly).
struct TextLook {
  bool large_model;  ///< PP-OCRv5 mobile; otherwise PP-OCRv6 tiny
  int long_side;
  int quarter_turns;
};

// Verify looks at other scales than Detect on purpose: text that one scale misses is what verification is for.
constexpr std::array kDetect{TextLook{true, 1280, 0}, TextLook{true, 1280, 1}, TextLook{false, 960, 0},
                             TextLook{false, 960, 1}};
constexpr std::array kVerify{TextLook{false, 1504, 0}, TextLook{false, 1504, 1}};
constexpr std::array kPreview{TextLook{false, 640, 0}, TextLook{false, 640, 1}};

std::span<const TextLook> looks(Pass pass) {
  switch (pass) {
    case Pass::Detect:
      return kDetect;
    case Pass::Verify:
      return kVerify;
    case Pass::Preview:
      break;
  }
  return kPreview;
}

// On the output only text that can be read is a finding: skin, hair and cloth look like text to a detector at some
// scale, and each would hold a clean photograph. On ICDAR 2015, 90 % of the legible words reach this certainty; of the
// boxes that Verify and Preview draw in pictures of faces, under a fifth.
constexpr double kReadable = 0.6;
// While detecting, every line counts, readable or not. Only what would be letters of a tenth of the picture must be
// readable: such boxes are stripes and folds as a rule, and masking them destroys the photograph. Printed text
// of that size reads well; handwriting as large may be missed here and by Verify: routes for it want a reviewer.
constexpr double kThick = 0.1;  // of the picture's shorter side, across the line
constexpr double kReadableThick = 0.5;

/// The networks shrink five times by two.
constexpr int kMultiple = 32;

int rounded_up(int value) { return std::max(kMultiple, (value + kMultiple - 1) / kMultiple * kMultiple); }

/// BGR planes with the ImageNet mean and deviation, which the networks were trained with, padded to whole multiples.
std::vector<float> planes_of(const cv::Mat& bgr, const cv::Size& input) {
  constexpr std::array<double, 3> kMean{0.485, 0.456, 0.406}, kDeviation{0.229, 0.224, 0.225};
  cv::Mat padded;
  cv::copyMakeBorder(bgr, padded, 0, input.height - bgr.rows, 0, input.width - bgr.cols, cv::BORDER_REPLICATE);
  const std::size_t area = padded.total();
  std::vector<float> out(3 * area);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    cv::Mat plane;
    cv::extractChannel(padded, plane, static_cast<int>(channel));
    cv::Mat target(input, CV_32F, out.data() + channel * area);
    plane.convertTo(target, CV_32F, 1 / (255 * kDeviation[channel]), -kMean[channel] / kDeviation[channel]);
  }
  return out;
}

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
    std::vector<Region> regions;
    for (const bool large_model : {true, false}) {
      std::vector<TextBox> found;
      for (const auto& one : looks(pass)) {
        if (one.large_model == large_model) VG_TRY(look(picture, one, pass, found));
      }
      const auto& id = (large_model ? large_ : tiny_)->id();
      const auto add = [&](const TextBox& text, const char* reason) {
        const Box box = clipped(text.box, picture.width(), picture.height());
        if (box.empty()) return;
        regions.push_back({box, picture.frame(), RegionKind::Text, std::min(1.0F, text.score), id, reason});
        if (lines_) regions.back().corners = corners_of(text);
      };
      auto parted = united(std::move(found));
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

  Result<void> look(Picture& picture, const TextLook& how, Pass pass, std::vector<TextBox>& found) {
    const cv::Mat& level = picture.at_most(how.long_side);
    const cv::Mat image = turned(level, how.quarter_turns);
    const cv::Size input(rounded_up(image.cols), rounded_up(image.rows));
    auto values = planes_of(image, input);
    const std::array<std::int64_t, 4> shape{1, 3, input.height, input.width};
    VG_ASSIGN(auto outputs, (how.large_model ? large_ : tiny_)->run(values, shape));
    if (outputs.size() != 1 || outputs[0].values.size() != static_cast<std::size_t>(input.area())) {
      return fail(ErrorKind::Config, "detect.model_unusable", "the text model has other outputs than expected");
    }
    const cv::Mat probability(input, CV_32F, outputs[0].values.data());
    const float back_x = static_cast<float>(picture.width()) / static_cast<float>(level.cols);
    const float back_y = static_cast<float>(picture.height()) / static_cast<float>(level.rows);
    for (auto& text : text_boxes(probability(cv::Rect({}, image.size())), rule_)) {
      TextBox box{scaled(turned_back(text.box, how.quarter_turns, level.size()), back_x, back_y), text.score,
                  text.thickness * std::max(back_x, back_y), text.corners};
      for (auto& corner : box.corners) {
        corner = turned_back(corner, how.quarter_turns, level.size());
        corner = {corner.x * back_x, corner.y * back_y};
      }
      VG_ASSIGN(const bool counts, counts_as_text(picture, box, pass));
      if (counts) found.push_back(box);
    }
    return {};
  }

  /// Judged box by box, before a large one can hide a small one.
  Result<bool> counts_as_text(Picture& picture, const TextBox& text, Pass pass) {
    const auto thin = static_cast<float>(kThick) * static_cast<float>(std::min(picture.width(), picture.height()));
    if (pass == Pass::Detect && text.thickness < thin) return true;
    VG_ASSIGN(const double certainty,
              reader_->legibility(picture, clipped(text.box, picture.width(), picture.height())));
    return certainty >= (pass == Pass::Detect ? kReadableThick : kReadable);
  }

  std::unique_ptr<Session> large_, tiny_;
  std::unique_ptr<TextReader> reader_;
  TextRule rule_;
  bool lines_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_text_detector(const config::Detect& config) {
  VG_ASSIGN(auto large, Session::open(config.runtime, config.models, *find_model("ppocr_v5_mobile_det")));
  VG_ASSIGN(auto tiny, Session::open(config.runtime, config.models, *find_model("ppocr_v6_tiny_det")));
  VG_ASSIGN(auto reader, TextReader::create(config));
  return std::unique_ptr<Detector>(std::make_unique<TextDetector>(std::move(large), std::move(tiny), std::move(reader),
                                                                  config.text_threshold, config.text_lines));
}

}  // namespace veilgate::detect
