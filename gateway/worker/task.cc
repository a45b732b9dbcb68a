#include "worker/task.h"

#include "base/base64.h"
#include "base/limits.h"

namespace veilgate::worker {
namespace {

using nlohmann::json;

template <typename T>
Result<T> malformed() {
  return fail(ErrorKind::Bug, "task.malformed", "a message between runner and worker cannot be read");
}

/// The worker is behind a sandbox because it may be taken over: what it says is checked like any input.
template <typename T, typename Read>
Result<T> reading(const std::string& line, Read read) {
  try {
    return read(json::parse(line));
  } catch (const json::exception&) {
    return malformed<T>();
  }
}

Result<std::string> sealed_from(const json& in) {
  auto bytes = from_base64(in.get<std::string>());
  if (!bytes || bytes->size() > limits::kMaxSealedBytes) return malformed<std::string>();
  return std::move(*bytes);
}

Result<PatientKnown> known_from(const json& in) {
  VG_ASSIGN(const Sha256 token, Sha256::parse(in.at("token").get<std::string>()));
  VG_ASSIGN(auto entry, sealed_from(in.at("entry")));
  VG_ASSIGN(auto object, sealed_from(in.at("object")));
  return PatientKnown{token, in.at("pseudonym").get<std::string>(), std::move(entry), std::move(object)};
}

json to_json(const PatientSeen& seen) {
  return {{"token", seen.token.hex()},
          {"pseudonym", seen.pseudonym},
          {"entry", to_base64(seen.entry_sealed)},
          {"object", to_base64(seen.object_sealed)},
          {"output_key", seen.output_key ? seen.output_key->hex() : ""}};
}

Result<PatientSeen> seen_from(const json& in) {
  VG_ASSIGN(const Sha256 token, Sha256::parse(in.at("token").get<std::string>()));
  VG_ASSIGN(auto entry, sealed_from(in.at("entry")));
  VG_ASSIGN(auto object, sealed_from(in.at("object")));
  PatientSeen seen{token, in.at("pseudonym").get<std::string>(), std::move(entry), std::move(object)};
  if (const auto key = in.at("output_key").get<std::string>(); !key.empty()) {
    VG_ASSIGN(seen.output_key, Sha256::parse(key));
  }
  return seen;
}

}  // namespace

std::string encode(const Task& task) {
  json out{{"stage", to_string(task.stage)},
           {"id", task.id.str()},
           {"original", task.original.string()},
           {"output", task.output.string()},
           {"calling_ae", task.calling_ae.str()},
           {"called_ae", task.called_ae.str()},
           {"peer", task.peer},
           {"route", task.route},
           {"facts", task.facts}};
  if (task.sop_class) out["sop_class"] = task.sop_class->str();
  if (task.output_sha256) out["output_sha256"] = task.output_sha256->hex();
  if (task.dataset_sha256) out["dataset_sha256"] = task.dataset_sha256->hex();
  if (task.patient) {
    out["patient"] = {{"token", task.patient->token.hex()},
                      {"pseudonym", task.patient->pseudonym},
                      {"entry", to_base64(task.patient->entry_sealed)},
                      {"object", to_base64(task.patient->object_sealed)}};
  }
  return out.dump(-1, ' ', true);
}

Result<Task> decode_task(const std::string& line) {
  return reading<Task>(line, [](const json& in) -> Result<Task> {
    const auto stage = stage_from(in.at("stage").get<std::string>());
    if (!stage) return malformed<Task>();
    VG_ASSIGN(auto id, ObjectId::parse(in.at("id").get<std::string>()));
    Task task{*stage,
              id,
              in.at("original").get<std::string>(),
              in.at("output").get<std::string>(),
              AeTitle::sanitized(in.at("calling_ae").get<std::string>()),
              AeTitle::sanitized(in.at("called_ae").get<std::string>()),
              in.at("peer").get<std::string>(),
              std::nullopt,
              in.at("route").get<std::string>(),
              in.at("facts"),
              std::nullopt};
    if (in.contains("sop_class")) {
      VG_ASSIGN(task.sop_class, Uid::parse(in.at("sop_class").get<std::string>()));
    }
    if (in.contains("output_sha256")) {
      VG_ASSIGN(task.output_sha256, Sha256::parse(in.at("output_sha256").get<std::string>()));
    }
    if (in.contains("dataset_sha256")) {
      VG_ASSIGN(task.dataset_sha256, Sha256::parse(in.at("dataset_sha256").get<std::string>()));
    }
    if (in.contains("patient")) {
      VG_ASSIGN(task.patient, known_from(in.at("patient")));
    }
    return task;
  });
}

std::string encode(const Task& task, const Result<StageOutput>& result) {
  json out{{"id", task.id.str()}, {"stage", to_string(task.stage)}, {"ok", result.has_value()}};
  if (result) {
    out["facts"] = result->facts;
    if (result->route) out["route"] = *result->route;
    if (result->next) {
      out["next"] = store::to_string(*result->next);
      out["reason_code"] = result->reason_code;
      out["reason"] = result->reason;
    }
    if (result->output_sha256) out["output_sha256"] = result->output_sha256->hex();
    if (result->asks_for) out["asks_for"] = result->asks_for->hex();
    if (result->patient) out["patient"] = to_json(*result->patient);
  } else {
    out["kind"] = to_string(result.error().kind);
    out["code"] = result.error().code;
    out["message"] = result.error().message;
  }
  return out.dump(-1, ' ', true, json::error_handler_t::replace);
}

Result<StageOutput> decode_result(const Task& task, const std::string& line) {
  return reading<StageOutput>(line, [&task](const json& in) -> Result<StageOutput> {
    if (in.at("id") != task.id.str() || in.at("stage") != to_string(task.stage)) return malformed<StageOutput>();
    if (!in.at("ok").get<bool>()) {
      return fail(error_kind_from(in.at("kind").get<std::string>()), in.at("code").get<std::string>(),
                  in.at("message").get<std::string>());
    }
    StageOutput output;
    output.facts = in.at("facts");
    if (in.contains("next")) {
      // The only choice a worker has; anything else would let a taken-over worker skip verification.
      if (in.at("next") != store::to_string(store::JobState::Detected)) return malformed<StageOutput>();
      output.next = store::JobState::Detected;
      output.reason_code = in.at("reason_code").get<std::string>();
      output.reason = in.at("reason").get<std::string>();
    }
    if (in.contains("route")) output.route = in.at("route").get<std::string>();
    if (in.contains("output_sha256")) {
      VG_ASSIGN(output.output_sha256, Sha256::parse(in.at("output_sha256").get<std::string>()));
    }
    if (in.contains("asks_for")) {
      VG_ASSIGN(output.asks_for, Sha256::parse(in.at("asks_for").get<std::string>()));
    }
    if (in.contains("patient")) {
      VG_ASSIGN(output.patient, seen_from(in.at("patient")));
    }
    return output;
  });
}

}  // namespace veilgate::worker
