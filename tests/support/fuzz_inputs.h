#pragma once
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace veilgate::test {

/// Into the folder that VEILGATE_WRITE_SEEDS names, for libFuzzer to start from; without it nothing is written.
inline void offer_seeds(const std::vector<std::vector<std::uint8_t>>& seeds) {
  const char* folder = std::getenv("VEILGATE_WRITE_SEEDS");
  if (folder == nullptr) return;
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(std::filesystem::path(folder) / ("seed" + std::to_string(i)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seeds[i].data()), static_cast<std::streamsize>(seeds[i].size()));
  }
}

/// Inputs kept under tests/fuzz/inputs/<target>: what libFuzzer found, and what reaches the most code.
inline std::vector<std::vector<std::uint8_t>> kept_inputs(const std::string& target) {
  std::vector<std::vector<std::uint8_t>> out;
  const auto folder = std::filesystem::path(VEILGATE_SOURCE_DIR) / "tests/fuzz/inputs" / target;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return out;
}

}  // namespace veilgate::test
