#include "config/yaml_reader.h"

#include <gmock/gmock.h>

#include <random>

#include "base/limits.h"

namespace veilgate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts_of(const std::vector<Problem>& problems) {
  std::vector<std::string> out;
  for (const Problem& problem : problems) out.push_back(to_string(problem));
  return out;
}
std::vector<std::string> problems_of(const std::string& text) {
  return texts_of(YamlDocument::parse(text, "f").problems());
}

TEST(YamlReader, ReadsEveryKindOfValue) {
  const auto document = YamlDocument::parse(
      "name: abc\n"
      "quoted: '0104'\n"
      "plain: 0104\n"
      "port: 11112\n"
      "share: 0.25\n"
      "flag: true\n"
      "size: 2 GiB\n"
      "wait: 5m\n"
      "list: [a, b]\n"
      "one: a\n",
      "f");
  const YamlNode root = document.root();
  EXPECT_EQ(root["name"].text(), "abc");
  EXPECT_EQ(root["quoted"].text(), "0104");
  EXPECT_EQ(root["plain"].text(), "0104");
  EXPECT_EQ(root["port"].integer(1, 65535), 11112);
  EXPECT_EQ(root["share"].number(0, 1), 0.25);
  EXPECT_EQ(root["flag"].boolean(), true);
  EXPECT_EQ(root["size"].bytes(), 2ull << 30);
  EXPECT_EQ(root["wait"].duration_ms(), 300'000);
  EXPECT_THAT(root["list"].texts(), ElementsAre("a", "b"));
  EXPECT_THAT(root["one"].texts(), ElementsAre("a"));
  EXPECT_FALSE(root["absent"].exists());
  EXPECT_EQ(root["absent"]["deeper"].integer(0, 1), std::nullopt);
  root.refuse_unknown_keys();
  EXPECT_THAT(document.problems(), IsEmpty());
}

TEST(YamlReader, CountsLinesAndColumnsFromOne) {
  const auto document = YamlDocument::parse("a:\n  b: 7\n", "f");
  EXPECT_EQ(document.root()["a"]["b"].line(), 2);
  EXPECT_EQ(document.root()["a"]["b"].column(), 6);
  EXPECT_EQ(document.root()["a"].key_node("b").column(), 3);
}

TEST(YamlReader, RefusesDuplicateKeysAndNamesTheFirst) {
  EXPECT_THAT(problems_of("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n"),
              ElementsAre("f:4:3: key 'c' is given twice (first given on line 3)",
                          "f:5:1: key 'a' is given twice (first given on line 1)"));
}

TEST(YamlReader, RefusesAnchorsAliasesTagsAndMergeKeys) {
  EXPECT_THAT(problems_of("a: &x {k: 1}\nb: *x\nc: !!str 5\nd:\n  <<: *x\n"),
              ElementsAre("f:1:4: a YAML anchor ('&') is not allowed here (write the value out)",
                          "f:2:4: a YAML alias ('*') is not allowed here (write the value out)",
                          "f:3:4: a YAML tag ('!') is not allowed here (write the value out)",
                          "f:5:3: a YAML merge key ('<<') is not allowed here (write the values out)",
                          "f:5:7: a YAML alias ('*') is not allowed here (write the value out)"));
}

TEST(YamlReader, RefusesEmptyValuesAtTheirKey) {
  const auto document = YamlDocument::parse("a:\n  b:\n  c: ~\nd: 1\n", "f");
  // A null is reported once, not again by whoever reads it.
  EXPECT_EQ(document.root()["a"].required("b").text(), std::nullopt);
  EXPECT_THAT(texts_of(document.problems()),
              ElementsAre("f:2:3: 'b' has no value (remove the key or give it a value)",
                          "f:3:3: 'c' has no value (remove the key or give it a value)"));
}

TEST(YamlReader, RefusesWhatOtherReadersTakeDifferently) {
  EXPECT_THAT(problems_of("a:\n\tb: 1\n"), ElementsAre("f:2:1: a tab in the indentation (indent with spaces)"));
  EXPECT_THAT(problems_of("a: 1\n\x04\nb: 2\n"), ElementsAre("f:2:1: a control character"));
  EXPECT_THAT(problems_of("a: \xC3\x28\n"), ElementsAre("f:1:4: bytes that are not UTF-8"));
  EXPECT_THAT(problems_of("%YAML 1.2\n---\na: 1\n"), ElementsAre("f:1:1: a YAML directive ('%') is not allowed here"));
  EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n"),
              ElementsAre("f:2:1: a second document (keep one document per file, without '---' between)"));
  EXPECT_THAT(problems_of("? [a]\n: 1\n"), ElementsAre("f:1:3: a key must be plain text"));
  EXPECT_THAT(problems_of(""), ElementsAre("f: the file is empty"));
  EXPECT_THAT(problems_of("# nothing\n"), ElementsAre("f: the file is empty"));
  EXPECT_THAT(problems_of("a: [1, 2\n"), ElementsAre(::testing::HasSubstr("not valid YAML")));
}

