#include "detect/face_model.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {

cv::Mat letterboxed(const cv::Mat& image, const cv::Size& input, float& scale) {
  scale = std::min(static_cast<float>(input.width) / static_cast<float>(image.cols),
                   static_cast<float>(input.height) / static_cast<float>(image.rows));
  const cv::Size size(std::clamp(cvRound(static_cast<float>(image.cols) * scale), 1, input.width),
                      std::clamp(cvRound(static_cast<float>(image.rows) * scale), 1, input.height));
  cv::Mat out(input, CV_8UC3, cv::Scalar(127, 127, 127));
  cv::resize(image, out(cv::Rect(cv::Point(), size)), size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

}  // namespace veilgate::detect
