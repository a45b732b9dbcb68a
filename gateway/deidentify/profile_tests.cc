#include "deidentify/dictionary.h"
#include "deidentify/identity.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr dicom::Tag kSopClass{0x0008, 0x0016};

dicom::Tag tag_of(std::string_view keyword) {
  const std::uint32_t value = pattern_from(keyword)->value;  // the reader refused unknown ones
  return {static_cast<std::uint16_t>(value >> 16), static_cast<std::uint16_t>(value & 0xFFFF)};
}

struct Path {
  std::vector<dicom::Tag> sequences;
  dicom::Tag last;
};

Path parse_path(std::string_view text) {
  Path out;
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
    out.sequences.push_back(tag_of(text.substr(0, slash)));
    text.remove_prefix(slash + 1);
  }
  out.last = tag_of(text);
  return out;
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
  const auto say = [&](bool right) { return right ? std::string() : "expected " + wanted; };
  if (wanted == "removed") return say(!got.has_value());
  if (!got) return "expected " + wanted + ", but the attribute is gone";
  if (wanted == "empty") return say(got->empty());
  if (wanted == "kept") return say(*got == given);
  if (wanted == "changed") return say(*got != given && !got->empty());
  if (wanted == "pseudonym") return say(looks_like_pseudonym(*got));
  if (wanted == "uid") return say(looks_mapped(*got) && *got != given);
  if (wanted.starts_with('=')) return *got == wanted.substr(1) ? "" : "expected " + wanted.substr(1) + ", got " + *got;
  return "'" + wanted + "' is none of removed, empty, kept, changed, pseudonym, uid, =text";
}

std::string given_for(const ProfileTest& test, const std::string& path) {
  for (const auto& [where, value] : test.given) {
    if (where == path) return value;
  }
  return {};
}

class Run {
 public:
  Run(const ProfileSpec& spec, const ProfileTest& test) : spec_(spec), test_(test), rules_(spec) {}

  std::vector<config::Problem> problems() {
    dicom::Item dataset = file_.dataset();
    if (auto filled = fill(dataset); !filled) return {problem(filled.error().message)};
    const Identity identity{SecretKey(std::vector<std::uint8_t>(SecretKey::kBytes, 7)), "test", "TEST-"};
    if (auto done = transform(rules_, spec_.max_days, dataset, identity); !done) return {problem(done.error().message)};
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
    for (const auto& [where, value] : test_.given) {
      const Path path = parse_path(where);
      auto item = follow(dataset, path, true);
      if (!item) return fail(ErrorKind::Permanent, "deid.test", where + " cannot be made");
      const std::string vr = vr_of_packed(packed(path.last));
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

  const ProfileSpec& spec_;
  const ProfileTest& test_;
  Ruleset rules_;
  dicom::File file_;
};

}  // namespace

std::vector<config::Problem> run_profile_tests(const std::string& name_or_path) {
  LoadedSpec loaded = load_spec(name_or_path);
  if (!loaded.spec) return std::move(loaded.problems);
  std::vector<config::Problem> out;
  if (auto ready = dicom::init_dicom(); !ready) return {{loaded.spec->file, 0, 0, ready.error().message, ""}};
  for (const ProfileTest& test : loaded.spec->tests) {
    for (config::Problem& problem : Run(*loaded.spec, test).problems()) out.push_back(std::move(problem));
  }
  return out;
}

}  // namespace veilgate::deidentify
