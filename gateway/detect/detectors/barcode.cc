#define ZX_USE_UTF8
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <span>

#include "detect/bar_code.h"
#include "detect/black_white.h"
#include "detect/code_extent.h"
#include "detect/detector.h"

namespace veilgate::detect {
namespace {

constexpr std::string_view kSource = "zxing-cpp";
/// ZXing reads bars that are tilted by up to some 15 degrees, and none in light on dark. These are seen as bars.
constexpr std::string_view kSeen = "bars";
/// Codes in one picture; a sheet of labels has a few dozen. More is held for a person.
constexpr std::size_t kMaxCodes = 64;
/// Grown by this share of the code's longer edge: finder corners and quiet zone of QR and Data Matrix lie outside the
/// reported position by up to a module or two.
constexpr float kQuietZone = 0.08F;
/// Two looks found the same code.
constexpr float kHidden = 0.8F;

/// ZXing 1.4 finds a Data Matrix only when the middle row or column of what it is given crosses it: the picture is
/// shown to it in overlapping strips of both directions.
struct Strips {
  int long_side;  ///< level they are cut from
  int width;      ///< a symbol must fit into a strip
  int step;       ///< and be larger than a step
};

/// Longer sides looked at. 2400 keeps a wristband's code on a 12-megapixel photo at 1.5 pixels a module or more; the
/// smaller one reads codes that are blurred or fill the picture.
struct Looks {
  std::span<const int> long_sides;
  std::span<const Strips> strips;
};
constexpr std::array kDetect{2400, 1100}, kVerify{1800, 900};
constexpr std::array kPreview{1400};
constexpr std::array kDetectStrips{Strips{1200, 320, 24}, Strips{400, 240, 16}};
constexpr std::array kVerifyStrips{Strips{1000, 300, 28}};

Looks looks(Pass pass) {
  switch (pass) {
    case Pass::Detect:
      return {kDetect, kDetectStrips};
    case Pass::Verify:
      return {kVerify, kVerifyStrips};
    case Pass::Preview:
    case Pass::Edge:
      break;
  }
  return {kPreview, {}};
}

ZXing::DecodeHints hints(ZXing::BarcodeFormats formats) {
  ZXing::DecodeHints hints;
  hints.setFormats(formats);
  hints.setTryHarder(true);
  hints.setTryRotate(true);
  hints.setTryDownscale(false);  // the levels are ours
  return hints;
}

/// The next code in the picture. The decoded content is dropped here: it never leaves this function.
Result<std::optional<Corners>> next_code(const cv::Mat& grey, const ZXing::DecodeHints& hints) {
  try {
    const ZXing::ImageView view(grey.data, grey.cols, grey.rows, ZXing::ImageFormat::Lum, static_cast<int>(grey.step));
    const auto code = ZXing::ReadBarcode(view, hints);
    if (!code.isValid()) return std::nullopt;
    Corners corners;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      corners[i] = {static_cast<float>(code.position()[i].x), static_cast<float>(code.position()[i].y)};
    }
    const bool linear = ZXing::BarcodeFormats(ZXing::BarcodeFormat::LinearCodes).testFlag(code.format());
    return linear ? whole_bars(grey, corners) : corners;
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::Transient, "detect.memory", "not enough memory to look for barcodes");
  } catch (const std::exception&) {
    return fail(ErrorKind::Permanent, "detect.barcode", "the barcode reader cannot handle this picture");
  }
}

/// Paints the code over, so that the next one is found. False when there is nothing to paint any more: the reader
/// insists on the same place.
bool paint_over(cv::Mat& grey, const Rect& code) {
  const Box box = clipped(code, grey.cols, grey.rows);
  if (box.empty()) return false;
  cv::Mat area = grey(cv::Rect(box.x, box.y, box.w, box.h));
  if (cv::countNonZero(area) == 0) return false;
  area = cv::Scalar(0);
  return true;
}

/// Adds every code that `next` finds in `area` of `grey` to `found`, in pixels of `grey`, and paints it over. One by
/// one, because ZXing 1.4 aborts the process when it compares two linear codes with the same content (ReadBarcodes,
/// Result::operator==), and sheets of equal labels are common.
template <typename Next>
Result<void> codes_in(cv::Mat& grey, const cv::Rect& area, const Next& next, std::vector<Rect>& found) {
  while (true) {
    VG_ASSIGN(const auto corners, next(area));
    if (!corners) return {};
    if (found.size() >= kMaxCodes) {
      return fail(ErrorKind::Refused, "detect.too_many_codes", "more barcodes were found than a photograph can have");
    }
    found.push_back(with_quiet_zone(*corners, kQuietZone) + cv::Point2f(area.tl()));
    if (!paint_over(grey, found.back())) return {};
  }
}

