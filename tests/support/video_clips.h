#pragma once
// Films made and read with Debian's ffmpeg, so that what is tested does not check itself.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace veilgate::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(static_cast<const char*>(static_cast<const void*>(bytes.data())),
             static_cast<std::streamsize>(bytes.size()));
}

/// `arguments` as on ffmpeg's command line; throws when it fails.
inline void ffmpeg(const std::string& arguments) {
  const std::string command = "ffmpeg -nostdin -v error -y " + arguments;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("ffmpeg failed: " + arguments);
}

/// A moving test picture of `frames` at 25 a second, encoded as `encoding` says (options and the name of the file's
/// kind: "-c:v libx264 clip.mp4").
inline Bytes clip(const std::filesystem::path& folder, const std::string& size, int frames, const std::string& encoding,
                  const std::string& more_inputs = "") {
  const auto name = encoding.substr(encoding.rfind(' ') + 1);
  const auto options = encoding.substr(0, encoding.rfind(' '));
  const auto path = folder / name;
  ffmpeg("-f lavfi -i testsrc2=size=" + size + ":rate=25 " + more_inputs + " -frames:v " + std::to_string(frames) +
         " -pix_fmt yuv420p -threads 1 " + options + " " + path.string());
  return bytes_of_file(path);
}

/// All pictures of a stream as ffmpeg decodes them, I420 one after the other.
inline Bytes decoded(const std::filesystem::path& folder, const Bytes& stream) {
  write_file(folder / "stream.bin", stream);
  ffmpeg("-i " + (folder / "stream.bin").string() + " -map 0:v -vsync passthrough -f rawvideo -pix_fmt yuv420p " +
         (folder / "raw.yuv").string());
  return bytes_of_file(folder / "raw.yuv");
}

/// Standard output of ffprobe.
inline std::string probed(const std::filesystem::path& folder, const Bytes& stream, const std::string& arguments) {
  write_file(folder / "probed.bin", stream);
  const auto out = (folder / "probe.txt").string();
  const auto command = "ffprobe -v error " + arguments + " " + (folder / "probed.bin").string() + " > " + out;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("ffprobe failed: " + arguments);
  const auto bytes = bytes_of_file(out);
  return {bytes.begin(), bytes.end()};
}

}  // namespace veilgate::test
