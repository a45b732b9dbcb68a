#include "support/scene/scene.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "support/scene/background.h"

namespace veilgate::test::scene {
namespace {

constexpr int kPlaces = 40;  // tried for one thing before it is left out
constexpr double kLight = 125;
constexpr int kApart = 24;        // pixels between two things
constexpr double kUpright = 0.4;  // of the things lie about straight, the others at any angle

class Making {
 public:
  Making(std::uint64_t seed, const Materials& materials)
      : random_(seed * 0x9E3779B97F4A7C15ULL + 1), materials_(materials) {
    const cv::Size size = random_.chance(0.7) ? cv::Size(random_.whole(1100, 1700), random_.whole(850, 1200))
                                              : cv::Size(random_.whole(850, 1200), random_.whole(1100, 1700));
    picture_ = random_.chance(0.75) ? skin(size, random_) : cloth(size, random_);
    put(kinds()[static_cast<std::size_t>(seed % kinds().size())]);
    if (random_.chance(0.6)) put_wound();
    for (int more = random_.whole(0, 2); more > 0; --more) put(random_.one_of(kinds()));
    spoil();
  }

  Scene done(std::uint64_t seed) {
    Scene out{seed, {}, {}, {}};
    cv::imencode(".jpg", picture_, out.jpeg, {cv::IMWRITE_JPEG_QUALITY, random_.whole(60, 95)});
    out.picture = cv::imdecode(out.jpeg, cv::IMREAD_COLOR);
    for (const auto& mark : marks_) {
      const cv::Rect box = cv::boundingRect(mark.outline) & cv::Rect({}, picture_.size());
      if (!box.empty()) out.truth.push_back({box, mark.kind, mark.what, mark.text, mark.degrees});
    }
    return out;
  }

 private:
  bool free(const cv::Rect& box) const {
    const cv::Rect around = box - cv::Point(kApart, kApart) + cv::Size(2 * kApart, 2 * kApart);
    return (box & cv::Rect({}, picture_.size())) == box &&
           std::none_of(taken_.begin(), taken_.end(), [&](const auto& other) { return !(other & around).empty(); });
  }

  /// Dark ink on dark skin is nothing that anybody could read.
  bool is_light(const cv::Rect& box) const {
    const auto mean = cv::mean(picture_(box));
    return (mean[0] + mean[1] + mean[2]) / 3 > kLight;
  }

  cv::Point2f anywhere() {
    return {static_cast<float>(random_.between(0.1, 0.9) * picture_.cols),
            static_cast<float>(random_.between(0.1, 0.9) * picture_.rows)};
  }

  void put(const Kind& kind) {
    const Sprite sprite = kind.make(materials_, random_);
    const double longer = std::max(sprite.width(), sprite.height()) / double(kFine);
    const double scale =
        std::min(1.3, kind.largest * std::min(picture_.cols, picture_.rows) / longer) * random_.between(0.75, 1.0);
    for (int i = 0; i < kPlaces; ++i) {
      const double degrees = random_.chance(kUpright) ? random_.between(-8, 8) : random_.between(0, 360);
      const auto quad = quad_at(anywhere(), sprite.width() * scale / kFine, sprite.height() * scale / kFine, degrees,
                                random_.between(0, 0.12), random_);
      if (!free(hull_of(quad)) || (!kind.lies_on_top && !is_light(hull_of(quad)))) continue;
      if (kind.lies_on_top) shadow(quad);
      if (kind.hangs) lanyard(quad);
      lay(picture_, sprite, quad, marks_);
      taken_.push_back(hull_of(quad));
      return;
    }
  }

  /// What lies on something throws a soft shadow: edges in photographs are not those of a drawing.
  void shadow(const Quad& quad) {
    if (random_.chance(0.4)) return;
    cv::Mat1b cover(picture_.size(), uchar{0});
    std::vector<cv::Point> outline;
    const cv::Point2f shift(static_cast<float>(random_.between(-5, 5)), static_cast<float>(random_.between(-5, 5)));
    for (const auto& corner : quad) outline.emplace_back(corner + shift);
    cv::fillConvexPoly(cover, outline, 90);
    cv::GaussianBlur(cover, cover, {}, 5);
    cv::Mat3b dark;
    picture_.convertTo(dark, CV_8UC3, 0.5);
    for (int y = 0; y < picture_.rows; ++y) {
      for (int x = 0; x < picture_.cols; ++x) {
        const double share = cover(y, x) / 255.0;
        picture_(y, x) = cv::Vec3b(picture_(y, x) * (1 - share) + dark(y, x) * share);
      }
    }
  }

  /// The strap that a badge hangs from, up to the edge of the picture where nothing lies in its way.
  void lanyard(const Quad& quad) {
    const auto top = (quad[0] + quad[1]) / 2, bottom = (quad[2] + quad[3]) / 2;
    const auto up = (top - bottom) / static_cast<float>(cv::norm(top - bottom));
    const cv::Point from(top), to(top + up * static_cast<float>(random_.between(150, 900)));
    const cv::Scalar dye(random_.whole(40, 200), random_.whole(30, 120), random_.whole(20, 160));
    const cv::Rect reach = cv::Rect(from, to) + cv::Size(30, 30) - cv::Point(15, 15);
    if (std::any_of(taken_.begin(), taken_.end(), [&](const auto& other) { return !(other & reach).empty(); })) return;
    cv::line(picture_, from, to, dye, 16, cv::LINE_AA);
    taken_.push_back(reach);
  }

  void put_wound() {
    for (int i = 0; i < kPlaces; ++i) {
      const double radius = random_.between(0.04, 0.13) * std::min(picture_.cols, picture_.rows);
      const auto centre = anywhere();
      const int reach = static_cast<int>(radius * 1.5);
      const cv::Rect box(static_cast<int>(centre.x) - reach, static_cast<int>(centre.y) - reach, 2 * reach, 2 * reach);
      if (!free(box)) continue;
      wound(picture_, centre, radius, random_, marks_);
      taken_.push_back(box);
      return;
    }
  }

  /// Focus, sensor and light.
  void spoil() {
    if (random_.chance(0.5)) cv::GaussianBlur(picture_, picture_, {}, random_.between(0.4, 1.0));
    cv::Mat noise(picture_.size(), CV_16SC3), noisy;
    cv::RNG generator(random_.bits());
    generator.fill(noise, cv::RNG::NORMAL, 0, random_.between(0.5, 6));
    cv::add(picture_, noise, noisy, cv::noArray(), CV_8UC3);
    noisy.convertTo(picture_, CV_8UC3, random_.between(0.75, 1.05), random_.between(-8, 8));
  }

  Random random_;
  const Materials& materials_;
  cv::Mat3b picture_;
  std::vector<Mark> marks_;
  std::vector<cv::Rect> taken_;
};

}  // namespace

Scene make_scene(std::uint64_t seed, const Materials& materials) { return Making(seed, materials).done(seed); }

std::string file_name(std::uint64_t seed) { return "scene_" + std::to_string(seed) + ".jpg"; }

std::string truth_header() { return "file,x,y,w,h,kind,what\n"; }

std::string truth_rows(const Scene& scene) {
  std::ostringstream out;
  if (scene.truth.empty()) out << file_name(scene.seed) << ",,,,,,\n";
  for (const auto& row : scene.truth) {
    out << file_name(scene.seed) << ',' << row.box.x << ',' << row.box.y << ',' << row.box.width << ','
        << row.box.height << ',' << row.kind << ',' << row.what << '\n';
  }
  return out.str();
}

}  // namespace veilgate::test::scene
