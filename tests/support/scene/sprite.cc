#include "support/scene/sprite.h"

#define ZX_USE_UTF8
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace veilgate::test::scene {
namespace {

constexpr int kEdgeSteps = 12;  // straight outlines become bent ones

std::vector<cv::Point2f> outline_of(const cv::Rect& box) {
  const std::array<cv::Point2f, 4> corners{cv::Point2f(box.tl()), cv::Point2f(float(box.br().x), float(box.y)),
                                           cv::Point2f(box.br()), cv::Point2f(float(box.x), float(box.br().y))};
  std::vector<cv::Point2f> out;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const auto step = (corners[(i + 1) % corners.size()] - corners[i]) / float(kEdgeSteps);
    for (int k = 0; k < kEdgeSteps; ++k) out.push_back(corners[i] + step * float(k));
  }
  return out;
}

}  // namespace

void Sprite::mark(const std::string& kind, const std::string& what, const cv::Rect& box, const std::string& text) {
  marks.push_back({kind, what, outline_of(box), text});
}

int Sprite::line(const std::string& typeface, const std::string& text, cv::Point at, int size_px,
                 const cv::Scalar& colour, int max_width, const std::string& kind, const std::string& what) {
  while (size_px > 8 && text_width(typeface, text, size_px) > max_width) --size_px;
  for (const auto& word : write(bgr, typeface, text, at, size_px, colour)) mark(kind, what, word.box, word.text);
  return size_px;
}

bool Sprite::code(bool square, const std::string& content, const cv::Rect& area) {
  const auto format = square ? ZXing::BarcodeFormat::QRCode : ZXing::BarcodeFormat::Code128;
  const auto bits = ZXing::MultiFormatWriter(format).setMargin(0).encode(content, 0, square ? 0 : 1);
  const int quiet = square ? 3 : 8;
  const int module =
      square ? std::min(area.width, area.height) / (bits.width() + 2 * quiet) : area.width / (bits.width() + 2 * quiet);
  if (module < kFine) return false;
  const int height = square ? bits.height() * module : area.height * 8 / 10;
  const cv::Rect box(area.x + quiet * module, area.y + (area.height - height) / 2, bits.width() * module, height);
  cv::rectangle(bgr, area, cv::Scalar::all(250), cv::FILLED);
  for (int row = 0; row < bits.height(); ++row) {
    for (int column = 0; column < bits.width(); ++column) {
      if (!bits.get(column, row)) continue;
      const cv::Rect dot(box.x + column * module, square ? box.y + row * module : box.y, module,
                         square ? module : height);
      cv::rectangle(bgr, dot, cv::Scalar::all(15), cv::FILLED);
    }
  }
  mark("barcode", square ? "qr" : "code128", box);
  return true;
}

void Sprite::round_corners(int radius) {
  const int r = std::min({radius, bgr.cols / 2, bgr.rows / 2});
  alpha.setTo(0);
  cv::rectangle(alpha, cv::Rect(r, 0, bgr.cols - 2 * r, bgr.rows), 255, cv::FILLED);
  cv::rectangle(alpha, cv::Rect(0, r, bgr.cols, bgr.rows - 2 * r), 255, cv::FILLED);
  for (const int x : {r, bgr.cols - 1 - r}) {
    for (const int y : {r, bgr.rows - 1 - r}) cv::circle(alpha, {x, y}, r, 255, cv::FILLED);
  }
}

