// What someone with write access to the SQLite file, but without the key, can do to the audit: all of it must show.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <set>

#include "audit/chain.h"
#include "store/store.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::audit {
namespace {

using testing::HasSubstr;

constexpr int kRows = 7;

std::string told(const Verdict& verdict) {
  std::string all;
  for (const auto& finding : verdict.findings) all += finding.what + "\n";
  return all;
}

/// A store whose audit holds kRows rows, kept as a template that each attack copies.
class AuditFile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::TempFolder>();
    auto store = *store::open_sqlite(original(), test::test_key());
    for (int i = 1; i <= kRows; ++i) {
      const Event event{EventType::ObjectHeld, ObjectId::random(), "gateway", {{"n", i}}};
      ASSERT_OK(store->append({&event, 1}));
    }
  }
  static void TearDownTestSuite() { folder_.reset(); }

  void SetUp() override { restore(); }

  static std::filesystem::path original() { return folder_->path() / "original.db"; }
  static std::filesystem::path file() { return folder_->path() / "attacked.db"; }

  /// The store is closed, so its WAL is folded into the file: one copy is the whole store.
  static void restore() {
    std::filesystem::copy_file(original(), file(), std::filesystem::copy_options::overwrite_existing);
  }

  static void attack(const std::string& sql) {
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    db.exec("DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete;");
    db.exec(sql);
  }

  static Verdict verify(const SecretKey& key = test::test_key()) {
    auto store = store::open_sqlite(file(), key);
    EXPECT_TRUE(store);
    auto verdict = store::verify_audit(**store, &key);
    EXPECT_TRUE(verdict);
    return *verdict;
  }

  static void write_row(SQLite::Database& db, const Row& row) {
    SQLite::Statement put(
        db,
        "INSERT OR REPLACE INTO audit (position, seq, at, type, object, actor, details, previous, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    put.bind(1, row.position);
    put.bind(2, row.seq);
    put.bind(3, row.at);
    put.bind(4, row.type);
    put.bind(5, row.object);
    put.bind(6, row.actor);
    put.bind(7, row.details);
    put.bind(8, row.previous.hex());
    put.bind(9, row.hash.hex());
    put.exec();
  }

  /// Edits row `from` and makes hashes and links fit again from there on, as far as one can without the key.
  static void rebuild_from(std::int64_t from, bool with_head) {
    auto store = *store::open_sqlite(file(), test::test_key());
    auto rows = *store->audit_rows(0, 100);
    store.reset();
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    db.exec("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;");
    for (std::size_t i = static_cast<std::size_t>(from) - 1; i < rows.size(); ++i) {
      if (rows[i].seq == from) rows[i].details = "{\"n\":0}";
      if (i > 0) rows[i].previous = rows[i - 1].hash;
      rows[i].hash = hash_of(rows[i]);
      write_row(db, rows[i]);
    }
    if (with_head) db.exec("UPDATE audit_head SET hash = '" + rows.back().hash.hex() + "'");
  }

  static inline std::unique_ptr<test::TempFolder> folder_;
};

TEST_F(AuditFile, UntouchedIsIntact) {
  const auto verdict = verify();
  EXPECT_TRUE(verdict.intact()) << told(verdict);
  EXPECT_EQ(verdict.rows, kRows);
}

TEST_F(AuditFile, TriggersRefuseTheCasualEdit) {
  SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
  EXPECT_THROW(db.exec("UPDATE audit SET actor = 'me'"), SQLite::Exception);
  EXPECT_THROW(db.exec("DELETE FROM audit WHERE seq = 3"), SQLite::Exception);
}

TEST_F(AuditFile, EditOfAnyColumnOfAnyRowNamesTheRow) {
  const std::pair<const char*, const char*> edits[] = {{"at", "at + 1"},
                                                       {"type", "'object.received'"},
                                                       {"object", "''"},
                                                       {"actor", "'someone'"},
                                                       {"details", "'{\"n\":99}'"},
                                                       {"details", "details || ' '"},
                                                       {"previous", "zeroblob(32)"},
                                                       {"hash", "'rubbish'"},
                                                       {"hash", "replace(hash, substr(hash, 1, 1), 'x')"},
                                                       {"at", "'text'"},
                                                       {"at", "at + 0.5"},
                                                       {"actor", "CAST(actor AS BLOB)"},
                                                       {"details", "x'00ff'"}};
  for (int row = 1; row <= kRows; ++row) {
    for (const auto& [column, value] : edits) {
      restore();
      attack(std::string("UPDATE audit SET ") + column + " = " + value + " WHERE seq = " + std::to_string(row));
      EXPECT_THAT(told(verify()), HasSubstr("row " + std::to_string(row) + " was edited")) << column << " " << value;
    }
  }
}

TEST_F(AuditFile, AnyRemovedRangeIsNamed) {
  for (int first = 1; first <= kRows; ++first) {
    for (int last = first; last <= kRows; ++last) {
      restore();
      attack("DELETE FROM audit WHERE seq BETWEEN " + std::to_string(first) + " AND " + std::to_string(last));
      const std::string expected =
          first == last ? "row " + std::to_string(first) + " is missing"
                        : "rows " + std::to_string(first) + " to " + std::to_string(last) + " are missing";
      EXPECT_THAT(told(verify()), HasSubstr(expected));
    }
  }
}

