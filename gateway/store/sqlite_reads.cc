#include <algorithm>

#include "store/sqlite_chain.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

Result<Review> review_from(SQLite::Statement& row) {
  VG_ASSIGN(ObjectId object, ObjectId::parse(row.getColumn(0).getString()));
  Review review{std::move(object), row.getColumn(1).getString()};
  const std::string decision = row.getColumn(2).getString();
  // An unknown word reads as Escalate: it counts as no approval.
  review.decision = Decision::Escalate;
  for (const auto known : {Decision::Approve, Decision::Reject}) {
    if (decision == to_string(known)) review.decision = known;
  }
  review.note = row.getColumn(3).getString();
  if (const auto digest = Sha256::parse(row.getColumn(4).getString())) review.output_sha256 = *digest;
  review.at = row.getColumn(5).getInt64();
  return review;
}

std::string where(const JobFilter& filter) {
  std::string sql = "WHERE 1";
  if (filter.route) sql += " AND route = ?";
  if (!filter.states.empty()) {
    sql += " AND state IN (?";
    for (std::size_t i = 1; i < filter.states.size(); ++i) sql += ", ?";
    sql += ")";
  }
  return sql;
}

}  // namespace

Result<std::optional<Job>> SqliteStore::find(const ObjectId& id) {
  return read([&] { return find_job(reader_, id); });
}

Result<std::vector<Job>> SqliteStore::list(const JobFilter& filter) {
  return read([&]() -> Result<std::vector<Job>> {
    SQLite::Statement query(reader_, select_jobs(where(filter) + " ORDER BY received_at, rowid LIMIT ?"));
    int place = 0;
    if (filter.route) query.bind(++place, *filter.route);
    for (const auto state : filter.states) query.bind(++place, text(state));
    query.bind(++place, static_cast<std::int64_t>(filter.limit));
    std::vector<Job> jobs;
    while (query.executeStep()) {
      VG_ASSIGN(Job job, job_from(query));
      jobs.push_back(std::move(job));
    }
    return jobs;
  });
}

Result<std::vector<Review>> SqliteStore::reviews(const ObjectId& id) {
  return read([&]() -> Result<std::vector<Review>> {
    auto query = prepared(reader_,
                          "SELECT object, reviewer, decision, note, output_sha256, at FROM reviews "
                          "WHERE object = ? ORDER BY id",
                          id.str());
    std::vector<Review> found;
    while (query.executeStep()) {
      VG_ASSIGN(Review review, review_from(query));
      found.push_back(std::move(review));
    }
    return found;
  });
}

Result<std::vector<Delivery>> SqliteStore::deliveries(const ObjectId& id) {
  return read([&]() -> Result<std::vector<Delivery>> {
    auto query = prepared(reader_, select_deliveries("WHERE object = ? ORDER BY destination").c_str(), id.str());
    std::vector<Delivery> found;
    while (query.executeStep()) {
      VG_ASSIGN(Delivery delivery, delivery_from(query));
      found.push_back(std::move(delivery));
    }
    return found;
  });
}

Result<std::vector<CountRow>> SqliteStore::counts() {
  return read([&]() -> Result<std::vector<CountRow>> {
    auto query = prepared(reader_,
                          "SELECT route, received_day, state, count(*) FROM jobs "
                          "GROUP BY route, received_day, state");
    std::vector<CountRow> rows;
    while (query.executeStep()) {
      std::string route = query.getColumn(0).getString();
      if (route.empty()) route.push_back('-');
      const std::string day = iso8601(query.getColumn(1).getInt64() * kDayMs).substr(0, 10);
      VG_ASSIGN(const JobState state, job_state_from(query.getColumn(2).getString()));
      if (rows.empty() || rows.back().route != route || rows.back().day != day) rows.push_back({route, day, {}});
      rows.back().by_state[state] = query.getColumn(3).getInt64();
    }
    return rows;
  });
}

Result<Totals> SqliteStore::totals() {
  return read([&]() -> Result<Totals> {
    auto query = prepared(reader_, "SELECT count(*) FROM audit WHERE type = ?");
    const auto count = [&](audit::EventType type) {
      query.bind(1, std::string(audit::to_string(type)));
      query.executeStep();
      const std::int64_t rows = query.getColumn(0).getInt64();
      query.reset();
      return rows;
    };
    const SQLite::Transaction one_view(reader_);
    return Totals{count(audit::EventType::ObjectReceived) + count(audit::EventType::ObjectConflict),
                  count(audit::EventType::ObjectDuplicate), count(audit::EventType::ObjectForwarded)};
  });
}

Result<void> SqliteStore::append(std::span<const audit::Event> events) {
  return write([&] { return append_events(writer_, key_, events); });
}

Result<std::vector<audit::Row>> SqliteStore::audit_rows(std::int64_t after, std::size_t limit) {
  return read([&]() -> Result<std::vector<audit::Row>> { return read_rows(reader_, after, limit); });
}

Result<std::optional<audit::Head>> SqliteStore::audit_head() {
  return read([&]() -> Result<std::optional<audit::Head>> { return read_head(reader_); });
}

}  // namespace veilgate::store
