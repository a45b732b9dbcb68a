#include "support/scene/lettering.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <map>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace veilgate::test::scene {
namespace {

class Typeface {
 public:
  explicit Typeface(const std::string& path) {
    static const auto library = [] {
      FT_Library made = nullptr;
      if (FT_Init_FreeType(&made) != 0) throw std::runtime_error("FreeType cannot be started");
      return made;
    }();
    if (FT_New_Face(library, path.c_str(), 0, &face_) != 0) {
      throw std::runtime_error(path + " is missing: run  bash conf/install.sh test");
    }
  }
  Typeface(const Typeface&) = delete;
  Typeface& operator=(const Typeface&) = delete;
  ~Typeface() { FT_Done_Face(face_); }

  void size(int pixels) { FT_Set_Pixel_Sizes(face_, 0, static_cast<FT_UInt>(pixels)); }
  int ascent() const { return static_cast<int>(face_->size->metrics.ascender >> 6); }
  FT_GlyphSlot glyph(char letter) {
    const int flags = FT_LOAD_RENDER | FT_LOAD_NO_HINTING;
    if (FT_Load_Char(face_, static_cast<unsigned char>(letter), flags) != 0) throw std::runtime_error("no such glyph");
    return face_->glyph;
  }

 private:
  FT_Face face_ = nullptr;
};

Typeface& typeface_at(const std::string& path, int size_px) {
  static std::map<std::string, std::unique_ptr<Typeface>> open;
  auto& face = open[path];
  if (!face) face = std::make_unique<Typeface>(path);
  face->size(size_px);
  return *face;
}

/// The ink of one glyph over the picture; where it lies.
cv::Rect ink(cv::Mat3b& image, const FT_Bitmap& bitmap, cv::Point at, const cv::Scalar& colour) {
  const cv::Rect box(at.x, at.y, static_cast<int>(bitmap.width), static_cast<int>(bitmap.rows));
  const cv::Rect inside = box & cv::Rect({}, image.size());
  for (int y = inside.y; y < inside.br().y; ++y) {
    for (int x = inside.x; x < inside.br().x; ++x) {
      const double share = bitmap.buffer[(y - at.y) * bitmap.pitch + (x - at.x)] / 255.0;
      auto& pixel = image(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uchar>(pixel[c] * (1 - share) + colour[c] * share);
    }
  }
  return inside == box ? box : cv::Rect();
}

}  // namespace

const std::vector<std::string>& typefaces(Hand hand) {
  static const std::string kFonts = "/usr/share/fonts/";
  static const std::vector<std::string> printed{kFonts + "truetype/dejavu/DejaVuSans.ttf",
                                                kFonts + "truetype/dejavu/DejaVuSans-Bold.ttf",
                                                kFonts + "truetype/dejavu/DejaVuSansMono.ttf",
                                                kFonts + "truetype/liberation/LiberationSans-Regular.ttf",
                                                kFonts + "truetype/liberation/LiberationSansNarrow-Bold.ttf",
                                                kFonts + "truetype/liberation/LiberationSerif-Regular.ttf",
                                                kFonts + "truetype/liberation/LiberationMono-Bold.ttf"};
  static const std::vector<std::string> written{
      kFonts + "truetype/breip/Breip.ttf", kFonts + "truetype/kristi/Kristi.ttf",
      kFonts + "truetype/fifthhorseman/dkg.ttf", kFonts + "opentype/comic-neue/ComicNeue-Regular.otf"};
  return hand == Hand::Printed ? printed : written;
}

int text_width(const std::string& typeface, const std::string& text, int size_px) {
  auto& face = typeface_at(typeface, size_px);
  int width = 0;
  for (const char letter : text) width += static_cast<int>(face.glyph(letter)->advance.x >> 6);
  return width;
}

std::vector<Word> write(cv::Mat3b& image, const std::string& typeface, const std::string& text, cv::Point at,
                        int size_px, const cv::Scalar& colour) {
  auto& face = typeface_at(typeface, size_px);
  std::vector<Word> words;
  Word word;
  const auto end_word = [&] {
    if (!word.text.empty() && !word.box.empty()) words.push_back(word);
    word = {};
  };
  int x = at.x;
  for (const char letter : text) {
    const auto* glyph = face.glyph(letter);
    if (letter == ' ') {
      end_word();
    } else {
      const cv::Rect box =
          ink(image, glyph->bitmap, {x + glyph->bitmap_left, at.y + face.ascent() - glyph->bitmap_top}, colour);
      word.text += letter;
      if (!box.empty()) word.box = word.box.empty() ? box : word.box | box;
    }
    x += static_cast<int>(glyph->advance.x >> 6);
  }
  end_word();
  return words;
}

}  // namespace veilgate::test::scene
