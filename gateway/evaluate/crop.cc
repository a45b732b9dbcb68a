#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "evaluate/looker.h"

namespace veilgate::evaluate {
namespace {

constexpr double kSurroundings = 0.6;  // of the box's longer side, on each side
constexpr int kMinSurroundings = 24;
constexpr int kMaxSide = 200;  // of a crop, in pixels: recognisable beside many others
constexpr int kJpegQuality = 80;
const cv::Scalar kAlarmColour(40, 40, 230), kTruthColour(60, 190, 40);  // BGR: red, green

}  // namespace

std::string cut_crop(const cv::Mat& turned_bgr, const CropWanted& wanted) {
  const Box& box = wanted.box;
  const int around = std::max(kMinSurroundings, static_cast<int>(kSurroundings * std::max(box.w, box.h)));
  const Box area = intersection({box.x - around, box.y - around, box.w + 2 * around, box.h + 2 * around},
                                {0, 0, turned_bgr.cols, turned_bgr.rows});
  if (area.empty()) return {};
  const double scale = static_cast<double>(kMaxSide) / std::max(area.w, area.h);
  cv::Mat crop;
  cv::resize(turned_bgr(cv::Rect(area.x, area.y, area.w, area.h)), crop, {}, scale, scale,
             scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  const auto draw = [&](const Box& one, bool alarm) {
    const auto at = [&](int value, int start) { return cvRound((value - start) * scale); };
    cv::rectangle(crop, {at(one.x, area.x), at(one.y, area.y)},
                  {at(one.right(), area.x) - 1, at(one.bottom(), area.y) - 1}, alarm ? kAlarmColour : kTruthColour, 2);
  };
  for (const auto& other : wanted.others) draw(other, !wanted.alarm);
  draw(box, wanted.alarm);
  std::vector<std::uint8_t> jpeg;
  cv::imencode(".jpg", crop, jpeg, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  return {jpeg.begin(), jpeg.end()};
}

}  // namespace veilgate::evaluate
