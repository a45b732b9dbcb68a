#include "detect/ensemble.h"

#include <algorithm>
#include <array>
#include <new>
#include <opencv2/core/utility.hpp>

#include "base/limits.h"
#include "detect/contrast.h"
#include "detect/models.h"

namespace veilgate::detect {
namespace {

struct Entry {
  bool config::Detect::*configured;
  bool Wanted::*wanted;
  Result<std::unique_ptr<Detector>> (*make)(const config::Detect&);
};

/// Every detector: a new one is a file under detectors/ and a line here.
constexpr std::array kDetectors{
    Entry{&config::Detect::faces, &Wanted::faces, make_face_detector},
    Entry{&config::Detect::text, &Wanted::text, make_text_detector},
    Entry{&config::Detect::barcodes, &Wanted::barcodes, make_barcode_detector},
};

struct Loaded {
  bool Wanted::*wanted;
  std::unique_ptr<Detector> detector;
};

class RealEnsemble final : public Ensemble {
 public:
  explicit RealEnsemble(std::vector<Loaded> loaded) : loaded_(std::move(loaded)) {}

  Result<std::vector<Region>> detect(const pixel::Frame& frame, const Wanted& wanted, Pass pass) override {
    if (frame.bgr.empty() || frame.bgr.type() != CV_8UC3) {
      return fail(ErrorKind::Permanent, "detect.frame", "the frame is not an 8-bit colour picture");
    }
    try {
      return run(frame, wanted, pass);
    } catch (const std::bad_alloc&) {
      return fail(ErrorKind::Transient, "detect.memory", "not enough memory for detection");
    } catch (const cv::Exception& error) {
      if (error.code == cv::Error::StsNoMem)
        return fail(ErrorKind::Transient, "detect.memory", "not enough memory for detection");
      return fail(ErrorKind::Permanent, "detect.frame", "the frame cannot be searched");
    }
  }

  std::vector<std::string> sources(const Wanted& wanted) const override {
    std::vector<std::string> ids;
    for (const auto& entry : loaded_) {
      if (!(wanted.*entry.wanted)) continue;
      // One text model may be both the one for masking and the one for verification.
      for (auto& id : entry.detector->sources()) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
      }
    }
    return ids;
  }

 private:
  Result<std::vector<Region>> run(const pixel::Frame& frame, const Wanted& wanted, Pass pass) {
    VG_ASSIGN(auto regions, search(frame, wanted, pass));
    if (const cv::Mat clear = stretched(frame.bgr); !clear.empty()) {
      VG_ASSIGN(const auto more, search({clear, frame.index}, wanted, pass));
      regions.insert(regions.end(), more.begin(), more.end());
    }
    if (regions.size() > limits::kMaxRegions) {
      return fail(ErrorKind::Refused, "detect.too_many_regions", "more regions were found than a photograph can have");
    }
    return regions;
  }

  Result<std::vector<Region>> search(const pixel::Frame& frame, const Wanted& wanted, Pass pass) {
    Picture picture(frame);
    std::vector<Region> regions;
    for (const auto& entry : loaded_) {
      if (!(wanted.*entry.wanted)) continue;
      VG_ASSIGN(auto found, entry.detector->detect(picture, pass));
      regions.insert(regions.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    return regions;
  }

  std::vector<Loaded> loaded_;
};

}  // namespace

Result<std::unique_ptr<Ensemble>> Ensemble::create(const config::Detect& config) {
  VG_TRY(require_models(config));
  cv::setNumThreads(1);  // workers are the unit of parallelism, here as in inference
  std::vector<Loaded> loaded;
  for (const auto& entry : kDetectors) {
    if (!(config.*entry.configured)) continue;
    VG_ASSIGN(auto detector, entry.make(config));
    loaded.push_back({entry.wanted, std::move(detector)});
  }
  return std::unique_ptr<Ensemble>(std::make_unique<RealEnsemble>(std::move(loaded)));
}

}  // namespace veilgate::detect
