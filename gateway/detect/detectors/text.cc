#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <span>

#include "detect/detector.h"
#include "detect/inference.h"
#include "detect/text_boxes.h"
#include "detect/text_doubt.h"
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
// While detecting, every line counts that is writing (text_doubt), readable or not. Only what would be letters of a
// tenth of the picture must be readable: such boxes are stripes and folds as a rule, and masking them destroys the
// photograph. Printed text of that size reads well; handwriting as large may be missed here and by Verify: routes for
// it want a reviewer.
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
               double threshold)
      : large_(std::move(large)), tiny_(std::move(tiny)), reader_(std::move(reader)), rule_(text_rule(threshold)) {}

  std::string name() const override { return "text"; }
  std::vector<std::string> sources() const override { return {large_->id(), tiny_->id(), reader_->id()}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    std::array<std::vector<TextBox>, 2> found;  // by the tiny model, by the large one
    TextDoubt doubt(picture);
    for (const auto& one : looks(pass)) VG_TRY(look(picture, one, found[one.large_model ? 1 : 0], doubt));
    std::vector<Region> regions;
    for (const bool large_model : {true, false}) {
      VG_ASSIGN(auto counting, counting_boxes(picture, found[large_model ? 1 : 0], large_model, pass, doubt));
      for (const auto& text : united(std::move(counting))) {
        const Box box = clipped(text.box, picture.width(), picture.height());
        const auto& id = (large_model ? large_ : tiny_)->id();
        if (!box.empty())
          regions.push_back({box, picture.frame(), RegionKind::Text, std::min(1.0F, text.score), id, "line"});
      }
    }
    return regions;
  }

 private:
  Result<void> look(Picture& picture, const TextLook& how, std::vector<TextBox>& found, TextDoubt& doubt) {
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
    doubt.saw(how.large_model, probability(cv::Rect({}, image.size())), how.quarter_turns);
    for (auto& text : text_boxes(probability(cv::Rect({}, image.size())), rule_)) {
      TextBox box{scaled(turned_back(text.box, how.quarter_turns, level.size()), back_x, back_y), text.score,
                  text.thickness * std::max(back_x, back_y), text.corners};
      for (auto& corner : box.corners) {
        corner = turned_back(corner, how.quarter_turns, level.size());
        corner = {corner.x * back_x, corner.y * back_y};
      }
      found.push_back(box);
    }
    return {};
  }

  Result<std::vector<TextBox>> counting_boxes(Picture& picture, const std::vector<TextBox>& found, bool large_model,
                                              Pass pass, TextDoubt& doubt) {
    std::vector<TextBox> out;
    for (const auto& text : found) {
      VG_ASSIGN(const bool counts, counts_as_text(picture, text, large_model, pass, doubt));
      if (counts) out.push_back(text);
    }
    return out;
  }

  /// Judged box by box, before a large one can hide a small one.
  Result<bool> counts_as_text(Picture& picture, const TextBox& text, bool large_model, Pass pass, TextDoubt& doubt) {
    const auto thin = static_cast<float>(kThick) * static_cast<float>(std::min(picture.width(), picture.height()));
    if (pass == Pass::Detect && text.thickness < thin) return doubt.is_writing(text, large_model, *reader_);
    VG_ASSIGN(const double certainty,
              reader_->legibility(picture, clipped(text.box, picture.width(), picture.height())));
    return certainty >= (pass == Pass::Detect ? kReadableThick : kReadable);
  }

  std::unique_ptr<Session> large_, tiny_;
  std::unique_ptr<TextReader> reader_;
  TextRule rule_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_text_detector(const config::Detect& config) {
  VG_ASSIGN(auto large, Session::open(config.runtime, config.models, *find_model("ppocr_v5_mobile_det")));
  VG_ASSIGN(auto tiny, Session::open(config.runtime, config.models, *find_model("ppocr_v6_tiny_det")));
  VG_ASSIGN(auto reader, TextReader::create(config));
  return std::unique_ptr<Detector>(
      std::make_unique<TextDetector>(std::move(large), std::move(tiny), std::move(reader), config.text_threshold));
}

}  // namespace veilgate::detect
