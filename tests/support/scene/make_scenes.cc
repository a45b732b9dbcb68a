// Writes clinical scenes and their truth into a folder: see scene.h.
//   make_scenes FOLDER COUNT [FIRST_SEED] [--samples DIR]
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "support/scene/scene.h"

namespace {

using namespace veilgate::test::scene;

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int usage() {
  std::fprintf(stderr, "usage: make_scenes FOLDER COUNT [FIRST_SEED] [--samples DIR]\n");
  return 2;
}

int write_scenes(const std::filesystem::path& folder, std::uint64_t count, std::uint64_t first,
                 const Materials& materials) {
  std::filesystem::create_directories(folder);
  std::ofstream truth(folder / "truth.csv");
  truth << truth_header();
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const auto scene = make_scene(seed, materials);
    std::ofstream file(folder / file_name(seed), std::ios::binary);
    file.write(reinterpret_cast<const char*>(scene.jpeg.data()), static_cast<std::streamsize>(scene.jpeg.size()));
    truth << truth_rows(scene);
    if (!file) throw std::runtime_error("a picture cannot be written");
  }
  if (!truth.flush()) throw std::runtime_error("truth.csv cannot be written");
  std::printf("%llu scenes, seeds %llu to %llu, in %s\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(first), static_cast<unsigned long long>(first + count - 1),
              folder.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> plain;
  Materials materials{std::string(VEILGATE_DEPS_DIR) + "/samples"};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--samples" && i + 1 < arguments.size()) {
      materials.samples = arguments[++i];
    } else {
      plain.push_back(arguments[i]);
    }
  }
  if (plain.size() < 2 || plain.size() > 3) return usage();
  const auto count = number(plain[1]), first = plain.size() == 3 ? number(plain[2]) : 1;
  if (!count || !first) return usage();
  return write_scenes(plain[0], *count, *first, materials);
} catch (const std::exception& error) {
  std::fprintf(stderr, "make_scenes: %s\n", error.what());
  return 1;
}
