#include "worker/pixel_looks.h"

namespace veilgate::worker {

// Faces are looked for in the mirrored picture instead of the upright one, which Detect has seen: no face looks the
/// same in both. Around masks only what may stick out from under them is.
Looks looks_for(verify::View view) {
  switch (view) {
    case verify::View::Full:
      return {detect::Pass::Verify, {.faces = false}};
    case verify::View::Mirrored:
      return {detect::Pass::Verify, {.text = false, .barcodes = false}};
    case verify::View::Preview:
      return {detect::Pass::Preview, {}};
    case verify::View::FaceEdge:
      return {detect::Pass::Edge, {.text = false, .barcodes = false}};
    case verify::View::TextEdge:
      return {detect::Pass::Edge, {.faces = false}};
  }
  return {detect::Pass::Verify, {}};
}

verify::DetectView detect_view(detect::Ensemble& ensemble, const detect::Wanted& wanted) {
  return [&ensemble, wanted](const pixel::Frame& frame, verify::View view) {
    const auto [pass, kinds] = looks_for(view);
    const detect::Wanted here{wanted.faces && kinds.faces, wanted.text && kinds.text,
                              wanted.barcodes && kinds.barcodes};
    return ensemble.detect(frame, here, pass);
  };
}

}  // namespace veilgate::worker
