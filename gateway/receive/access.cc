#include "receive/access.h"

#include <algorithm>

namespace veilgate::receive {

std::string_view reason_code(Refusal refusal) {
  switch (refusal) {
    case Refusal::CalledAe:
      return "association.called_ae";
    case Refusal::CallingAe:
      return "association.calling_ae";
    case Refusal::PeerAddress:
      return "association.peer_address";
    case Refusal::TotalCap:
      return "association.total_cap";
    case Refusal::AeCap:
      return "association.ae_cap";
    case Refusal::AddressCap:
      return "association.address_cap";
    case Refusal::ApplicationContext:
      return "association.application_context";
  }
  return "association.unknown";
}

Result<AccessPolicy> AccessPolicy::create(const config::Receive& receive) {
  AccessPolicy policy(receive.ae_title);
  policy.check_called_ae_ = receive.check_called_ae;
  policy.allow_any_peer_ = receive.allow_any_peer;
  for (const auto& allowed : receive.allow) {
    Entry entry{allowed.ae_title, {}};
    for (const auto& text : allowed.peers) {
      VG_ASSIGN(auto block, IpBlock::parse(text));
      entry.blocks.push_back(block);
    }
    policy.entries_.push_back(std::move(entry));
  }
  return policy;
}

std::optional<Refusal> AccessPolicy::check(const AeTitle& calling, const AeTitle& called, const IpAddress& peer) const {
  if (check_called_ae_ && called != own_) return Refusal::CalledAe;
  if (allow_any_peer_) return std::nullopt;
  bool known = false;
  for (const Entry& entry : entries_) {
    if (entry.ae_title != calling) continue;
    known = true;
    const auto inside = [&](const IpBlock& block) { return block.contains(peer); };
    if (entry.blocks.empty() || std::any_of(entry.blocks.begin(), entry.blocks.end(), inside)) return std::nullopt;
  }
  return known ? Refusal::PeerAddress : Refusal::CallingAe;
}

AssociationSlots::Slot::~Slot() {
  if (owner_ != nullptr) owner_->give_back(ae_title_, address_);
}

tl::expected<AssociationSlots::Slot, Refusal> AssociationSlots::take(const AeTitle& ae_title,
                                                                     const IpAddress& address) {
  const std::lock_guard lock(mutex_);
  const auto count = [](const auto& map, const auto& key) {
    const auto found = map.find(key);
    return found == map.end() ? 0 : found->second;
  };
  if (open_ >= total_) return tl::unexpected(Refusal::TotalCap);
  if (count(by_ae_, ae_title) >= per_ae_) return tl::unexpected(Refusal::AeCap);
  if (count(by_address_, address) >= per_address_) return tl::unexpected(Refusal::AddressCap);
  ++open_;
  ++by_ae_[ae_title];
  ++by_address_[address];
  return Slot(this, ae_title, address);
}

void AssociationSlots::give_back(const AeTitle& ae_title, const IpAddress& address) {
  const std::lock_guard lock(mutex_);
  --open_;
  if (--by_ae_[ae_title] == 0) by_ae_.erase(ae_title);
  if (--by_address_[address] == 0) by_address_.erase(address);
}

int AssociationSlots::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace veilgate::receive
