#include "store/sqlite_rows.h"

#include "store/sqlite_statement.h"

namespace veilgate::store {
namespace {

Result<std::optional<Sha256>> optional_digest(const std::string& hex) {
  if (hex.empty()) return std::optional<Sha256>{};
  VG_ASSIGN(const Sha256 digest, Sha256::parse(hex));
  return std::optional<Sha256>{digest};
}

Result<Admission> admission_from(SQLite::Statement& row) {
  VG_ASSIGN(ObjectId id, ObjectId::parse(row.getColumn(0).getString()));
  VG_ASSIGN(const Sha256 instance_key, Sha256::parse(row.getColumn(1).getString()));
  VG_ASSIGN(const Sha256 dataset, Sha256::parse(row.getColumn(2).getString()));
  VG_ASSIGN(AeTitle calling, AeTitle::parse(row.getColumn(4).getString()));
  VG_ASSIGN(AeTitle called, AeTitle::parse(row.getColumn(5).getString()));
  VG_ASSIGN(Uid sop_class, Uid::parse(row.getColumn(7).getString()));
  VG_ASSIGN(Uid transfer_syntax, Uid::parse(row.getColumn(8).getString()));
  return Admission{std::move(id),
                   InstanceKey{instance_key},
                   dataset,
                   static_cast<std::uint64_t>(row.getColumn(3).getInt64()),
                   std::move(calling),
                   std::move(called),
                   row.getColumn(6).getString(),
                   std::move(sop_class),
                   std::move(transfer_syntax),
                   row.getColumn(9).getInt64()};
}

Result<Job> parsed_job(SQLite::Statement& row) {
  VG_ASSIGN(Admission admission, admission_from(row));
  VG_ASSIGN(const JobState state, job_state_from(row.getColumn(10).getString()));
  Job job{std::move(admission)};
  job.state = state;
  job.version = row.getColumn(11).getInt64();
  job.attempts = row.getColumn(12).getInt();
  job.not_before = row.getColumn(13).getInt64();
  job.route = row.getColumn(14).getString();
  job.facts = nlohmann::json::parse(row.getColumn(15).getString());
  VG_ASSIGN(job.output_sha256, optional_digest(row.getColumn(16).getString()));
  job.reason_code = row.getColumn(17).getString();
  job.reason = row.getColumn(18).getString();
  job.updated_at = row.getColumn(19).getInt64();
  return job;
}

Result<DeliveryState> delivery_state_from(const std::string& name) {
  for (const auto state : {DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Failed}) {
    if (name == to_string(state)) return state;
  }
  return fail(ErrorKind::Bug, "store.corrupt", "a delivery has a state that no gateway wrote");
}

}  // namespace

std::string select_jobs(const std::string& rest) {
  return "SELECT id, instance_key, dataset_sha256, size_bytes, calling_ae, called_ae, peer, sop_class, "
         "transfer_syntax, "
         "received_at, state, version, attempts, not_before, route, facts, output_sha256, reason_code, reason, "
         "updated_at FROM jobs " +
         rest;
}

Result<Job> job_from(SQLite::Statement& row) {
  auto job = parsed_job(row);
  if (!job) return fail(ErrorKind::Bug, "store.corrupt", "a job holds what no gateway wrote: " + job.error().code);
  return job;
}

Result<std::optional<Job>> find_job(SQLite::Database& db, const ObjectId& id) {
  auto query = prepared(db, select_jobs("WHERE id = ?").c_str(), id.str());
  if (!query.executeStep()) return std::optional<Job>{};
  VG_ASSIGN(Job job, job_from(query));
  return std::optional<Job>{std::move(job)};
}

std::string select_deliveries(const std::string& rest) {
  return "SELECT object, destination, state, version, attempts, not_before, last_code, output_sha256, "
         "delivered_sha256 FROM deliveries " +
         rest;
}

Result<Delivery> delivery_from(SQLite::Statement& row) {
  auto object = ObjectId::parse(row.getColumn(0).getString());
  if (!object) return fail(ErrorKind::Bug, "store.corrupt", "a delivery names no object");
  VG_ASSIGN(const DeliveryState state, delivery_state_from(row.getColumn(2).getString()));
  VG_ASSIGN(const auto output, optional_digest(row.getColumn(7).getString()));
  VG_ASSIGN(const auto delivered, optional_digest(row.getColumn(8).getString()));
  return Delivery{std::move(*object),
                  row.getColumn(1).getString(),
                  state,
                  row.getColumn(3).getInt64(),
                  row.getColumn(4).getInt(),
                  row.getColumn(5).getInt64(),
                  row.getColumn(6).getString(),
                  output,
                  delivered};
}

std::string hex_or_empty(const std::optional<Sha256>& digest) { return digest ? digest->hex() : std::string(); }
std::string text(JobState state) { return std::string(to_string(state)); }
std::string text(DeliveryState state) { return std::string(to_string(state)); }

}  // namespace veilgate::store
