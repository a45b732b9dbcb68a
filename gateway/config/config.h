#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "base/types.h"

namespace veilgate::config {

/// Where something stands in the file, 1-based: for checks that other modules make.
struct Place {
  int line = 0, column = 0;
};

/// One peer that may open an Association. Empty `peers` means any address.
struct AllowedPeer {
  AeTitle ae_title = AeTitle::sanitized("");
  std::vector<std::string> peers;  ///< IP addresses or CIDR blocks, IPv4 and IPv6
};

struct Receive {
  AeTitle ae_title = AeTitle::sanitized("VEILGATE");
  std::string bind = "0.0.0.0";
  std::uint16_t port = 11112;
  bool check_called_ae = true;
  bool allow_any_peer = false;  ///< must be said aloud; otherwise `allow` decides and empty means nobody
  std::vector<AllowedPeer> allow;
  int max_associations = 32;
  int max_associations_per_ae = 8;
  int max_associations_per_address = 16;  ///< whatever the peer calls itself
  std::uint64_t max_object_bytes = 2ull << 30;
  int association_timeout_ms = 30'000;  ///< from TCP accept to A-ASSOCIATE-AC
  int idle_timeout_ms = 60'000;         ///< without a byte on an open Association
  int object_timeout_ms = 600'000;      ///< for one C-STORE from command to last byte
  bool accept_unmaskable = true;  ///< transfer syntaxes and classes that cannot be masked yet: true = accept, then hold
};

struct Spool {
  std::filesystem::path path;
  std::uint64_t min_free_bytes = 1ull << 30;  ///< below it C-STORE answers A700
};

enum class PseudonymMethod {
  Hmac,      ///< calculated from the project's key
  Sequence,  ///< the next number, kept in the store
  Lookup,    ///< from a list; who is not in it is held
};
struct Pseudonyms {
  PseudonymMethod method = PseudonymMethod::Hmac;
  std::filesystem::path file;  ///< Lookup: CSV
  Place file_place;
  int width = 6;  ///< Sequence: digits, with leading zeros
};

struct Project {
  std::string name = "default";
  std::filesystem::path key_file;            ///< identities: UIDs, pseudonyms, date offsets
  std::filesystem::path crosswalk_key_file;  ///< seals originals; empty: no crosswalk is kept (offline)
  std::string pseudonym_prefix = "VG-";      ///< of Hmac and Sequence
  Pseudonyms pseudonyms;
  std::map<std::string, std::string> parameters;  ///< what {param:NAME} of profiles stands for
};

struct Workers {
  int count = 0;  ///< 0: one per core
  std::uint64_t memory_limit_bytes = 4ull << 30;
  int cpu_limit_s = 120;   ///< per stage
  int wall_limit_s = 300;  ///< per stage
  int max_attempts = 3;    ///< then quarantine
  int backoff_initial_ms = 1'000;
  int backoff_max_ms = 300'000;
};

/// A model file of the user's own.
struct ModelSource {
  std::string family;
  Place family_place;
  std::filesystem::path file;  ///< absolute, or inside Detect::models
  Sha256 sha256;
  std::string licence;
  std::filesystem::path dictionary;  ///< what a text reader's classes mean; empty: none
  Sha256 dictionary_sha256;
};
/// One entry of detect.ensemble: a built-in model, named by its id alone, or one of the user's own. The rest is as of
/// the built-in model or the family where it is not said.
struct Model {
  std::string id;
  Place place;
  std::optional<ModelSource> own;
  std::optional<double> sure, vote, trusted;  ///< of faces, at a face_threshold of 0.5
  std::optional<int> tiles;                   ///< of faces
};

/// Which text that is found stays visible. A line stays only when each policy named here lets it; with none all is
/// masked.
struct TextPolicy {
  bool identifying = false;  ///< rulers, measures, laterality and the like may stay
  bool known = false;        ///< what matches none of the object's own identifiers may stay
  bool keeps_some() const { return identifying || known; }
  bool operator==(const TextPolicy&) const = default;
};

struct Detect {
  std::filesystem::path models;  ///< folder with the model files
  std::vector<Model> ensemble;   ///< empty: all built-in models
  Place ensemble_place;
  std::filesystem::path runtime;  ///< libonnxruntime.so
  double face_threshold = 0.5;  ///< 0.5: UltraFace .95 or BlazeFace .85 is enough, or three agreeing views over .3/.25;
                                ///< 0.7: .97/.91, .42/.35 (a few small faces fewer, about half the false alarms)
  double text_threshold = 0.3;  ///< of a text pixel; a shape needs 1.5 times that on average
  bool faces = true;
  bool text = true;
  bool barcodes = true;
  bool widen_labels = true;  ///< text and barcodes widen to the label, band or screen they stand on
  TextPolicy text_policy;
  bool text_lines = false;  ///< some route keeps text: lines inside others are told too
  bool eyes = false;        ///< some route masks eyes only: look harder for where they are
};

enum class FaceArea {
  Face,
  WholeHead,  ///< with hair, ears and chin
  Eyes,       ///< a band over the eyes; the whole face where it is not clear where they are
};
enum class FaceShape { Rectangle, Ellipse };
/// What becomes of a face that takes a large part of the picture.
enum class FaceSubject {
  Mask,    ///< as of every other face
  Eyes,    ///< only the eyes are masked
  Review,  ///< masked as every other, and a person must look before the object goes anywhere
};
struct FaceMask {
  FaceArea area = FaceArea::Face;
  FaceShape shape = FaceShape::Rectangle;
  std::optional<double> margin;  ///< instead of Mask::margin
  FaceSubject subject = FaceSubject::Mask;
  double subject_share = 0.25;  ///< of the picture's area, from which a face is the subject
};

enum class MaskStyle { Solid, Pixelate, Blur };
struct Mask {
  MaskStyle style = MaskStyle::Solid;
  double margin = 0.15;  ///< grown by this share of the region's longer side on each side
  int min_margin_px = 4;
  FaceMask faces = {};
};

/// First match wins; an empty list matches everything. Strings allow * and ?. AE titles and attribute values are
/// case-sensitive, modalities are not. An attribute that is absent or empty matches no pattern, not even "*".
struct Match {
  std::vector<std::string> calling_ae, called_ae, peer /* IP or CIDR */, sop_class /* UID or keyword */, modality;
  std::map<std::string, std::vector<std::string>> attributes;  ///< keyword or tag -> patterns on any of its values
};

/// A region that is always masked (fixed) or never without a person (protected) on matching pictures. Coordinates in
/// stored pixels, or shares of width and height (0..1) when `relative`.
struct FixedRegion {
  std::string name;
  bool relative = false;
  double x = 0, y = 0, w = 0, h = 0;
  std::optional<int> rows, columns;  ///< only on pictures of this size
  std::optional<Match> match;        ///< only on objects like this, as they were received
  Place place;
};

enum class ReviewPolicy {
  Automatic,     ///< clean outputs are released, findings are held for one approval
  One,           ///< one approval
  Two,           ///< approvals by two different people
  HoldFindings,  ///< clean outputs are released, findings stay held: reject or requeue only
};

struct Route {
  std::string name;
  Place place;
  Match match;
  std::string profile = "research-photo";  ///< built-in name or path
  std::vector<std::string> destinations;
  ReviewPolicy review = ReviewPolicy::Automatic;
  Mask mask;
  bool detect_faces = true, detect_text = true, detect_barcodes = true;
  bool widen_labels = true;
  TextPolicy text_policy;
  std::vector<FixedRegion> fixed_regions;
  /// What must stay visible: an object with a mask on one of them is released by a person only, as it was masked.
  std::vector<FixedRegion> protected_regions;
};

struct DimseDestination {
  std::string host;
  std::uint16_t port = 104;
  AeTitle called_ae = AeTitle::sanitized("");
  AeTitle calling_ae = AeTitle::sanitized("");  ///< default: receive.ae_title
  int connect_timeout_ms = 10'000;
  int response_timeout_ms = 60'000;
};
struct FolderDestination {
  std::filesystem::path path;
};
struct Destination {
  std::string name;
  std::variant<DimseDestination, FolderDestination> where;
};

/// One of the configuration's own tests: an object like this must take that route.
struct RouteTest {
  std::string name;
  Place place;
  std::string calling_ae, called_ae, peer, sop_class /* UID or keyword */, modality;
  std::map<std::string, std::vector<std::string>> attributes;  ///< keyword or tag -> values
  std::string expected_route;                                  ///< empty: no route, held
};

/// A word that only the dicom module can judge; route::check() does.
struct DicomWord {
  enum class Kind { SopClass, Attribute };
  Kind kind = Kind::SopClass;
  std::string text;
  Place place;
};

/// A whole configuration, checked: names resolve, numbers are in range, paths are absolute (relative ones are
/// read from the configuration file's folder).
struct Config {
  std::filesystem::path file;
  std::string shown_file;  ///< as it was given: what problems name
  Sha256 digest;           ///< of the file's bytes, for the audit
  Receive receive;
  Spool spool;
  std::filesystem::path store_file;  ///< SQLite database
  Project project;
  Workers workers;
  Detect detect;
  std::string log_level = "info";
  std::vector<Route> routes;
  std::vector<Destination> destinations;
  std::vector<RouteTest> tests;
  std::vector<DicomWord> dicom_words;

  const Route* route(std::string_view name) const;
  const Destination* destination(std::string_view name) const;
};

}  // namespace veilgate::config