Sprite curved(const Sprite& flat, double radius, double bow) {
  const double half = flat.width() / 2.0;
  radius = std::max(radius, half / 1.35);  // no more than 77 degrees to each side: the rest would lie behind
  const double reach = radius * std::sin(half / radius);
  const double deepest = std::abs(bow);
  const auto sink = [&](double x) { return bow * (1 - (x / half) * (x / half)) + (bow < 0 ? deepest : 0); };
  Sprite out(static_cast<int>(std::ceil(2 * reach)) + 2, flat.height() + static_cast<int>(deepest) + 2, {});
  cv::Mat1f from_x(out.bgr.size()), from_y(out.bgr.size());
  for (int x = 0; x < out.width(); ++x) {
    const double across = std::clamp((x - out.width() / 2.0) / radius, -1.0, 1.0);
    const double source = radius * std::asin(across);
    for (int y = 0; y < out.height(); ++y) {
      from_x(y, x) = static_cast<float>(source + half);
      from_y(y, x) = static_cast<float>(y - sink(source));
    }
  }
  cv::remap(flat.bgr, out.bgr, from_x, from_y, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::remap(flat.alpha, out.alpha, from_x, from_y, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0);
  for (int x = 0; x < out.width(); ++x) {  // light falls on the middle
    const double across = (x - out.width() / 2.0) / radius;
    const double light = 0.55 + 0.45 * std::sqrt(std::max(0.0, 1 - across * across));
    for (int y = 0; y < out.height(); ++y) out.bgr(y, x) = cv::Vec3b(out.bgr(y, x) * light);
  }
  for (const auto& mark : flat.marks) {
    Mark bent{mark.kind, mark.what, {}, mark.text};
    for (const auto& point : mark.outline) {
      const double x = point.x - half;
      bent.outline.emplace_back(static_cast<float>(radius * std::sin(x / radius) + out.width() / 2.0),
                                static_cast<float>(point.y + sink(x)));
    }
    out.marks.push_back(std::move(bent));
  }
  return out;
}

Quad quad_at(cv::Point2f centre, double width, double height, double degrees, double perspective, Random& random) {
  const double angle = degrees * CV_PI / 180;
  Quad quad;
  const std::array<std::array<double, 2>, 4> signs{{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}};
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const double x = signs[i][0] * width / 2 * (1 - random.share() * perspective);
    const double y = signs[i][1] * height / 2 * (1 - random.share() * perspective);
    quad[i] = centre + cv::Point2f(static_cast<float>(x * std::cos(angle) - y * std::sin(angle)),
                                   static_cast<float>(x * std::sin(angle) + y * std::cos(angle)));
  }
  return quad;
}

cv::Rect hull_of(const Quad& quad) { return cv::boundingRect(std::vector<cv::Point2f>(quad.begin(), quad.end())); }

void lay(cv::Mat3b& picture, const Sprite& sprite, const Quad& quad, std::vector<Mark>& marks, double opacity) {
  const auto w = static_cast<float>(sprite.width()), h = static_cast<float>(sprite.height());
  const Quad corners{cv::Point2f(0, 0), cv::Point2f(w, 0), cv::Point2f(w, h), cv::Point2f(0, h)};
  const cv::Mat map = cv::getPerspectiveTransform(corners.data(), quad.data());
  cv::Mat3b laid;
  cv::Mat1b cover;
  cv::warpPerspective(sprite.bgr, laid, map, picture.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::warpPerspective(sprite.alpha, cover, map, picture.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0);
  const cv::Rect area = (hull_of(quad) + cv::Size(4, 4) - cv::Point(2, 2)) & cv::Rect({}, picture.size());
  for (int y = area.y; y < area.br().y; ++y) {
    for (int x = area.x; x < area.br().x; ++x) {
      const double share = cover(y, x) / 255.0 * opacity;
      picture(y, x) = cv::Vec3b(picture(y, x) * (1 - share) + laid(y, x) * share);
    }
  }
  const auto along = quad[1] - quad[0];
  const double degrees = std::atan2(along.y, along.x) * 180 / CV_PI;
  for (const auto& mark : sprite.marks) {
    Mark there{mark.kind, mark.what, {}, mark.text, degrees};
    cv::perspectiveTransform(mark.outline, there.outline, map);
    marks.push_back(std::move(there));
  }
}

}  // namespace veilgate::test::scene
