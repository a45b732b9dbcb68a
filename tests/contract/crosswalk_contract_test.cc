// What every store promises of the crosswalk. A new store joins with one line in kBackends.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "base/files.h"
#include "store/store.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::store {
namespace {

using test::admission;
using testing::ElementsAre;

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Result<std::unique_ptr<Store>> open() = 0;
  /// Every byte the store has on disk.
  virtual std::string bytes() = 0;
};

class SqliteBackend final : public Backend {
 public:
  Result<std::unique_ptr<Store>> open() override { return open_sqlite(folder_.path() / "store.db", test::test_key()); }
  std::string bytes() override {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      all += *read_file(entry.path(), 1ull << 30);
    return all;
  }

 private:
  test::TempFolder folder_;
};

struct BackendChoice {
  const char* name;
  std::function<std::unique_ptr<Backend>()> make;
};
const BackendChoice kBackends[] = {{"Sqlite", [] { return std::make_unique<SqliteBackend>(); }}};

std::string shown(std::int64_t number) { return "P" + std::to_string(number); }

/// What nothing compresses and nothing else has.
std::string sealed_bytes(std::size_t size = 300) {
  std::string out(size, '\0');
  random_bytes({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

class CrosswalkContract : public testing::TestWithParam<BackendChoice> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    store_ = open();
  }
  std::unique_ptr<Store> open() { return std::move(*backend_->open()); }
  CrosswalkRows& rows() { return store_->crosswalk(); }

  ObjectId admitted() {
    const auto one = admission("instance " + std::to_string(++count_));
    EXPECT_TRUE(store_->admit({&one, 1}));
    return one.id;
  }
  Result<std::int64_t> link(const ObjectId& object, const CrosswalkChange& change,
                            JobState to = JobState::Deidentified) {
    auto transition = transition_of(**store_->find(object), to);
    transition.crosswalk = change;
    return store_->commit(transition);
  }
  ObjectId linked(const Sha256& token, const std::string& read, const std::string& sealed) {
    const auto object = admitted();
    EXPECT_TRUE(link(object, {"p", token, "P-" + token.hex().substr(0, 8), read, sealed, sealed_bytes(),
                              sha256("uid of " + object.str())}));
    return object;
  }
  void reject(const ObjectId& object) {
    EXPECT_TRUE(store_->commit(transition_of(**store_->find(object), JobState::Rejected)));
  }

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Store> store_;
  int count_ = 0;
};

TEST_P(CrosswalkContract, EntryAndObjectComeWithTheTransition) {
  EXPECT_TRUE(*rows().empty());
  const auto token = sha256("a"), output = sha256("uid");
  const auto sealed = std::string("se\0aled", 7), record = std::string("\0\xFF", 2);
  const auto object = admitted();
  ASSERT_OK(link(object, {"p", token, "P-1", "", sealed, record, output}));
  EXPECT_FALSE(*rows().empty());
  const auto entry = *rows().find_entry("p", token);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->sealed, sealed);
  EXPECT_EQ(entry->pseudonym, "P-1");
  EXPECT_EQ(entry->token, token);
  EXPECT_GT(entry->created, 0);
  EXPECT_EQ(rows().find_pseudonym("p", "P-1")->size(), 1u);
  EXPECT_EQ((*rows().find_object(object))->sealed, record);
  EXPECT_EQ((*rows().find_object(object))->token, token);
  EXPECT_EQ(rows().find_output("p", output)->front().object, object);
  EXPECT_EQ(rows().objects_of("p", token)->size(), 1u);
  EXPECT_THAT(*rows().find_instance(InstanceKey{sha256("instance 1")}), ElementsAre(object));
  // Nothing of it in another project, or under another token.
  EXPECT_FALSE(*rows().find_entry("q", token));
  EXPECT_FALSE(*rows().find_entry("p", sha256("b")));
  EXPECT_TRUE(rows().find_pseudonym("q", "P-1")->empty());
  EXPECT_TRUE(rows().find_output("q", output)->empty());
  EXPECT_TRUE(rows().objects_of("q", token)->empty());
}

TEST_P(CrosswalkContract, ARefusedTransitionLeavesNoEntry) {
  const auto object = admitted();
  auto transition = transition_of(**store_->find(object), JobState::Deidentified);
  transition.expected_version += 1;
  transition.crosswalk = CrosswalkChange{"p", sha256("a"), "P-1", "", "sealed", "record"};
  EXPECT_EQ(store_->commit(transition).error().code, "store.stale");
  EXPECT_TRUE(*rows().empty());
}

