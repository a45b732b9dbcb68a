#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "forward/association.h"
#include "forward/destination.h"
#include "forward/dimse_status.h"
#include "forward/payload.h"

namespace veilgate::forward {
namespace {

using Clock = std::chrono::steady_clock;

/// An Association without work is kept this long: below the 30 s after which common archives abort.
constexpr std::chrono::seconds kKeepIdle(10);
/// Remembered proposals, so that a new Association also fits what came before; DICOM allows 128.
constexpr std::size_t kMaxProposals = 120;

constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
constexpr std::array kNative{kImplicitLittle, kExplicitLittle, std::string_view("1.2.840.10008.1.2.1.99"),
                             std::string_view("1.2.840.10008.1.2.2")};

/// Proposed with every Association: a peer that takes none of our objects still accepts this one, so that "no" to an
/// object can be told from "no" to us, which is worth another try.
constexpr std::string_view kVerification = "1.2.840.10008.1.1";

/// What the object may be sent as, best first. Uncompressed pixels may change their encoding, nothing is lost;
/// compressed ones go as they are or not at all.
std::vector<Proposal> proposals_for(const Payload& payload) {
  std::vector<Proposal> proposals{{payload.sop_class.str(), payload.transfer_syntax.str()}};
  if (std::find(kNative.begin(), kNative.end(), payload.transfer_syntax.str()) == kNative.end()) return proposals;
  for (const auto syntax : {kExplicitLittle, kImplicitLittle}) {
    if (syntax != payload.transfer_syntax.str()) proposals.push_back({payload.sop_class.str(), std::string(syntax)});
  }
  return proposals;
}

class DimseDestination : public Destination {
 public:
  explicit DimseDestination(std::unique_ptr<Association> association) : association_(std::move(association)) {}

  Result<Receipt> send(const Outgoing& outgoing) override try {
    VG_ASSIGN(const Payload payload, load_payload(outgoing));
    const auto proposals = proposals_for(payload);
    remember(proposals);
    const bool reused = fits(proposals);
    auto status = attempt(payload, proposals, reused);
    // The peer may have closed a kept Association at the very moment of the request. Sending an object twice is
    // harmless, so a fresh one gets a try before this counts as a failure.
    if (!status && reused && status.error().code == "dimse.broken") status = attempt(payload, proposals, false);
    last_used_ = Clock::now();
    if (!status) return fail(status.error());
    return receipt_of(*status);
  } catch (const std::exception&) {
    association_->close();
    return fail(ErrorKind::Transient, "forward.exception",
                "sending failed inside the gateway, likely for lack of memory");
  }

  void idle() override {
    if (association_->is_open() && (Clock::now() - last_used_ >= kKeepIdle || !association_->is_quiet())) {
      association_->close();
    }
  }

 private:
  void remember(const std::vector<Proposal>& proposals) {
    for (const auto& proposal : proposals) {
      if (std::find(wanted_.begin(), wanted_.end(), proposal) != wanted_.end()) continue;
      wanted_.push_back(proposal);
      if (wanted_.size() > kMaxProposals) wanted_.erase(wanted_.begin() + 1);
    }
  }

  bool fits(const std::vector<Proposal>& proposals) {
    return association_->is_quiet() &&
           std::all_of(proposals.begin(), proposals.end(),
                       [this](const Proposal& proposal) { return association_->has_proposed(proposal); });
  }

  Result<std::uint16_t> attempt(const Payload& payload, const std::vector<Proposal>& proposals, bool reuse) {
    if (!reuse) VG_TRY(association_->open(wanted_));
    const int chosen = association_->accepted(proposals);
    if (chosen < 0) {
      return fail(ErrorKind::Refused, "forward.syntax_refused",
                  "the destination takes this kind of object in no encoding that keeps its pixels as they are");
    }
    return association_->store(payload, proposals[static_cast<std::size_t>(chosen)]);
  }

  std::unique_ptr<Association> association_;
  std::vector<Proposal> wanted_{{std::string(kVerification), std::string(kImplicitLittle)}};  // oldest first after it
  Clock::time_point last_used_ = Clock::now();
};

}  // namespace

Result<std::unique_ptr<Destination>> make_dimse(const config::DimseDestination& where) {
  VG_ASSIGN(auto association, Association::create(where));
  return std::make_unique<DimseDestination>(std::move(association));
}

}  // namespace veilgate::forward
