#include "support/scene/scene.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "support/scene/background.h"
#include "support/scene/wounds.h"

namespace veilgate::test::scene {
namespace {

constexpr int kPlaces = 40;  // tried for one thing before it is left out
constexpr double kLight = 125;
constexpr int kApart = 24;        // pixels between two things
constexpr double kUpright = 0.4;  // of the things lie about straight, the others at any angle
constexpr double kCut = 0.12;     // of the things reach over the picture's edge
constexpr double kGrouped = 0.4;  // of the things that come in groups have a neighbour
constexpr double kOnThing = 0.8;  // of a word's box lies on the box of its label
/// Of what the edge cuts, less than this and it can be told from nothing that is left.
constexpr double kWordLeft = 0.6, kThingLeft = 0.3;

class Making {
 public:
  Making(std::uint64_t seed, const Materials& materials, const Kind& first)
      : random_(seed * 0x9E3779B97F4A7C15ULL + 1), materials_(materials) {
    const cv::Size size = random_.chance(0.7) ? cv::Size(random_.whole(1100, 1700), random_.whole(850, 1200))
                                              : cv::Size(random_.whole(850, 1200), random_.whole(1100, 1700));
    ground_ = ground(size, random_);
    picture_ = ground_.bgr.clone();
    if (random_.chance(0.25)) hairs(picture_, ground_.skin, random_);
    put(first);
    if (random_.chance(0.6)) put_wound();
    for (int more = random_.whole(0, 2); more > 0; --more) put(random_.one_of(kinds()));
    spoil();
  }

  Scene done(std::uint64_t seed) {
    Scene out{seed, {}, {}, {}};
    cv::imencode(".jpg", picture_, out.jpeg, {cv::IMWRITE_JPEG_QUALITY, random_.whole(60, 95)});
    out.picture = cv::imdecode(out.jpeg, cv::IMREAD_COLOR);
    for (const auto& mark : marks_) {
      const cv::Rect whole = cv::boundingRect(mark.outline), box = whole & frame();
      if (box.empty()) continue;
      const bool little = box.area() < (mark.kind == "text" ? kWordLeft : kThingLeft) * whole.area();
      const bool judged = mark.kind == "text" || mark.kind == "label" || mark.kind == "face" || mark.kind == "barcode";
      out.truth.push_back({box,
                           {mark.outline.begin(), mark.outline.end()},
                           little && judged ? mark.kind + "_ignore" : mark.kind,
                           mark.what,
                           mark.text,
                           mark.degrees});
    }
    // What the edge has left without a word names nobody, and there is nothing that could widen to it.
    for (auto& row : out.truth) {
      const auto on_it = [&](const TruthRow& other) {
        return (other.kind == "text" || other.kind == "barcode") &&
               (other.box & row.box).area() >= kOnThing * other.box.area();
      };
      if (row.kind == "label" && std::none_of(out.truth.begin(), out.truth.end(), on_it)) row.kind = "label_ignore";
    }
    return out;
  }

 private:
  cv::Rect frame() const { return {{}, picture_.size()}; }

  bool apart(const cv::Rect& box) const {
    const cv::Rect around = box - cv::Point(kApart, kApart) + cv::Size(2 * kApart, 2 * kApart);
    return std::none_of(taken_.begin(), taken_.end(), [&](const auto& other) { return !(other & around).empty(); });
  }

  bool free(const cv::Rect& box) const { return (box & frame()) == box && apart(box); }

  /// Half in the picture, roughly.
  bool cut_by_the_edge(const cv::Rect& box) const {
    const double inside = (box & frame()).area() / static_cast<double>(box.area());
    return inside > 0.45 && inside < 0.9 && apart(box);
  }

  /// Dark ink on dark skin is nothing that anybody could read.
  bool is_light(const cv::Rect& box) const {
    const auto mean = cv::mean(picture_(box));
    return (mean[0] + mean[1] + mean[2]) / 3 > kLight;
  }

  cv::Point2f anywhere(double margin) {
    return {static_cast<float>(random_.between(margin, 1 - margin) * picture_.cols),
            static_cast<float>(random_.between(margin, 1 - margin) * picture_.rows)};
  }

  /// From one side of the limb to the other.
  bool put_around_limb(const Sprite& sprite) {
    const auto& limb = *ground_.limb;
    const double angle = limb.degrees * CV_PI / 180, height = limb.width * sprite.height() / sprite.width();
    for (int i = 0; i < kPlaces; ++i) {
      const double along = random_.between(-0.35, 0.35) * std::max(picture_.cols, picture_.rows);
      const auto centre = limb.middle + cv::Point2f(static_cast<float>(along * std::cos(angle)),
                                                    static_cast<float>(along * std::sin(angle)));
      const auto quad = quad_at(centre, limb.width, height, limb.degrees + 90 + random_.between(-6, 6), 0, random_);
      if (!free(hull_of(quad))) continue;
      shadow(quad);
      lay(picture_, sprite, quad, marks_);
      taken_.push_back(hull_of(quad));
      return true;
    }
    return false;
  }

