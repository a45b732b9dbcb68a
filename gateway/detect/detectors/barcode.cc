#define ZX_USE_UTF8
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <array>
#include <exception>
#include <opencv2/imgproc.hpp>
#include <span>

#include "detect/code_extent.h"
#include "detect/detector.h"

namespace veilgate::detect {
namespace {

constexpr std::string_view kSource = "zxing-cpp";
/// Codes asked for per look; ZXing's own counter is 8 bits wide.
constexpr std::uint8_t kMaxCodes = 255;
/// Grown by this share of the code's longer edge: finder corners and quiet zone of QR and Data Matrix lie outside the
/// reported position by up to a module or two.
constexpr float kQuietZone = 0.08F;
/// Two looks found the same code.
constexpr float kHidden = 0.8F;

/// Longer sides looked at. 2400 keeps a wristband's code on a 12-megapixel photo at 1.5 pixels a module or more; the
/// small one reads codes that are blurred or fill the picture.
constexpr std::array kDetect{2400, 1100};
constexpr std::array kVerify{1800};
constexpr std::array kPreview{1400};

std::span<const int> looks(Pass pass) {
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

ZXing::DecodeHints hints() {
  ZXing::DecodeHints hints;
  hints.setTryHarder(true);
  hints.setTryRotate(true);
  hints.setTryDownscale(true);
  hints.setMaxNumberOfSymbols(kMaxCodes);
  return hints;
}

/// Corners of every code in the picture. The decoded content is dropped here: it never leaves this function.
Result<std::vector<Corners>> codes_in(const cv::Mat& grey) {
  try {
    const ZXing::ImageView view(grey.data, grey.cols, grey.rows, ZXing::ImageFormat::Lum, static_cast<int>(grey.step));
    std::vector<Corners> found;
    for (const auto& code : ZXing::ReadBarcodes(view, hints())) {
      Corners corners;
      for (std::size_t i = 0; i < corners.size(); ++i) {
        corners[i] = {static_cast<float>(code.position()[i].x), static_cast<float>(code.position()[i].y)};
      }
      const bool linear = ZXing::BarcodeFormats(ZXing::BarcodeFormat::LinearCodes).testFlag(code.format());
      found.push_back(linear ? whole_bars(grey, corners) : corners);
    }
    return found;
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::Transient, "detect.memory", "not enough memory to look for barcodes");
  } catch (const std::exception&) {
    return fail(ErrorKind::Permanent, "detect.barcode", "the barcode reader cannot handle this picture");
  }
}

class BarcodeDetector final : public Detector {
 public:
  std::string name() const override { return "barcodes"; }
  std::vector<std::string> sources() const override { return {std::string(kSource)}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    std::vector<Rect> boxes;
    for (const int long_side : looks(pass)) {
      cv::Mat grey;
      cv::cvtColor(picture.at_most(long_side), grey, cv::COLOR_BGR2GRAY);
      const float back = static_cast<float>(picture.width()) / static_cast<float>(grey.cols);
      VG_ASSIGN(const auto codes, codes_in(grey));
      for (const auto& corners : codes) {
        const auto box = scaled(with_quiet_zone(corners, kQuietZone), back, back);
        const auto hides = [&](const Rect& other) { return covered(box, other) >= kHidden; };
        if (std::none_of(boxes.begin(), boxes.end(), hides)) boxes.push_back(box);
      }
      if (std::max(picture.width(), picture.height()) <= long_side / 2) break;  // the next level is the same pixels
    }
    std::vector<Region> regions;
    for (const auto& rect : boxes) {
      const Box box = clipped(rect, picture.width(), picture.height());
      if (!box.empty()) regions.push_back({box, picture.frame(), RegionKind::Barcode, 1.0, std::string(kSource)});
    }
    return regions;
  }
};

}  // namespace

Result<std::unique_ptr<Detector>> make_barcode_detector(const config::Detect&) {
  return std::unique_ptr<Detector>(std::make_unique<BarcodeDetector>());
}

}  // namespace veilgate::detect
