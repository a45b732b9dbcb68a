#pragma once
#include <cstdint>
#include <random>
#include <vector>

namespace veilgate::test::scene {

/// The same numbers from the same seed wherever it is compiled: the standard leaves its distributions open.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  double share() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }  ///< [0, 1)
  double between(double low, double high) { return low + (high - low) * share(); }
  int whole(int low, int high) { return low + static_cast<int>(share() * (high - low + 1)); }  ///< both included
  bool chance(double share_of_yes) { return share() < share_of_yes; }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(whole(0, static_cast<int>(list.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace veilgate::test::scene