TEST(YamlReader, KeepsItsLimits) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "- ";
  EXPECT_THAT(problems_of(deep + "a\n"), ElementsAre("f:1:65: nested more than 32 levels deep"));
  EXPECT_EQ(problems_of("a: " + std::string(1'000'000, '[')).size(), 1u);
  EXPECT_EQ(problems_of("a: " + std::string(1'000'000, '{')).size(), 1u);
  EXPECT_THAT(problems_of(std::string(limits::kMaxConfigBytes + 1, '#')),
              ElementsAre("f: the file is larger than 4 MiB"));
  std::string many = "a: [";
  for (std::size_t i = 0; i <= limits::kMaxYamlNodes; ++i) many += "1,\n ";
  EXPECT_THAT(problems_of(many + "]\n"), ElementsAre(::testing::HasSubstr("more than 200000 values in one file")));
  std::string twice;
  for (int i = 0; i < 1000; ++i) twice += "a: 1\n";
  const auto problems = problems_of(twice);
  EXPECT_EQ(problems.size(), limits::kMaxProblems + 1);
  EXPECT_EQ(problems.back(), "f: 499 more problems are not listed");
}

TEST(YamlReader, CollectsAllValueProblemsInFileOrder) {
  const auto document = YamlDocument::parse(
      "port: 0104\n"
      "port2: '104'\n"
      "port3: 70000\n"
      "flag: yes\n"
      "flag2: 'false'\n"
      "wait: 30\n"
      "wait2: 5 minutes\n"
      "size: 2 GB\n"
      "size2: 99999999999999999999\n"
      "share: 1e3\n"
      "level: inof\n"
      "text: [a]\n"
      "typo_ky: 1\n",
      "f");
  const YamlNode root = document.root();
  root["typo_key"];
  root.refuse_unknown_keys();  // asked too early on purpose: everything but typo_key is unknown here
  const auto early = document.problems().size();
  EXPECT_EQ(early, 13u);

  const auto again = YamlDocument::parse(document.source(), "f");
  const YamlNode r = again.root();
  r["typo_key"];
  r["text"].text();
  r["level"].choice({"debug", "info"});
  r["share"].number(0, 1);
  r["size2"].bytes();
  r["size"].bytes();
  r["wait2"].duration_ms();
  r["wait"].duration_ms();
  r["flag2"].boolean();
  r["flag"].boolean();
  for (const char* key : {"port", "port2", "port3"}) r[key].integer(1, 65535);
  r.refuse_unknown_keys();
  EXPECT_THAT(
      texts_of(again.problems()),
      ElementsAre("f:1:7: 'port' must be a whole number, not '0104' (decimal digits, no leading zero, no unit)",
                  "f:2:8: 'port2' must be a number, not a text (remove the quotes)",
                  "f:3:8: 'port3' must be between 1 and 65535, not '70000'",
                  "f:4:7: 'flag' must be true or false, not 'yes' (write true)",
                  "f:5:8: 'flag2' must be true or false, not 'false' (write false)",
                  "f:6:7: 'wait' must be a duration, not '30' (like 250ms, 30s, 5m or 2h)",
                  "f:7:8: 'wait2' must be a duration, not '5 minutes' (like 250ms, 30s, 5m or 2h)",
                  "f:8:7: 'size' must be a number of bytes, not '2 GB' (like 64 KiB, 512 MiB or 2 GiB)",
                  "f:9:8: 'size2' must be a number of bytes, not '99999999999999999999' (like 64 KiB, 512 MiB "
                  "or 2 GiB)",
                  "f:10:8: 'share' must be a number, not '1e3' (write it like 0.5)",
                  "f:11:8: 'level' must be one of debug, info, not 'inof' (did you mean 'info'?)",
                  "f:12:7: 'text' must be a single text", "f:13:1: unknown key 'typo_ky' (did you mean 'typo_key'?)"));
}

TEST(YamlReader, ReportsAWrongShapeOnce) {
  const auto document = YamlDocument::parse("receive: 5\nroutes: {a: 1}\n", "f");
  document.root()["receive"]["port"].integer(1, 2);
  document.root()["receive"]["bind"].text();
  document.root()["receive"].refuse_unknown_keys();
  document.root()["routes"].items();
  EXPECT_THAT(texts_of(document.problems()),
              ElementsAre("f:1:10: 'receive' must be a map of keys and values", "f:2:9: 'routes' must be a list"));
}

TEST(YamlReader, AnUnreadableFileIsAProblemWithoutAPlace) {
  const auto document = YamlDocument::load("/nonexistent/veilgate.yaml");
  ASSERT_EQ(document.problems().size(), 1u);
  EXPECT_EQ(document.problems()[0].line, 0);
  EXPECT_FALSE(document.root().exists());
}

TEST(Closest, FindsSlipsOnly) {
  const std::vector<std::string> words{"max_associations", "allow", "port"};
  EXPECT_EQ(closest("max_asociations", words), "max_associations");
  EXPECT_EQ(closest("max-associations", words), "max_associations");
  EXPECT_EQ(closest("prot", words), "port");
  EXPECT_EQ(closest("ALLOW", words), "allow");
  EXPECT_EQ(closest("destination", words), std::nullopt);
  EXPECT_EQ(closest("", words), std::nullopt);
}

}  // namespace
}  // namespace veilgate::config