Result<void> codes_in_whole(cv::Mat& grey, std::vector<Rect>& found) {
  const auto next = [&](const cv::Rect& area) { return next_code(grey(area), hints({})); };
  return codes_in(grey, cv::Rect({}, grey.size()), next, found);
}

/// The strips show each pixel a dozen times. Left to ZXing, making it black or white would cost more than the search.
Result<void> codes_in_strips(cv::Mat& grey, const Strips& strips, std::vector<Rect>& found) {
  const cv::Rect whole({}, grey.size());
  BlackAndWhite shades(grey);
  const auto matrices = hints(ZXing::BarcodeFormat::DataMatrix).setBinarizer(ZXing::Binarizer::BoolCast);
  std::size_t painted = found.size();
  const auto next = [&](const cv::Rect& area) {
    if (painted != found.size()) shades.forget();
    painted = found.size();
    return next_code(shades.part(area), matrices);
  };
  const int half = strips.width / 2;
  for (int middle = strips.step / 2; middle < std::max(grey.cols, grey.rows); middle += strips.step) {
    const cv::Rect lying = cv::Rect(0, middle - half, grey.cols, 2 * half) & whole;
    const cv::Rect standing = cv::Rect(middle - half, 0, 2 * half, grey.rows) & whole;
    for (const auto& strip : {lying, standing}) {
      if (!strip.empty()) VG_TRY(codes_in(grey, strip, next, found));
    }
  }
  return {};
}

class BarcodeDetector final : public Detector {
 public:
  std::string name() const override { return "barcodes"; }
  std::vector<std::string> sources() const override { return {std::string(kSource), std::string(kSeen)}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    const auto chosen = looks(pass);
    std::vector<Rect> boxes;
    pixel::Frame frame{{}, picture.frame()};
    cv::cvtColor(picture.whole(), frame.bgr, cv::COLOR_BGR2GRAY);
    Picture shades(frame);  // shrinking one channel costs a third
    for (const int long_side : chosen.long_sides) {
      VG_TRY(look(shades, long_side, boxes, codes_in_whole));
    }
    for (const auto& strips : chosen.strips) {
      VG_TRY(look(shades, strips.long_side, boxes,
                  [&](cv::Mat& grey, std::vector<Rect>& found) { return codes_in_strips(grey, strips, found); }));
    }
    std::vector<Region> regions;
    const auto note = [&](std::span<const Rect> found, std::string_view source, const char* reason) {
      for (const auto& rect : found) {
        const Box box = clipped(rect, picture.width(), picture.height());
        if (!box.empty())
          regions.push_back({box, picture.frame(), RegionKind::Barcode, 1.0, std::string(source), reason});
      }
    };
    note(boxes, kSource, "symbol");
    const std::size_t read = boxes.size();
    see_bars(shades, boxes);
    note(std::span(boxes).subspan(read), kSeen, "bars");
    return regions;
  }

 private:
  template <typename Find>
  static Result<void> look(Picture& picture, int long_side, std::vector<Rect>& boxes, const Find& find) {
    cv::Mat grey = picture.at_most(long_side).clone();  // found codes are painted over
    const float back = static_cast<float>(picture.width()) / static_cast<float>(grey.cols);
    std::vector<Rect> found;
    VG_TRY(find(grey, found));
    for (const auto& code : found) {
      const auto box = scaled(code, back, back);
      if (!is_hidden(box, boxes)) boxes.push_back(box);
    }
    return {};
  }

  static void see_bars(Picture& shades, std::vector<Rect>& boxes) {
    for (const auto& corners : bar_codes(shades)) {
      if (!is_hidden(with_quiet_zone(corners, 0), boxes)) boxes.push_back(with_quiet_zone(corners, kQuietZone));
    }
  }

  static bool is_hidden(const Rect& box, const std::vector<Rect>& boxes) {
    return std::ranges::any_of(boxes, [&](const Rect& other) { return covered(box, other) >= kHidden; });
  }
};

}  // namespace

Result<std::unique_ptr<Detector>> make_barcode_detector(const config::Detect&) {
  return std::unique_ptr<Detector>(std::make_unique<BarcodeDetector>());
}

}  // namespace veilgate::detect
