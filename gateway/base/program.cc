#include "base/program.h"

#include <unistd.h>

#include <array>

namespace veilgate {

std::string own_program() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : "veilgate";
}

}  // namespace veilgate