TEST_P(CrosswalkContract, AnEntryIsOnlyWrittenOverTheOneThatWasRead) {
  const auto token = sha256("a");
  linked(token, "", "first");
  const auto second = admitted();
  const auto moved = link(second, {"p", token, "P-1", "", "other", "r"});
  EXPECT_EQ(moved.error().code, "crosswalk.moved");
  EXPECT_EQ(moved.error().kind, ErrorKind::Transient);
  EXPECT_EQ((*store_->find(second))->state, JobState::Received) << "the whole transition is undone";
  EXPECT_FALSE(*rows().find_object(second));
  ASSERT_OK(link(second, {"p", token, "P-1", "first", "second", "r"}));
  EXPECT_EQ((*rows().find_entry("p", token))->sealed, "second");
  const auto third = admitted();
  ASSERT_OK(link(third, {"p", token, "P-1", "second", "", "r"}));  // nothing new to say
  EXPECT_EQ((*rows().find_entry("p", token))->sealed, "second");
  EXPECT_EQ(rows().objects_of("p", token)->size(), 3u);
  EXPECT_EQ(link(admitted(), {"p", sha256("nobody"), "P", "", "", "r"}).error().code, "crosswalk.no_entry");
}

TEST_P(CrosswalkContract, EntriesComeInPages) {
  std::set<Sha256> tokens;
  for (int i = 0; i < 7; ++i) {
    tokens.insert(sha256(std::to_string(i)));
    linked(sha256(std::to_string(i)), "", "s");
  }
  std::vector<Sha256> read;
  std::optional<Sha256> after;
  for (;;) {
    const auto page = *rows().entries("p", after, 3);
    for (const auto& entry : page) read.push_back(entry.token);
    if (page.size() < 3) break;
    after = page.back().token;
  }
  EXPECT_THAT(read, testing::ElementsAreArray(tokens));
}

TEST_P(CrosswalkContract, NumbersAreGivenOnceAndKept) {
  EXPECT_EQ(*rows().assign_number("p", sha256("a"), shown), "P1");
  EXPECT_EQ(*rows().assign_number("p", sha256("b"), shown), "P2");
  EXPECT_EQ(*rows().assign_number("p", sha256("a"), shown), "P1");
  EXPECT_EQ(*rows().assign_number("q", sha256("a"), shown), "P1") << "each project counts for itself";
  store_ = open();
  EXPECT_EQ(*rows().assign_number("p", sha256("b"), shown), "P2");
  EXPECT_EQ(*rows().assign_number("p", sha256("c"), shown), "P3");
}

TEST_P(CrosswalkContract, NumbersPassByPseudonymsThatAreTaken) {
  ASSERT_OK(link(admitted(), {"p", sha256("listed"), "P1", "", "s", "r"}));
  EXPECT_EQ(*rows().assign_number("p", sha256("a"), shown), "P2");
}

