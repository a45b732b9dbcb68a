#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/program.h"
#include "config/load.h"

namespace veilgate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class ConfigLoad : public ::testing::Test {
 protected:
  ConfigLoad() {
    std::string name = (fs::temp_directory_path() / "veilgate_config_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ConfigLoad() override { fs::remove_all(folder_); }

  Loaded load_text(const std::string& text) const {
    std::ofstream(folder_ / "g.yaml") << text;
    return load(folder_ / "g.yaml");
  }
  // "LINE:COLUMN: message (hint)"
  std::vector<std::string> problems(const std::string& text) const {
    std::vector<std::string> out;
    for (const Problem& problem : load_text(text).problems) {
      out.push_back(to_string(problem).substr((folder_ / "g.yaml").string().size() + 1));
    }
    return out;
  }
  fs::path folder_;
};

constexpr const char* kHead =
    "version: 1\n"
    "data_dir: data\n"
    "receive: {allow_any_peer: true, bind: 127.0.0.1}\n";
constexpr const char* kDestinations = "destinations: [{name: pacs, type: folder, path: out}]\n";
constexpr const char* kRoutes = "routes: [{name: all, destinations: pacs}]\n";

std::string whole(const std::string& more) { return std::string(kHead) + kDestinations + kRoutes + more; }

TEST_F(ConfigLoad, ReadsTextPoliciesOfRoutesAndTheirDefault) {
  const auto policies = [&](const std::string& detect, const std::string& route) {
    return load_text(std::string(kHead) + kDestinations + "detect: {" + detect +
                     "}\nroutes: [{name: all, destinations: " + "pacs, detect: {" + route + "}}]\n");
  };
  const auto plain = policies("", "");
  EXPECT_FALSE(plain.config.routes.at(0).text_policy.keeps_some());
  EXPECT_FALSE(plain.config.detect.text_lines);
  const auto given = policies("text_policy: identifying", "");
  EXPECT_EQ(given.config.routes.at(0).text_policy, (TextPolicy{true, false}));
  EXPECT_TRUE(given.config.detect.text_lines);
  const auto own = policies("text_policy: identifying", "text_policy: [known, identifying]");
  EXPECT_EQ(own.config.routes.at(0).text_policy, (TextPolicy{true, true}));
  const auto strict = policies("text_policy: known", "text_policy: all");
  EXPECT_FALSE(strict.config.routes.at(0).text_policy.keeps_some());
  for (const char* wrong : {"text_policy: none", "text_policy: [all, known]", "text_policy: []"}) {
    EXPECT_FALSE(policies("", wrong).problems.empty()) << wrong;
  }
}

TEST_F(ConfigLoad, KnowsWaysToMakePseudonyms) {
  const Config plain = load_text(whole("")).config;
  EXPECT_EQ(plain.project.pseudonyms.method, PseudonymMethod::Hmac);
  EXPECT_EQ(plain.project.pseudonym_prefix, "VG-");
  EXPECT_EQ(plain.project.crosswalk_key_file, folder_ / "data/keys/crosswalk.key");
  const Loaded sequence =
      load_text(whole("project: {crosswalk_key_file: /k/c.key, pseudonyms: {method: sequence, prefix: S1-, width: 4}, "
                      "parameters: {site: "
                      "Site 12, x: ''}}\n"));
  EXPECT_THAT(sequence.problems, IsEmpty());
  EXPECT_EQ(sequence.config.project.pseudonyms.method, PseudonymMethod::Sequence);
  EXPECT_EQ(sequence.config.project.pseudonyms.width, 4);
  EXPECT_EQ(sequence.config.project.pseudonym_prefix, "S1-");
  EXPECT_EQ(sequence.config.project.crosswalk_key_file, "/k/c.key");
  EXPECT_EQ(sequence.config.project.parameters.at("site"), "Site 12");
  const Loaded lookup = load_text(whole("project: {pseudonyms: {method: lookup, file: l.csv}}\n"));
  EXPECT_THAT(lookup.problems, IsEmpty());
  EXPECT_EQ(lookup.config.project.pseudonyms.method, PseudonymMethod::Lookup);
  EXPECT_EQ(lookup.config.project.pseudonyms.file, folder_ / "l.csv");
}

TEST_F(ConfigLoad, FillsDefaultsAndResolvesPathsAtItsFolder) {
  const Loaded loaded = load_text(whole(""));
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Config& config = loaded.config;
  EXPECT_EQ(config.receive.ae_title.str(), "VEILGATE");
  EXPECT_EQ(config.receive.port, 11112);
  EXPECT_EQ(config.spool.path, folder_ / "data/spool");
  EXPECT_EQ(config.store_file, folder_ / "data/store/veilgate.sqlite");
  EXPECT_EQ(config.project.key_file, folder_ / "data/keys/project.key");
  EXPECT_EQ(config.file, folder_ / "g.yaml");
  EXPECT_NE(config.digest, Sha256());
  EXPECT_EQ(std::get<FolderDestination>(config.destination("pacs")->where).path, folder_ / "out");
  EXPECT_EQ(config.route("all")->review, ReviewPolicy::Automatic);
  EXPECT_EQ(config.route("none"), nullptr);
}

TEST_F(ConfigLoad, ModelsAreFoundBesideTheConfigurationFirst) {
  fs::create_directories(folder_ / "conf");
  fs::create_directories(folder_ / ".deps/models");
  fs::create_directories(folder_ / ".deps/onnxruntime/lib");
  std::ofstream(folder_ / ".deps/onnxruntime/lib/libonnxruntime.so") << "x";
  std::ofstream(folder_ / "conf/g.yaml") << whole("");
  const auto beside = load(folder_ / "conf/g.yaml").config.detect;
  EXPECT_EQ(beside.models, folder_ / ".deps/models");
  EXPECT_EQ(beside.runtime, folder_ / ".deps/onnxruntime/lib/libonnxruntime.so");
  const auto elsewhere = load_text(whole("")).config.detect;
  const auto built_in = fs::path(own_program()).parent_path().parent_path().parent_path() / ".deps";
  EXPECT_EQ(elsewhere.models, fs::exists(built_in / "models") ? built_in / "models" : "/usr/share/veilgate/models");
  EXPECT_EQ(elsewhere.runtime, fs::exists(built_in / "onnxruntime/lib/libonnxruntime.so")
                                   ? built_in / "onnxruntime/lib/libonnxruntime.so"
                                   : "/usr/share/veilgate/libonnxruntime.so");
}

TEST_F(ConfigLoad, ReadsWhatBecomesOfFaces) {
  const auto faces_of = [&](const std::string& mask) {
    return load_text(std::string(kHead) + kDestinations + "routes: [{name: all, destinations: pacs" + mask + "}]\n");
  };
  const auto plain = faces_of("");
  EXPECT_THAT(plain.problems, IsEmpty());
  const FaceMask& usual = plain.config.routes.at(0).mask.faces;
  EXPECT_EQ(usual.area, FaceArea::Face);
  EXPECT_EQ(usual.shape, FaceShape::Rectangle);
  EXPECT_EQ(usual.subject, FaceSubject::Mask);
  EXPECT_FALSE(usual.margin);
  EXPECT_FALSE(plain.config.detect.eyes);
  const auto chosen =
      faces_of(", mask: {faces: {area: whole_head, shape: ellipse, margin: 0.3, subject: eyes, subject_share: 0.4}}");
  EXPECT_THAT(chosen.problems, IsEmpty());
  const FaceMask& faces = chosen.config.routes.at(0).mask.faces;
  EXPECT_EQ(faces.area, FaceArea::WholeHead);
  EXPECT_EQ(faces.shape, FaceShape::Ellipse);
  EXPECT_EQ(faces.margin, 0.3);
  EXPECT_EQ(faces.subject, FaceSubject::Eyes);
  EXPECT_EQ(faces.subject_share, 0.4);
  EXPECT_TRUE(chosen.config.detect.eyes);
}

TEST_F(ConfigLoad, ReadsEveryKey) {
  const Loaded loaded = load_text(R"(
version: 1
spool: {path: /s, min_free: 5 GiB}
store: {file: /d/v.sqlite}
project: {name: p1, key_file: /k/p.key, pseudonym_prefix: X_}
receive:
  ae_title: GATE
  bind: "::1"
  port: 104
  check_called_ae: false
  allow: [{ae_title: CAM 1, peers: [10.0.0.0/8, "fd00::/8"]}, {ae_title: APP}]
  max_associations: 4
  max_associations_per_ae: 2
  max_associations_per_address: 3
  max_object_size: 64 MiB
  association_timeout: 5s
  idle_timeout: 2m
  object_timeout: 1h
  accept_unmaskable: false
workers: {count: 3, memory_limit: 1 GiB, cpu_limit: 9s, wall_limit: 10s, max_attempts: 5, backoff_initial: 10ms, backoff_max: 2s}
detect: {models: m, runtime: /r.so, face_threshold: 0.4, text_threshold: 0.2, faces: true, text: true, barcodes: false}
log: {level: warn}
destinations:
  - {name: far, type: dimse, host: pacs.example.org, port: 4242, called_ae: FAR, calling_ae: ME, connect_timeout: 1s, response_timeout: 2s}
  - {name: near, type: dimse, host: "::1", called_ae: NEAR}
routes:
  - name: r
    match:
      calling_ae: CAM*
      called_ae: [GATE]
      peer: 10.0.0.0/8
      sop_class: VLPhotographicImageStorage
      modality: [XC, es]
      attributes: {StationName: [a, b], '0008,1040': c}
    profile: own.yaml
    destinations: [far, near]
    review: two
    mask: {style: blur, margin: 0.5, min_margin_px: 9}
    detect: {faces: false}
    fixed_regions: [{name: logo, x: 1, y: 2, w: 3, h: 4, rows: 10, columns: 20}]
tests:
  - given: {calling_ae: CAM1, attributes: {StationName: [a, b]}}
    expect: {route: held}
)");
  ASSERT_THAT(loaded.problems, IsEmpty());
  const Config& config = loaded.config;
  EXPECT_EQ(config.spool.min_free_bytes, 5ull << 30);
  EXPECT_EQ(config.project.pseudonym_prefix, "X_");
  EXPECT_EQ(config.receive.bind, "::1");
  EXPECT_FALSE(config.receive.check_called_ae);
  ASSERT_EQ(config.receive.allow.size(), 2u);
  EXPECT_EQ(config.receive.allow[0].ae_title.str(), "CAM 1");
  EXPECT_THAT(config.receive.allow[0].peers, ElementsAre("10.0.0.0/8", "fd00::/8"));
  EXPECT_THAT(config.receive.allow[1].peers, IsEmpty());
  EXPECT_EQ(config.receive.max_associations_per_address, 3);
  EXPECT_EQ(config.receive.max_object_bytes, 64ull << 20);
  EXPECT_EQ(config.receive.idle_timeout_ms, 120'000);
  EXPECT_EQ(config.workers.cpu_limit_s, 9);
  EXPECT_EQ(config.workers.backoff_initial_ms, 10);
  EXPECT_EQ(config.detect.models, folder_ / "m");
  EXPECT_EQ(config.log_level, "warn");
  const auto& far = std::get<DimseDestination>(config.destination("far")->where);
  EXPECT_EQ(far.calling_ae.str(), "ME");
  EXPECT_EQ(far.response_timeout_ms, 2000);
  EXPECT_EQ(std::get<DimseDestination>(config.destination("near")->where).calling_ae.str(), "GATE");
  const Route& route = config.routes.at(0);
  EXPECT_EQ(route.profile, (folder_ / "own.yaml").string());
  EXPECT_EQ(route.review, ReviewPolicy::Two);
  EXPECT_EQ(route.mask.style, MaskStyle::Blur);
  EXPECT_FALSE(route.detect_faces);
  EXPECT_TRUE(route.detect_text);
  EXPECT_FALSE(route.detect_barcodes);
  EXPECT_EQ(route.fixed_regions.at(0).columns, 20);
  EXPECT_THAT(route.match.attributes.at("StationName"), ElementsAre("a", "b"));
  EXPECT_EQ(config.dicom_words.size(), 4u);
  EXPECT_EQ(config.tests.at(0).expected_route, "");
}

TEST_F(ConfigLoad, ReportsAllMistakesAtOnceInFileOrder) {
  EXPECT_THAT(problems("version: 2\n"
                       "data_dir: ~/data\n"
                       "recieve: {}\n"
                       "receive:\n"
                       "  ae_title: THIS_TITLE_IS_TOO_LONG\n"
                       "  bind: localhost\n"
                       "  port: 0\n"
                       "  max_asociations: 3\n"
                       "  idle_timeout: 30\n"
                       "log: {level: inof}\n"
                       "destinations:\n"
                       "  - name: pacs\n"
                       "    type: dimse\n"
                       "    host: 'h:104'\n"
                       "    called_ae: A\n"
                       "routes:\n"
                       "  - name: all\n"
                       "    destinations: [pcas]\n"),
              ElementsAre("1:10: 'version' must be 1, not '2'",
                          "2:11: 'data_dir': ~ and $ are not expanded (write the whole path)",
                          "3:1: unknown key 'recieve' (did you mean 'receive'?)",
                          "5:3: nobody may send: 'allow' is empty (list the AE titles that may send, or write "
                          "'allow_any_peer: true')",
                          "5:13: 'ae_title' must be an AE title (1 to 16 printable characters, no backslash, no outer "
                          "spaces)",
                          "6:9: 'bind' must be an IP address of this host (0.0.0.0 for all, 127.0.0.1 for this host "
                          "only)",
                          "7:9: 'port' must be between 1 and 65535, not '0'",
                          "8:3: unknown key 'max_asociations' (did you mean 'max_associations'?)",
                          "9:17: 'idle_timeout' must be a duration, not '30' (like 250ms, 30s, 5m or 2h)",
                          "10:14: 'level' must be one of debug, info, warn, error, not 'inof' (did you mean 'info'?)",
                          "14:11: 'host' must be a host name or an IP address (the port has a key of its own: 'port')",
                          "18:19: there is no destination 'pcas' (did you mean 'pacs'?)"));
}

struct Bad {
  const char* text;     // appended to, or when it starts with "version", instead of a good configuration
  const char* problem;  // the only one
};
class OneMistake : public ConfigLoad, public ::testing::WithParamInterface<Bad> {};

TEST_P(OneMistake, IsTheOnlyProblem) {
  const std::string text = GetParam().text;
  EXPECT_THAT(problems(text.starts_with("version") ? text : whole(text)), ElementsAre(GetParam().problem));
}

#define RECEIVE(x)                        \
  "version: 1\ndata_dir: d\nreceive:\n" x \
  "destinations: [{name: pacs, type: folder, path: out}]\nroutes: [{name: all, destinations: pacs}]\n"
#define DESTINATIONS(x)                                                         \
  "version: 1\ndata_dir: d\nreceive: {allow_any_peer: true}\ndestinations:\n" x \
  "routes: [{name: all, destinations: pacs}]\n"
#define ROUTES(x)                                                                                              \
  "version: 1\ndata_dir: d\nreceive: {allow_any_peer: true}\ndestinations: [{name: pacs, type: folder, path: " \
  "out}]\nroutes:\n" x

INSTANTIATE_TEST_SUITE_P(
    Receive, OneMistake,
    ::testing::Values(
        Bad{RECEIVE("  allow: []\n"),
            "4:3: nobody may send: 'allow' is empty (list the AE titles that may send, or write 'allow_any_peer: "
            "true')"},
        Bad{RECEIVE("  allow_any_peer: true\n  allow: [{ae_title: A}]\n"),
            "5:3: 'allow' has no effect with 'allow_any_peer: true' (keep one of the two)"},
        Bad{RECEIVE("  allow_any_peer: yes\n  allow: [{ae_title: A}]\n"),
            "4:19: 'allow_any_peer' must be true or false, not 'yes' (write true)"},
        Bad{RECEIVE("  allow: [{peers: 10.0.0.1}]\n"), "4:11: missing key 'ae_title'"},
        Bad{RECEIVE("  allow: [{ae_title: A, peers: 10.0.0.256}]\n"),
            "4:32: 'peers' must hold IP addresses or CIDR blocks: not an IPv4 or IPv6 address (like 192.0.2.7, "
            "192.0.2.0/24 or 2001:db8::/32)"},
        Bad{RECEIVE("  allow: [{ae_title: A, peers: 10.0.0.0/33}]\n"),
            "4:32: 'peers' must hold IP addresses or CIDR blocks: the number after / is not a prefix length of this "
            "address (like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32)"},
        Bad{RECEIVE("  allow: [{ae_title: A, peers: 10.1.2.3/8}]\n"),
            "4:32: 'peers': the address has bits behind its prefix length (did you mean '10.0.0.0/8'?)"},
        Bad{RECEIVE("  allow: [{ae_title: A, peers: []}]\n"),
            "4:32: 'peers' is empty (remove the key to allow any address)"},
        Bad{RECEIVE("  allow: [{ae_title: A}, {ae_title: A}]\n"),
            "4:37: AE title 'A' is allowed twice (add the addresses to line 4)"},
        Bad{RECEIVE("  allow: [{ae_title: A, peer: 10.0.0.1}]\n"), "4:25: unknown key 'peer' (did you mean 'peers'?)"},
        Bad{RECEIVE("  allow: [{ae_title: 'A '}]\n"),
            "4:22: 'ae_title' must be an AE title (1 to 16 printable characters, no backslash, no outer spaces)"},
        Bad{RECEIVE("  allow_any_peer: true\n  max_associations: 4\n  max_associations_per_ae: 5\n"),
            "6:28: 'max_associations_per_ae' is more than 'max_associations'"},
        Bad{RECEIVE("  allow_any_peer: true\n  max_associations: 4\n  max_associations_per_address: 5\n"),
            "6:33: 'max_associations_per_address' is more than 'max_associations'"},
        Bad{RECEIVE("  allow_any_peer: true\n  max_object_size: 5 GiB\n"),
            "5:20: 'max_object_size' must be between 1 MiB and 4 GiB"},
        Bad{RECEIVE("  allow_any_peer: true\n  idle_timeout: 2h\n"), "5:17: 'idle_timeout' must be between 1s and 1h"},
        Bad{"version: 1\ndata_dir: d\ndestinations: [{name: pacs, type: folder, path: out}]\nroutes: [{name: all, "
            "destinations: pacs}]\n",
            "1:1: missing key 'receive'"}));

INSTANTIATE_TEST_SUITE_P(
    Sections, OneMistake,
    ::testing::Values(
        Bad{"workers: {count: -1}\n", "6:18: 'count' must be between 0 and 256, not '-1'"},
        Bad{"workers: {cpu_limit: 1500ms}\n", "6:22: 'cpu_limit' must be whole seconds"},
        Bad{"workers: {backoff_initial: 10s, backoff_max: 5s}\n", "6:46: 'backoff_max' is less than 'backoff_initial'"},
        Bad{"workers: {memory_limit: 1 KiB}\n", "6:25: 'memory_limit' must be between 256 MiB and 1024 GiB"},
        Bad{"workers: 4\n", "6:10: 'workers' must be a map of keys and values"},
        Bad{"workers:\n", "6:1: 'workers' has no value (remove the key or give it a value)"},
        Bad{"workers: {count: 08}\n",
            "6:18: 'count' must be a whole number, not '08' (decimal digits, no leading zero, no unit)"},
        Bad{"detect: {face_threshold: 1.5}\n", "6:26: 'face_threshold' must be between 0.01 and 0.99, not '1.5'"},
        Bad{"detect: {models: ''}\n", "6:18: 'models' must be a path"},
        Bad{"spool: {path: $HOME/s}\n", "6:15: 'path': ~ and $ are not expanded (write the whole path)"},
        Bad{"project: {name: a b}\n",
            "6:17: 'name' is not a usable name (1 to 64 letters, digits, '-', '_' and '.', first a letter or digit)"},
        Bad{"project: {pseudonym_prefix: 'A^B'}\n",
            "6:29: 'pseudonym_prefix' cannot start a Patient ID (up to 16 letters, digits, '-', '_' and '.')"},
        Bad{"project: {pseudonyms: {prefix: 'A^B'}}\n",
            "6:32: 'prefix' cannot start a Patient ID (up to 16 letters, digits, '-', '_' and '.')"},
        Bad{"project: {pseudonym_prefix: A, pseudonyms: {prefix: B}}\n",
            "6:29: 'pseudonym_prefix' is 'prefix' of 'pseudonyms' (give it there)"},
        Bad{"project: {pseudonyms: {method: lokup, file: l.csv}}\n",
            "6:32: 'method' must be one of hmac, sequence, lookup, not 'lokup' (did you mean 'lookup'?)"},
        Bad{"project: {pseudonyms: {method: lookup}}\n",
            "6:32: method lookup needs 'file' (a CSV with patient_id,pseudonym)"},
        Bad{"project: {pseudonyms: {method: sequence, file: l.csv}}\n", "6:48: 'file' is for method lookup only"},
        Bad{"project: {pseudonyms: {width: 4}}\n", "6:31: 'width' is for method sequence only"},
        Bad{"project: {pseudonyms: {method: sequence, width: 0}}\n", "6:49: 'width' must be between 1 and 18, not '0'"},
        Bad{"project: {pseudonyms: {methd: hmac}}\n", "6:24: unknown key 'methd' (did you mean 'method'?)"},
        Bad{"project: {parameters: [a]}\n", "6:23: 'parameters' must be a map of names and texts"},
        Bad{"project: {parameters: {site: {a: b}}}\n", "6:30: 'site' must be a single text"},
        Bad{"project: {parameters: {'a b': x}}\n",
            "6:24: 'a b' cannot be a parameter's name (letters, digits, '-' and '_')"},
        Bad{"project: {parameters: {site: 'a\\b'}}\n",
            "6:30: 'site' cannot be part of a value (one line, no backslash, up to 1024 bytes)"},
        Bad{"project: {password: x}\n", "6:11: unknown key 'password'"},
        Bad{"data_dir: other\n", "6:1: key 'data_dir' is given twice (first given on line 2)"},
        Bad{"route: []\n", "6:1: unknown key 'route' (did you mean 'routes'?)"},
        Bad{"version: 1\nreceive: {allow_any_peer: true}\nspool: {path: s}\ndestinations: [{name: pacs, type: folder, "
            "path: "
            "out}]\nroutes: [{name: all, destinations: pacs}]\n",
            "1:1: missing key 'data_dir' (or give all of spool.path, store.file and project.key_file)"},
        Bad{"version: [1\n", "2:1: not valid YAML: end of sequence flow not found"}));

INSTANTIATE_TEST_SUITE_P(
    Destinations, OneMistake,
    ::testing::Values(
        Bad{DESTINATIONS("  - {name: pacs, type: dicom, host: h}\n"),
            "5:24: 'type' must be one of dimse, folder, not 'dicom'"},
        Bad{DESTINATIONS("  - {name: pacs, type: folder, path: out, host: h}\n"), "5:43: unknown key 'host'"},
        Bad{DESTINATIONS("  - {name: pacs}\n"), "5:5: missing key 'type'"},
        Bad{DESTINATIONS("  - {name: pacs, type: folder, path: d/spool/out}\n"),
            "5:38: a destination must not lie in the spool (what leaves the gateway goes to a folder of its own)"},
        Bad{DESTINATIONS("  - {name: pacs, type: folder, path: x/../d}\n"),
            "5:38: a destination must not hold the spool, the store or the key (what leaves the gateway goes to a "
            "folder "
            "of its own)"},
        Bad{DESTINATIONS("  - {name: pacs, type: dimse, called_ae: A}\n"), "5:5: missing key 'host'"},
        Bad{DESTINATIONS("  - {name: pacs, type: dimse, host: h}\n"), "5:5: missing key 'called_ae'"},
        Bad{DESTINATIONS("  - {name: pacs, type: dimse, host: h, called_ae: A, port: 65536}\n"),
            "5:60: 'port' must be between 1 and 65535, not '65536'"},
        Bad{DESTINATIONS("  - {name: pacs, type: folder, path: o}\n  - {name: pacs, type: folder, path: p}\n"),
            "6:12: a second destination is named 'pacs'"}));

INSTANTIATE_TEST_SUITE_P(
    Routes, OneMistake,
    ::testing::Values(
        Bad{ROUTES("  []\n"), "6:3: without routes every object is held (add a route)"},
        Bad{ROUTES("  - {name: a, destinations: []}\n"),
            "6:29: a route without destinations (name at least one of 'destinations')"},
        Bad{ROUTES("  - {name: a}\n"), "6:5: missing key 'destinations'"},
        Bad{ROUTES("  - {name: held, destinations: pacs}\n"),
            "6:12: 'held' cannot name a route (route tests use it for 'no route')"},
        Bad{ROUTES("  - {name: a, match: {modality: XC}, destinations: pacs}\n  - {name: a, destinations: pacs}\n"),
            "7:12: a second route is named 'a'"},
        Bad{ROUTES("  - {name: a, destinations: [pacs, pacs]}\n"), "6:29: destination 'pacs' is named twice"},
        Bad{ROUTES("  - {name: a, destinations: pacs}\n  - {name: b, match: {modality: XC}, destinations: pacs}\n"),
            "7:5: route 'b' is never reached: 'a' on line 6 takes all that it matches (put the special route before "
            "the "
            "general one)"},
        Bad{ROUTES("  - {name: a, match: {modality: [XC, ES]}, destinations: pacs}\n"
                   "  - {name: b, match: {modality: ES, calling_ae: A}, destinations: pacs}\n"),
            "7:5: route 'b' is never reached: 'a' on line 6 takes all that it matches (put the special route before "
            "the "
            "general one)"},
        Bad{ROUTES("  - {name: a, match: {calling_ae: []}, destinations: pacs}\n"),
            "6:35: 'calling_ae' is an empty list (remove the key to match everything)"},
        Bad{ROUTES("  - {name: a, match: {calling_ae: ABCDEFGHIJKLMNOPQ}, destinations: pacs}\n"),
            "6:35: 'calling_ae': no AE title can match: 1 to 16 printable characters, no backslash, no outer spaces"},
        Bad{ROUTES("  - {name: a, match: {modality: [XC, '']}, destinations: pacs}\n"),
            "6:38: 'modality': an empty text matches nothing"},
        Bad{ROUTES("  - {name: a, match: {sop_class: 'VL Photo'}, destinations: pacs}\n"),
            "6:34: 'sop_class': a SOP class is a UID or a keyword like VLPhotographicImageStorage"},
        Bad{ROUTES("  - {name: a, match: {caling_ae: A}, destinations: pacs}\n"),
            "6:23: unknown key 'caling_ae' (did you mean 'calling_ae'?)"},
        Bad{ROUTES("  - {name: a, review: three, destinations: pacs}\n"),
            "6:23: 'review' must be one of automatic, one, two, hold_findings, not 'three'"},
        Bad{ROUTES("  - {name: a, mask: {faces: {area: eyez}}, destinations: pacs}\n"),
            "6:36: 'area' must be one of face, whole_head, eyes, not 'eyez' (did you mean 'eyes'?)"},
        Bad{ROUTES("  - {name: a, mask: {faces: {shape: elipse}}, destinations: pacs}\n"),
            "6:37: 'shape' must be one of rectangle, ellipse, not 'elipse' (did you mean 'ellipse'?)"},
        Bad{ROUTES("  - {name: a, mask: {faces: {subject: reveiw}}, destinations: pacs}\n"),
            "6:39: 'subject' must be one of mask, eyes, review, not 'reveiw' (did you mean 'review'?)"},
        Bad{ROUTES("  - {name: a, mask: {faces: {subjet: eyes}}, destinations: pacs}\n"),
            "6:30: unknown key 'subjet' (did you mean 'subject'?)"},
        Bad{ROUTES("  - {name: a, mask: {faces: {subject: review, subject_share: 2}}, destinations: pacs}\n"),
            "6:62: 'subject_share' must be between 0.01 and 1, not '2'"},
        Bad{ROUTES("  - {name: a, mask: {faces: {subject_share: 0.5}}, destinations: pacs}\n"),
            "6:45: 'subject_share' needs 'subject' (eyes or review)"},
        Bad{ROUTES("  - {name: a, mask: {margin: 3}, destinations: pacs}\n"),
            "6:30: 'margin' must be between 0 and 2, not '3'"},
        Bad{ROUTES(
                "  - {name: a, destinations: pacs, fixed_regions: [{name: r, relative: true, x: 0.5, y: 0, w: 0.6, h: "
                "1}]}\n"),
            "6:51: a region reaches over the edge of the picture (x + w and y + h are at most 1)"},
        Bad{ROUTES(
                "  - {name: a, destinations: pacs, protected_regions: [{name: r, x: 0, y: 0, w: 9, h: 9, roes: 4}]}\n"),
            "6:89: unknown key 'roes' (did you mean 'rows'?)"},
        Bad{ROUTES("  - {name: a, destinations: pacs, fixed_regions: [{name: f, x: 0, y: 0, w: 9, h: 9}], "
                   "protected_regions: [{name: r, x: 8, y: 8, w: 9, h: 9}]}\n"),
            "6:107: the fixed region 'f' is masked there on every picture (move one of them, or every picture waits "
            "for a "
            "person)"},
        Bad{ROUTES("  - {name: a, destinations: pacs, detect: {faces: true}}\ndetect: {faces: false}\n"),
            "6:51: 'faces' is switched off for the whole gateway (set detect.faces to true)"},
        Bad{ROUTES("  - {name: a, destinations: pacs}\ntests: [{given: {}, expect: {route: b}}]\n"),
            "7:37: there is no route 'b' (did you mean 'a'?)"},
        Bad{ROUTES("  - {name: a, destinations: pacs}\ntests: [{given: {peer: 10.0.0.0/8}, expect: {route: a}}]\n"),
            "7:24: a test's 'peer' is one IP address"},
        Bad{ROUTES("  - {name: a, destinations: pacs}\ntests: [{given: {}}]\n"), "7:9: missing key 'expect'"}));

TEST_F(ConfigLoad, AMissingFileIsAProblem) {
  const Loaded loaded = load(folder_ / "absent.yaml");
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_EQ(loaded.problems[0].line, 0);
}

}  // namespace
}  // namespace veilgate::config
