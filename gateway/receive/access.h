#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/net_address.h"
#include "base/types.h"
#include "config/config.h"

namespace veilgate::receive {

/// Why an association is refused; reason_code() is stable.
enum class Refusal { CalledAe, CallingAe, PeerAddress, TotalCap, AeCap, AddressCap, ApplicationContext };
std::string_view reason_code(Refusal refusal);

/// Who may open an association: immutable after construction.
class AccessPolicy {
 public:
  static Result<AccessPolicy> create(const config::Receive& receive);
  std::optional<Refusal> check(const AeTitle& calling, const AeTitle& called, const IpAddress& peer) const;

 private:
  struct Entry {
    AeTitle ae_title;
    std::vector<IpBlock> blocks;
  };
  explicit AccessPolicy(AeTitle own) : own_(std::move(own)) {}
  AeTitle own_;
  bool check_called_ae_ = true;
  bool allow_any_peer_ = false;
  std::vector<Entry> entries_;
};

/// Counts open associations in total, per calling AE title and per address. Thread-safe.
class AssociationSlots {
 public:
  /// A place that is given back on destruction.
  class Slot {
   public:
    Slot(AssociationSlots* owner, AeTitle ae_title, IpAddress address)
        : owner_(owner), ae_title_(std::move(ae_title)), address_(address) {}
    Slot(Slot&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          ae_title_(std::move(other.ae_title_)),
          address_(other.address_) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    AssociationSlots* owner_;
    AeTitle ae_title_;
    IpAddress address_;
  };
  AssociationSlots(int total, int per_ae, int per_address)
      : total_(total), per_ae_(per_ae), per_address_(per_address) {}
  tl::expected<Slot, Refusal> take(const AeTitle& ae_title, const IpAddress& address);
  int open() const;

 private:
  void give_back(const AeTitle& ae_title, const IpAddress& address);
  const int total_, per_ae_, per_address_;
  mutable std::mutex mutex_;
  int open_ = 0;
  std::map<AeTitle, int> by_ae_;
  std::map<IpAddress, int> by_address_;
};

}  // namespace veilgate::receive
