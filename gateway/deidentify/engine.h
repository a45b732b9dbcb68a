#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/phi.h"
#include "base/result.h"
#include "config/problem.h"
#include "dicom/dataset.h"

namespace veilgate::deidentify {

struct KnownPeople;  // text/text_cleaner.h

/// Identities of one project: the same key gives the same pseudonyms, UIDs and date offsets everywhere.
struct Identity {
  SecretKey key;
  std::string project;
  std::string pseudonym_prefix;
  std::map<std::string, std::string> parameters = {};  ///< what the profile's {param:NAME} stand for in this project
  /// Of the object's patient, from a sequence or a lookup list; none: by HMAC of the key.
  std::optional<std::string> assigned_pseudonym = std::nullopt;
  /// What earlier objects told of the object's patient, for cleaning free text. May be null.
  std::shared_ptr<const KnownPeople> known = nullptr;
};

/// Whom an object is about.
struct Subject {
  Sha256 token;  ///< keyed: the same for the same patient of the same project, and says nothing without the key
  std::string pseudonym;
  Phi<std::string> patient_id, issuer, patient_name, birth_date;  ///< UTF-8; empty where the object has none
};
Subject subject_of(const dicom::File& input, const Identity& identity);

/// Identifying values of the input, to be searched for in the output bytes. Never printed.
struct Identifiers {
  struct Value {
    Phi<std::string> text;  ///< UTF-8
    dicom::Tag tag;         ///< where it came from, for the finding's text
  };
  std::vector<Value> values;
  bool complete = true;  ///< false: more than a limit of values; the output cannot be proven clean
};

/// What the pixel steps really did, so that the output's statements are true.
struct PixelFacts {
  bool text_masked = false;   ///< text and barcode detection ran and their regions were masked
  bool faces_masked = false;  ///< face detection ran and its regions were masked
  bool changed = false;       ///< at least one pixel was covered
  /// Term of Lossy Image Compression Method for the compression in which the pixels arrived; empty when lossless.
  std::string_view lossy_method = {};
  double lossy_ratio = 0;      ///< of that compression
  bool made_lossless = false;  ///< decoded and stored anew without loss
  /// Decoded and compressed with loss again: as lossy_method and lossy_ratio, which came before. Empty: it was not.
  std::string_view recompressed_method = {};
  double recompressed_ratio = 0;
};

/// What was done, PHI-free: counts per action.
struct Report {
  std::map<std::string, int> actions;  ///< "remove" -> 41
};

/// One attribute's fate.
struct Explained {
  std::string path;     ///< "(0008,1140)[1].(0008,1155)"
  std::string keyword;  ///< empty when unknown
  std::string vr, action;
  std::string source;              ///< "rule basic.yaml:73", "table (0010,0030) Z", "dates: shift"
  bool changed = false;            ///< a sequence: also when only something in it is
  Phi<std::string> before, after;  ///< UTF-8; empty for sequences and bytes, and `after` when removed
};

/// One object's cleaning. What has to be known of the received object is taken when it begins. Not thread-safe.
class Cleaning {
 public:
  virtual ~Cleaning() = default;
  virtual const Subject& subject() const = 0;
  /// Values of the received object that must not appear in the output.
  virtual const Identifiers& identifiers() const = 0;
  /// De-identifies the dataset in place, recursively; pixel data is left to the codecs. Errors: Permanent (cannot be
  /// cleaned), Refused.
  virtual Result<Report> apply(dicom::File& file) const = 0;
  /// What apply() does, attribute by attribute; works on the file as apply() does.
  virtual Result<std::vector<Explained>> explain(dicom::File& file) const = 0;
  /// Attributes of an output that the profile would still remove, empty or replace: places ("(0010,0010)"), no values.
  virtual std::vector<std::string> residue(const dicom::File& output) const = 0;
};

/// A profile, checked and ready. Immutable, shareable.
class Profile {
 public:
  virtual ~Profile() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& version() const = 0;
  virtual const std::string& description() const = 0;
  /// Names that {param:NAME} may have, with their defaults.
  virtual const std::map<std::string, std::string>& parameters() const = 0;
  /// SHA-256 over everything that decides the outcome: profile text, its parents, the action table.
  virtual const Sha256& digest() const = 0;

  /// Whether private attributes may stand in outputs: the option Retain Safe Private, or rules for them.
  virtual bool keeps_private() const = 0;
  /// `input` as received; it may be changed or closed afterwards.
  virtual std::unique_ptr<const Cleaning> begin(const dicom::File& input, const Identity& identity) const = 0;
  /// Writes Patient Identity Removed, De-identification Method (+ Code Sequence), Burned In Annotation and Recognizable
  /// Visual Features as far as true. PS3.15 E.1.1, PS3.3 C.7.1.1, C.7.6.1.
  virtual Result<void> stamp(dicom::File& file, const PixelFacts& facts) const = 0;
};

struct LoadedProfile {
  std::shared_ptr<const Profile> profile;  ///< null with problems
  std::vector<config::Problem> problems;
};
/// By built-in name ("research-photo") or path of a YAML file.
LoadedProfile load_profile(const std::string& name_or_path);
/// Says so, with the nearest, when this is neither a built-in name nor a path; else without a message.
config::Problem unknown_profile(const std::string& name);
/// Rules that can never act, because the profile removes a sequence that their path leads through.
std::vector<config::Problem> profile_warnings(const std::string& name_or_path);
/// Names of the profiles inside the program.
std::vector<std::string> built_in_profiles();
/// Runs the profile's `tests:` block; one Problem per failed expectation.
std::vector<config::Problem> run_profile_tests(const std::string& name_or_path);

}  // namespace veilgate::deidentify
