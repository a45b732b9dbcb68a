#include "review/evidence.h"

#include <algorithm>
#include <utility>

#include "review/rules.h"
#include "store/store.h"

namespace veilgate::review {
namespace {

using audit::EventType;
using nlohmann::json;

std::optional<EventType> type_of(const audit::Row& row) {
  // Those that say something of a release; the rest need not be read.
  for (const auto type :
       {EventType::ObjectReceived, EventType::ObjectRouted, EventType::ObjectDeidentified, EventType::ObjectDetected,
        EventType::ObjectMasked, EventType::ObjectVerified, EventType::ObjectHeld, EventType::ObjectQuarantined,
        EventType::ReviewApproved, EventType::ReviewRejected, EventType::ReviewEscalated, EventType::ReviewRequeued,
        EventType::ObjectReleased, EventType::ObjectForwarded}) {
    if (row.type == audit::to_string(type)) return type;
  }
  return std::nullopt;
}

/// Rows whose kind says all are not parsed: regions of a million objects take minutes.
json details_of(EventType type, const audit::Row& row) {
  switch (type) {
    case EventType::ObjectReceived:
    case EventType::ObjectRouted:
    case EventType::ObjectMasked:
    case EventType::ObjectVerified:
    case EventType::ObjectHeld:
    case EventType::ReviewApproved:
    case EventType::ReviewRequeued:
      return json::parse(row.details);
    default:
      return json::object();
  }
}

std::string origin_of(const std::string& calling_ae, const std::string& called_ae, const std::string& peer,
                      const std::string& dataset_sha256) {
  return calling_ae + '\n' + called_ae + '\n' + peer + '\n' + dataset_sha256;
}

std::optional<Sha256> output_in(const json& details) {
  const auto digest = Sha256::parse(details.value("output_sha256", std::string()));
  return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace

void Evidence::advance(Progress from, Progress to) { progress_ = progress_ == from ? to : Progress::Nothing; }

void Evidence::received(const json& details) {
  *this = Evidence();
  origin_ = origin_of(details.value("calling_ae", std::string()), details.value("called_ae", std::string()),
                      details.value("peer", std::string()), details.value("dataset_sha256", std::string()));
}

void Evidence::doubt() {
  Evidence rest;
  rest.escalated_ = escalated_;
  rest.origin_ = std::move(origin_);
  *this = std::move(rest);
}

void Evidence::begin(std::string route) {
  doubt();
  route_ = std::move(route);
  progress_ = Progress::Routed;
}

void Evidence::masked(const json& details) {
  advance(Progress::Detected, Progress::Masked);
  output_ = output_in(details);
}

void Evidence::verified(const json& details, const config::Config& config) {
  if (details.value("code", std::string()) == "verify.mask_again") {
    return advance(Progress::Masked, Progress::Detected);
  }
  advance(Progress::Masked, Progress::Verified);
  approvers_.clear();
  const auto* route = config.route(route_);
  const auto needed = route == nullptr ? Need{0, false} : need(route->review, details.at("verify").at("findings"));
  required_ = needed.approvals;
  approvable_ = needed.approvable;
}

void Evidence::held(const json& details) {
  const auto review = details.find("review");
  if (review != details.end()) {
    required_ = std::max(required_, review->value("required", kEscalatedApprovals));
    return advance(Progress::Verified, Progress::InReview);
  }
  if (details.value("code", std::string()) == "forward.failed") {
    return advance(Progress::Released, Progress::SendFailed);
  }
  progress_ = Progress::Nothing;
}

void Evidence::approved(const json& details, const std::string& who) {
  if (progress_ == Progress::InReview && output_ && output_in(details) == output_) approvers_.insert(person(who));
}

void Evidence::release() {
  const int required = escalated_ ? std::max(required_, kEscalatedApprovals) : required_;
  const bool ready = progress_ == Progress::InReview || (progress_ == Progress::Verified && required == 0);
  const bool enough = approvable_ && output_ && static_cast<int>(approvers_.size()) >= required;
  progress_ = ready && enough ? Progress::Released : Progress::Nothing;
}

bool Evidence::note(const audit::Row& row, const config::Config& config) try {
  const auto type = type_of(row);
  if (!type) return true;
  const json details = details_of(*type, row);
  switch (*type) {
    case EventType::ObjectReceived:
      received(details);
      break;
    case EventType::ObjectRouted:
      begin(details.value("route", std::string()));
      break;
    case EventType::ObjectDeidentified:
      advance(Progress::Routed, Progress::Deidentified);
      break;
    case EventType::ObjectDetected:
      advance(Progress::Deidentified, Progress::Detected);
      break;
    case EventType::ObjectMasked:
      masked(details);
      break;
    case EventType::ObjectVerified:
      verified(details, config);
      break;
    case EventType::ObjectHeld:
      held(details);
      break;
    case EventType::ReviewApproved:
      approved(details, row.actor);
      break;
    case EventType::ReviewEscalated:
      escalated_ = true;
      break;
    case EventType::ReviewRequeued:
      advance(Progress::SendFailed, details.value("to", std::string()) == store::to_string(store::JobState::Approved)
                                        ? Progress::Released
                                        : Progress::Nothing);
      break;
    case EventType::ObjectReleased:
      release();
      break;
    case EventType::ReviewRejected:
    case EventType::ObjectForwarded:
      return false;
    default:
      progress_ = Progress::Nothing;
  }
  return true;
} catch (const json::exception&) {
  progress_ = Progress::Nothing;  // a row that no gateway wrote
  return true;
}

bool Evidence::released(const store::Job& job) const {
  const auto& admission = job.admission;
  return progress_ == Progress::Released && job.output_sha256 && output_ == *job.output_sha256 && route_ == job.route &&
         origin_ == origin_of(admission.calling_ae.str(), admission.called_ae.str(), admission.peer,
                              admission.dataset_sha256.hex());
}

}  // namespace veilgate::review