TEST_F(AuditFile, AnyTwoRowsThatChangePlacesAreNamed) {
  for (int a = 1; a <= kRows; ++a) {
    for (int b = a + 1; b <= kRows; ++b) {
      const std::string x = std::to_string(a), y = std::to_string(b);
      restore();
      attack("UPDATE audit SET position = -1 WHERE position = " + x + "; UPDATE audit SET position = " + x +
             " WHERE position = " + y + "; UPDATE audit SET position = " + y + " WHERE position = -1;");
      EXPECT_THAT(told(verify()), HasSubstr("row " + x + " stands out of order"));
      restore();
      attack("UPDATE audit SET seq = " + x + " + " + y + " - seq WHERE seq IN (" + x + ", " + y + ")");
      EXPECT_THAT(told(verify()), HasSubstr("row " + x + " was edited"));
      EXPECT_THAT(told(verify()), HasSubstr("row " + y + " was edited"));
    }
  }
}

TEST_F(AuditFile, AnyCopiedRowIsNamed) {
  for (int row = 1; row <= kRows; ++row) {
    for (const std::int64_t place :
         {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{kRows + 1}}) {
      restore();
      attack("INSERT INTO audit SELECT " + std::to_string(place) +
             ", seq, at, type, object, actor, details, previous, hash FROM audit WHERE seq = " + std::to_string(row));
      EXPECT_FALSE(verify().intact());
      if (place > kRows || row == 1) {
        EXPECT_THAT(told(verify()), HasSubstr("row " + std::to_string(row) + " is there more than once"));
      }
    }
  }
}

TEST_F(AuditFile, RowAddedWithAFittingHashIsBeyondTheSeal) {
  auto store = *store::open_sqlite(file(), test::test_key());
  const Row forged = link({EventType::ReviewApproved, {}, "Ann", {}}, 1, **store->audit_head());
  store.reset();
  {
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    write_row(db, forged);
  }
  EXPECT_THAT(told(verify()), HasSubstr("stand beyond the sealed head"));
  // Whatever the gateway writes later does not cover it up.
  store = *store::open_sqlite(file(), test::test_key());
  const Event event{EventType::GatewayStarted, {}, "gateway", {}};
  ASSERT_OK(store->append({&event, 1}));
  store.reset();
  EXPECT_THAT(told(verify()), HasSubstr("is there more than once"));
}

TEST_F(AuditFile, CutTailShowsAlsoAfterTheGatewayWentOn) {
  attack("DELETE FROM audit WHERE seq >= 6");
  auto store = *store::open_sqlite(file(), test::test_key());
  const Event event{EventType::GatewayStarted, {}, "gateway", {}};
  ASSERT_OK(store->append({&event, 1}));
  store.reset();
  EXPECT_THAT(told(verify()), HasSubstr("rows 6 to 7 are missing"));
}

TEST_F(AuditFile, ChainRebuiltWithoutTheKeyShows) {
  for (int from = 1; from <= kRows; ++from) {
    restore();
    rebuild_from(from, false);
    EXPECT_THAT(told(verify()), HasSubstr("is not the row that was sealed")) << from;
    restore();
    rebuild_from(from, true);
    EXPECT_THAT(told(verify()), HasSubstr("forged")) << from;
  }
}

TEST_F(AuditFile, GatewayDoesNotSealAForgedOrMissingHead) {
  rebuild_from(3, true);
  const Event event{EventType::GatewayStarted, {}, "gateway", {}};
  auto store = *store::open_sqlite(file(), test::test_key());
  auto refused = store->append({&event, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "audit.head_forged");
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  const auto one = test::admission("instance");
  EXPECT_FALSE(store->admit({&one, 1})) << "no audit row, no success";
  EXPECT_FALSE(*store->find(one.id));
  store.reset();
  attack("DELETE FROM audit_head");
  EXPECT_THAT(told(verify()), HasSubstr("head is missing"));
  store = *store::open_sqlite(file(), test::test_key());
  EXPECT_EQ(store->append({&event, 1}).error().code, "audit.head_missing");
}

TEST_F(AuditFile, EmptiedAuditShows) {
  attack("DELETE FROM audit");
  EXPECT_THAT(told(verify()), HasSubstr("rows 1 to 7 are missing"));
  attack("DELETE FROM audit_head");
  EXPECT_FALSE(verify().intact());
}

TEST_F(AuditFile, AnotherKeyDoesNotVerifyAndDoesNotWrite) {
  EXPECT_THAT(told(verify(test::test_key(9))), HasSubstr("not sealed with this key"));
  auto store = *store::open_sqlite(file(), test::test_key(9));
  const Event event{EventType::GatewayStarted, {}, "gateway", {}};
  EXPECT_EQ(store->append({&event, 1}).error().code, "audit.head_forged");
}

TEST(AuditChain, HashTellsNeighbouringFieldsApart) {
  Row one, two;
  one.object = "ab";
  one.actor = "c";
  two.object = "a";
  two.actor = "bc";
  EXPECT_NE(hash_of(one), hash_of(two));
  one = two = Row{};
  one.seq = 12;
  one.at = 3;
  two.seq = 1;
  two.at = 23;
  EXPECT_NE(hash_of(one), hash_of(two));
}

TEST(AuditChain, FindingsStayBoundedHoweverBrokenTheChainIs) {
  Verifier verifier;
  Row row;
  for (std::int64_t i = 1; i <= 5000; ++i) {
    row.seq = 3 * i;
    verifier.add(row);
  }
  const auto verdict = verifier.finish(std::nullopt, nullptr);
  EXPECT_EQ(verdict.findings.size(), Verifier::kMaxFindings);
  EXPECT_EQ(verdict.rows, 5000);
}

TEST(AuditChain, EveryEventHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(EventType::ObjectForwarded); ++i)
    names.insert(to_string(static_cast<EventType>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(EventType::ObjectForwarded) + 1);
  EXPECT_EQ(names.count("unknown"), 0u);
}

}  // namespace
}  // namespace veilgate::audit