  void put(const Kind& kind) {
    const Sprite sprite = kind.make(materials_, random_);
    if (kind.lies == Lies::Around && ground_.limb && random_.chance(0.7) && put_around_limb(sprite)) return;
    const double longer = std::max(sprite.width(), sprite.height()) / double(kFine);
    const double scale =
        std::min(1.3, kind.largest * std::min(picture_.cols, picture_.rows) / longer) * random_.between(0.75, 1.0);
    const double width = sprite.width() * scale / kFine, height = sprite.height() * scale / kFine;
    const bool cut = kind.lies == Lies::OnTop && random_.chance(kCut);
    const bool grouped = kind.lies == Lies::InGroups && random_.chance(kGrouped);
    for (int i = 0; i < kPlaces; ++i) {
      const double degrees = random_.chance(kUpright) ? random_.between(-8, 8) : random_.between(0, 360);
      const auto centre = anywhere(cut ? -0.05 : 0.1);
      const auto quad = quad_at(centre, width, height, degrees, grouped ? 0 : random_.between(0, 0.12), random_);
      const cv::Rect box = hull_of(quad);
      if (cut ? !cut_by_the_edge(box) : !free(box)) continue;
      if (kind.lies == Lies::InIt && !is_light(box)) continue;
      if (kind.lies != Lies::InIt) shadow(quad);
      if (kind.lies == Lies::Hangs) lanyard(quad);
      lay(picture_, sprite, quad, marks_);
      if (grouped) put_beside(kind, quad, degrees, scale);
      taken_.push_back(box);
      return;
    }
  }

  /// Another of the kind, edge to edge with the one that lies there.
  void put_beside(const Kind& kind, const Quad& first, double degrees, double scale) {
    const Sprite sprite = kind.make(materials_, random_);
    const double width = sprite.width() * scale / kFine, height = sprite.height() * scale / kFine;
    const auto side = first[1] - first[0];
    const auto along = side / static_cast<float>(cv::norm(side));
    const auto reach = static_cast<float>(cv::norm(side) / 2 + width / 2 + random_.between(0, 6));
    const auto centre = (first[0] + first[2]) / 2 + along * reach;
    const auto quad = quad_at(centre, width, height, degrees, 0, random_);
    if (!free(hull_of(quad))) return;
    lay(picture_, sprite, quad, marks_);
    taken_.push_back(hull_of(quad));
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

  bool is_skin(const cv::Rect& box) const { return cv::countNonZero(ground_.skin(box)) == box.area(); }

  void put_wound() {
    for (int i = 0; i < kPlaces; ++i) {
      const double radius = random_.between(0.04, 0.13) * std::min(picture_.cols, picture_.rows);
      const auto centre = anywhere(0.1);
      const int reach = static_cast<int>(radius * 1.5);
      const cv::Rect box(static_cast<int>(centre.x) - reach, static_cast<int>(centre.y) - reach, 2 * reach, 2 * reach);
      if (!free(box) || !is_skin(box)) continue;
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
  Ground ground_;
  cv::Mat3b picture_;
  std::vector<Mark> marks_;
  std::vector<cv::Rect> taken_;
};

}  // namespace

Scene make_scene(std::uint64_t seed, const Materials& materials) {
  return make_scene(seed, materials, kinds()[static_cast<std::size_t>(seed % kinds().size())]);
}

Scene make_scene(std::uint64_t seed, const Materials& materials, const Kind& first) {
  return Making(seed, materials, first).done(seed);
}

std::string file_name(std::uint64_t seed) { return "scene_" + std::to_string(seed) + ".jpg"; }

std::string truth_header() { return "file,x,y,w,h,kind,what,outline\n"; }

std::string truth_rows(const Scene& scene) {
  std::ostringstream out;
  if (scene.truth.empty()) out << file_name(scene.seed) << ",,,,,,,\n";
  for (const auto& row : scene.truth) {
    out << file_name(scene.seed) << ',' << row.box.x << ',' << row.box.y << ',' << row.box.width << ','
        << row.box.height << ',' << row.kind << ',' << row.what << ',';
    if (row.kind == "label") {
      for (const auto& point : row.outline) out << point.x << ' ' << point.y << ' ';
    }
    out << '\n';
  }
  return out.str();
}

}  // namespace veilgate::test::scene
