#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/face_scores.h"

namespace veilgate::detect {

/// What a model is for.
enum class ModelRole {
  Face,
  TextFinder,  ///< draws where text is
  TextReader,  ///< reads one line
};
std::string_view to_string(ModelRole role);  // "face", "text finder", "text reader"

struct FaceFamily;
class Session;

/// Networks that are fed and read the same way, whatever their weights.
struct Family {
  std::string_view name;  ///< as the configuration says it
  ModelRole role = ModelRole::Face;
  const FaceFamily* face = nullptr;           ///< of faces
  Result<void> (*prove)(Session&) = nullptr;  ///< of text: runs once on a blank input; error: not of this family
  FaceScores scores = {};                     ///< of faces: where the configuration says none
  int tiles = 1;                              ///< of faces: looks at 1 x 1 to tiles x tiles pieces of the picture
};

/// Every family: a new one is a file under families/ and a line in family.cc.
std::span<const Family* const> families();
/// nullptr when none has this name.
const Family* find_family(std::string_view name);
std::vector<std::string> family_names();

extern const Family kUltraFace, kBlazeFace, kYuNet, kScrfd, kRetinaFace, kPpOcrDet, kPpOcrRec;

}  // namespace veilgate::detect
