#pragma once
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "store/store.h"

namespace veilgate::test {

inline SecretKey test_key(std::uint8_t fill = 7) {
  std::array<std::uint8_t, SecretKey::kBytes> bytes{};
  bytes.fill(fill);
  return SecretKey(bytes);
}

/// A synthetic admission: `instance` stands for the SOP Instance UID, `content` for the bytes.
inline store::Admission admission(const std::string& instance, const std::string& content = "bytes",
                                  TimeMs received_at = 1'790'000'000'000) {
  return {ObjectId::random(),
          InstanceKey{sha256(instance)},
          sha256(content),
          content.size(),
          *AeTitle::parse("CAMERA"),
          *AeTitle::parse("VEILGATE"),
          "192.0.2.1",
          *Uid::parse("1.2.840.10008.5.1.4.1.1.77.1.4"),
          *Uid::parse("1.2.840.10008.1.2.1"),
          received_at};
}

}  // namespace veilgate::test

/// For Result: shows the error where the test needs the value.
#define ASSERT_OK(expr)                                                                                 \
  do {                                                                                                  \
    const auto& vg_ok = (expr);                                                                         \
    ASSERT_TRUE(vg_ok.has_value()) << (vg_ok ? "" : vg_ok.error().code + ": " + vg_ok.error().message); \
  } while (false)
