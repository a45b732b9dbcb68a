#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/phi.h"
#include "base/result.h"
#include "config/problem.h"
#include "dicom/dataset.h"

namespace veilgate::deidentify {

/// Identities of one project: the same key gives the same pseudonyms, UIDs and date offsets everywhere.
struct Identity {
  SecretKey key;
  std::string project;
  std::string pseudonym_prefix;
};

/// Identifying values of the input, to be searched for in the output bytes. Never printed.
struct Identifiers {
  struct Value {
    Phi<std::string> text;  ///< UTF-8
    dicom::Tag tag;         ///< where it came from, for the finding's text
  };
  std::vector<Value> values;
};

/// What the pixel steps really did, so that the output's statements are true.
struct PixelFacts {
  bool text_masked = false;   ///< text and barcode detection ran and their regions were masked
  bool faces_masked = false;  ///< face detection ran and its regions were masked
};

/// What was done, PHI-free: counts per action.
struct Report {
  std::map<std::string, int> actions;  ///< "remove" -> 41
};

/// A profile, checked and ready. Immutable, shareable.
class Profile {
 public:
  virtual ~Profile() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& version() const = 0;
  /// SHA-256 over everything that decides the outcome: profile text, its parents, the action table.
  virtual const Sha256& digest() const = 0;

  /// Values of the input that must not appear in the output. Call before apply().
  virtual Identifiers identifiers(const dicom::File& input) const = 0;
  /// The same, and exact about dates: without the identity a date that may be the shifted form of another one of the
  /// object has to be left out. Prefer this one.
  virtual Identifiers identifiers(const dicom::File& input, const Identity& identity) const = 0;
  /// De-identifies the dataset in place, recursively; pixel data is left to the codecs. Errors: Permanent (cannot be
  /// cleaned), Refused.
  virtual Result<Report> apply(dicom::File& file, const Identity& identity) const = 0;
  /// Writes Patient Identity Removed, De-identification Method (+ Code Sequence), Burned In Annotation and Recognizable
  /// Visual Features as far as true. PS3.15 E.1.1, PS3.3 C.7.1.1, C.7.6.1.
  virtual Result<void> stamp(dicom::File& file, const PixelFacts& facts) const = 0;
  /// Attributes of an output that the profile would still remove, empty or replace: places ("(0010,0010)"), no values.
  virtual std::vector<std::string> residue(const dicom::File& output) const = 0;
};

struct LoadedProfile {
  std::shared_ptr<const Profile> profile;  ///< null with problems
  std::vector<config::Problem> problems;
};
/// By built-in name ("research-photo") or path of a YAML file.
LoadedProfile load_profile(const std::string& name_or_path);
/// Names of the profiles inside the program.
std::vector<std::string> built_in_profiles();
/// Runs the profile's `tests:` block; one Problem per failed expectation.
std::vector<config::Problem> run_profile_tests(const std::string& name_or_path);

}  // namespace veilgate::deidentify
