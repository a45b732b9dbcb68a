#include "deidentify/dictionary.h"
#include "deidentify/identity.h"
#include "deidentify/safe_private.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr dicom::Tag kSopClass{0x0008, 0x0016}, kCharacterSet{0x0008, 0x0005};

struct Path {
  std::vector<dicom::Tag> sequences;
  dicom::Tag last;
  std::string creator;  ///< of a private attribute
};

/// As in rules; the reader refused what is none.
Path parse_path(std::string_view text) {
  constexpr std::uint32_t kFirstBlock = 0x00001000;
  const RuleTarget target = *parse_target(text).target;
  const std::uint32_t tag = target.pattern.value | (target.creator.empty() ? 0 : kFirstBlock);
  return {target.path, unpacked(tag), target.creator};
}

/// The first item of each sequence on the way; nullopt when one is missing and `make` is not set.
std::optional<dicom::Item> follow(dicom::Item item, const Path& path, bool make) {
  for (dicom::Tag tag : path.sequences) {
    const auto sequence = item.find(tag);
    const auto items = sequence ? sequence->items() : std::vector<dicom::Item>();
    if (!items.empty()) {
      item = items.front();
      continue;
    }
    if (!make) return std::nullopt;
    const auto made = item.append_item(tag);
    if (!made) return std::nullopt;
    item = *made;
  }
  return item;
}

/// Problem text, empty when the expectation holds. The words are those of the profiles' documentation.
std::string check(const std::string& wanted, const std::optional<std::string>& got, const std::string& given) {
  const auto say = [&](bool right) {
    if (right) return std::string();
    return "expected " + wanted + ", got " + (got.value_or("").empty() ? "an empty value" : "'" + *got + "'");
  };
  if (wanted == "removed") return say(!got.has_value());
  if (!got) return "expected " + wanted + ", but the attribute is gone";
  if (wanted == "empty") return say(got->empty());
  if (wanted == "kept") return say(*got == given);
  if (wanted == "changed") return say(*got != given && !got->empty());
  if (wanted == "pseudonym") return say(looks_like_pseudonym(*got));
  if (wanted == "uid") return say(looks_mapped(*got) && *got != given);
  if (wanted.starts_with('='))
    return *got == wanted.substr(1)
               ? ""
               : "expected " + wanted.substr(1) + ", got " + (got->empty() ? "an empty value" : *got);
  return "'" + wanted + "' is none of removed, empty, kept, changed, pseudonym, uid, =text";
}

std::string private_vr(const Path& path) {
  const std::string_view known = safe_private_vr(path.creator, path.last);
  return known.empty() ? "LO" : std::string(known);
}

std::string given_for(const ProfileTest& test, const std::string& path) {
  for (const auto& [where, value] : test.given) {
    if (where == path) return value;
  }
  return {};
}

class Run {
 public:
  Run(const Profile& profile, const ProfileSpec& spec, const ProfileTest& test)
      : profile_(profile), spec_(spec), test_(test) {}

  std::vector<config::Problem> problems() {
    dicom::Item dataset = file_.dataset();
    if (auto filled = fill(dataset); !filled) return {problem(filled.error().message)};
    const Identity identity{SecretKey(std::vector<std::uint8_t>(SecretKey::kBytes, 7)), "test", "TEST-"};
    if (auto done = profile_.begin(file_, identity)->apply(file_); !done) return {problem(done.error().message)};
    std::vector<config::Problem> out;
    for (const auto& [path, wanted] : test_.expect) {
      const std::string wrong = check(wanted, value_at(dataset, path), given_for(test_, path));
      if (!wrong.empty()) out.push_back(problem(path + ": " + wrong));
    }
    return out;
  }

 private:
  Result<void> fill(dicom::Item& dataset) const {
    VG_TRY(dataset.set_text(kSopClass, kVlPhotographic));
    VG_TRY(dataset.set_text(kCharacterSet, "ISO_IR 192"));
    for (const auto& [where, value] : test_.given) {
      const Path path = parse_path(where);
      auto item = follow(dataset, path, true);
      if (!item) return fail(ErrorKind::Permanent, "deid.test", where + " cannot be made");
      if (!path.creator.empty()) VG_TRY(item->set_text({path.last.group, 0x0010}, path.creator, "LO"));
      const std::string vr = path.creator.empty() ? vr_of_packed(packed(path.last)) : private_vr(path);
      VG_TRY(value.empty() ? item->set_empty(path.last, vr) : item->set_text(path.last, value, vr));
    }
    return {};
  }

  static std::optional<std::string> value_at(const dicom::Item& dataset, const std::string& where) {
    const Path path = parse_path(where);
    const auto item = follow(dataset, path, false);
    if (!item || !item->contains(path.last)) return std::nullopt;
    return item->text(path.last).reveal();
  }

  config::Problem problem(const std::string& message) const {
    return {spec_.file, test_.line, test_.column, "test '" + test_.name + "': " + message, ""};
  }

  const Profile& profile_;
  const ProfileSpec& spec_;
  const ProfileTest& test_;
  dicom::File file_;
};

}  // namespace

std::vector<config::Problem> run_profile_tests(const std::string& name_or_path) {
  LoadedSpec loaded = load_spec(name_or_path);
  if (!loaded.spec) return std::move(loaded.problems);
  std::vector<config::Problem> out;
  if (auto ready = dicom::init_dicom(); !ready) return {{loaded.spec->file, 0, 0, ready.error().message, ""}};
  const auto profile = load_profile(name_or_path).profile;
  for (const ProfileTest& test : loaded.spec->tests) {
    for (config::Problem& problem : Run(*profile, *loaded.spec, test).problems()) out.push_back(std::move(problem));
  }
  return out;
}

}  // namespace veilgate::deidentify