TEST_P(CrosswalkContract, TwoProcessesNeverGiveOneNumberTwice) {
  constexpr int kProcesses = 2, kPatients = 60;
  store_.reset();  // a handle must not cross a fork
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  for (int p = 0; p < kProcesses; ++p) {
    if (::fork() != 0) continue;
    const auto own = open();
    for (int i = 0; i < kPatients; ++i) {
      // Every third patient is met by both.
      const std::string who = (i % 3 == 0 ? "shared " : std::to_string(p) + " ") + std::to_string(i);
      const auto number =
          own->crosswalk().assign_number("p", sha256(who), [](std::int64_t n) { return std::to_string(n); });
      const std::string line = who + "=" + (number ? *number : "?") + "\n";
      if (::write(ends[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(1 << 16, '\0');
  std::size_t size = 0;
  for (ssize_t got = 0; (got = ::read(ends[0], text.data() + size, text.size() - size)) > 0;)
    size += static_cast<std::size_t>(got);
  ::close(ends[0]);
  for (int p = 0; p < kProcesses; ++p) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  std::map<std::string, std::set<std::string>> by_patient, by_number;
  for (std::size_t at = 0; at < size;) {
    const std::size_t end = text.find('\n', at), equals = text.find('=', at);
    by_patient[text.substr(at, equals - at)].insert(text.substr(equals + 1, end - equals - 1));
    by_number[text.substr(equals + 1, end - equals - 1)].insert(text.substr(at, equals - at));
    at = end + 1;
  }
  EXPECT_EQ(by_patient.size(), 100u);
  EXPECT_EQ(by_number.size(), 100u);
  for (const auto& [who, numbers] : by_patient) EXPECT_EQ(numbers.size(), 1u) << who;
  store_ = open();
}

TEST_P(CrosswalkContract, ErasureLeavesNoByteAndNoNumber) {
  const auto token = sha256("a"), other = sha256("b");
  const auto sealed = sealed_bytes(), grown = sealed_bytes(5000), kept = sealed_bytes();
  const auto object = linked(token, "", sealed);
  const auto again = linked(token, sealed, grown);
  linked(other, "", kept);
  EXPECT_EQ(*rows().assign_number("p", token, shown), "P1");
  const auto record = (*rows().find_object(object))->sealed;
  reject(object);
  reject(again);
  const audit::Event event{audit::EventType::CrosswalkErased, object, "me", {}};
  ASSERT_OK(rows().erase({"p", token, {object}, {event}}));
  EXPECT_FALSE(*rows().find_entry("p", token));
  EXPECT_FALSE(*rows().find_object(object));
  EXPECT_TRUE(rows().objects_of("p", token)->empty());
  EXPECT_TRUE((*store_->find(object))->facts.contains("erased"));
  EXPECT_FALSE((*store_->find(again))->facts.contains("erased"));
  EXPECT_TRUE(*rows().find_entry("p", other));
  const std::string bytes = backend_->bytes();
  for (const auto& gone : {sealed, grown, record, token.hex()}) {
    for (std::size_t at = 0; at + 32 <= gone.size(); at += 32) {
      ASSERT_EQ(bytes.find(gone.substr(at, 32)), std::string::npos) << "after " << at;
    }
  }
  EXPECT_NE(bytes.find(kept.substr(0, 32)), std::string::npos) << "the search itself works";
  EXPECT_EQ(*rows().assign_number("p", token, shown), "P2") << "a number is not given again";
  EXPECT_EQ(rows().erase({"p", token, {}, {}}).error().code, "crosswalk.unknown");
  // The same patient may come again.
  linked(token, "", "anew");
  EXPECT_EQ((*rows().find_entry("p", token))->sealed, "anew");
}

TEST_P(CrosswalkContract, AnEntryErasedMeanwhileDoesNotComeBack) {
  const auto token = sha256("a");
  const auto object = linked(token, "", "first");
  reject(object);
  ASSERT_OK(rows().erase({"p", token, {}, {}}));
  EXPECT_EQ(link(admitted(), {"p", token, "P", "first", "grown", "r"}).error().code, "crosswalk.moved");
  EXPECT_EQ(link(admitted(), {"p", token, "P", "first", "", "r"}).error().code, "crosswalk.moved");
  linked(token, "", "anew");
  EXPECT_EQ(link(admitted(), {"p", token, "P", "first", "grown", "r"}).error().code, "crosswalk.moved");
}

TEST_P(CrosswalkContract, NothingIsErasedUnderAnObjectThatMovesStill) {
  const auto token = sha256("a");
  for (const auto state : kAllJobStates) {
    if (state == JobState::Forwarded || state == JobState::Rejected) continue;
    const auto entry = *rows().find_entry("p", token);
    const auto object = linked(token, entry ? entry->sealed : "", entry ? "" : "first");
    auto transition = transition_of(**store_->find(object), state);
    transition.deliveries = {"pacs"};
    ASSERT_OK(store_->commit(transition));
    EXPECT_EQ(rows().erase({"p", token, {}, {}}).error().code, "crosswalk.in_flight") << to_string(state);
    ASSERT_TRUE(*rows().find_entry("p", token));
    reject(object);
  }
  ASSERT_OK(rows().erase({"p", token, {}, {}}));
}

/// Updates and erasures of all sizes among each other: what is left in the file is what is alive.
TEST_P(CrosswalkContract, ErasedBytesAreGoneFromABusyStoreToo) {
  std::vector<std::pair<Sha256, std::string>> alive;
  std::vector<std::string> gone;
  std::uint32_t random = 1;
  const auto next = [&random](std::uint32_t below) {
    return (random = random * 1664525u + 1013904223u) / 65536u % below;
  };
  for (int step = 0; step < 400; ++step) {
    const auto sealed = sealed_bytes(64 + next(6000));
    if (alive.empty() || next(3) != 0) {
      const auto token = sha256("patient " + std::to_string(step));
      reject(linked(token, "", sealed));
      alive.emplace_back(token, sealed);
      continue;
    }
    const auto chosen = next(static_cast<std::uint32_t>(alive.size()));
    gone.push_back(alive[chosen].second);
    if (next(2) == 0) {
      reject(linked(alive[chosen].first, alive[chosen].second, sealed));
      alive[chosen].second = sealed;
    } else {
      ASSERT_OK(rows().erase({"p", alive[chosen].first, {}, {}}));
      alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
  }
  ASSERT_OK(rows().truncate_log());
  const std::string bytes = backend_->bytes();
  for (const auto& one : gone) {
    for (std::size_t at = 0; at + 16 <= one.size(); at += 240) {
      ASSERT_EQ(bytes.find(one.substr(at, 16)), std::string::npos) << "byte " << at << " of " << one.size();
    }
  }
  for (const auto& [token, sealed] : alive) ASSERT_NE(bytes.find(sealed.substr(0, 16)), std::string::npos);
}

TEST_P(CrosswalkContract, DeliveriesAreToldByTheAudit) {
  const auto one = admitted(), two = admitted();
  const auto sent = [](const ObjectId& id, const char* where) {
    return audit::Event{audit::EventType::DeliverySucceeded, id, "gateway", {{"destination", where}}};
  };
  const std::vector<audit::Event> events{sent(one, "pacs"), sent(two, "pacs"), sent(one, "folder")};
  ASSERT_OK(store_->append(events));
  const auto made = *rows().deliveries_made({&one, 1});
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].destination, "pacs");
  EXPECT_EQ(made[1].destination, "folder");
  EXPECT_GT(made[0].at, 0);
}

INSTANTIATE_TEST_SUITE_P(Every, CrosswalkContract, testing::ValuesIn(kBackends),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace veilgate::store
