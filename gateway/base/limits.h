#pragma once
#include <cstddef>
#include <cstdint>

/// Every bound that is not configuration, in one place, each with its reason.
namespace veilgate::limits {

/// PDU size offered to peers: measured best for 1-12 MB photos; larger brings nothing on loopback or 1 Gbit/s.
inline constexpr std::uint32_t kMaxPduBytes = 131072;
/// A C-STORE command set needs under 300 bytes; 16 KiB stops nested-sequence bombs before DCMTK parses them.
inline constexpr std::size_t kMaxCommandSetBytes = 16 * 1024;
/// Real photo objects nest 3 to 6 deep; DCMTK recurses per level and overflows its stack near 20,000.
inline constexpr int kMaxSequenceDepth = 64;
/// Elements in one object, nested ones included: an enhanced multi-frame has tens of thousands.
inline constexpr std::uint64_t kMaxElements = 2'000'000;
/// A single attribute other than Pixel Data that is held in memory while cleaning.
inline constexpr std::uint64_t kMaxAttributeBytes = 64ull << 20;
/// Width or height of a frame: beyond 65535 DICOM cannot say it, beyond 32768 no camera makes it.
inline constexpr int kMaxFrameSide = 32768;
/// Pixels in one frame (200 megapixels covers medium-format backs); bounds decoder memory to ~1 GB RGB16.
inline constexpr std::uint64_t kMaxFramePixels = 200'000'000;
/// Frames in one object that are processed; more is held.
inline constexpr int kMaxFrames = 20'000;
/// A configuration or profile file.
inline constexpr std::uint64_t kMaxConfigBytes = 4ull << 20;
/// Maps and lists inside each other in such a file; ours nest 5 deep, and readers recurse per level.
inline constexpr int kMaxYamlDepth = 32;
/// Values in such a file: bounds the memory that a 4 MiB file of tiny values takes.
inline constexpr std::size_t kMaxYamlNodes = 200'000;
/// Problems listed for one file; nobody reads more at once.
inline constexpr std::size_t kMaxProblems = 500;
/// One request or reply between runner and worker: regions of many frames, never pixels.
inline constexpr std::size_t kMaxWorkerMessageBytes = 64ull << 20;
/// Regions in one object; more means a detector went wild, and the object is held.
inline constexpr std::size_t kMaxRegions = 20'000;
/// Admissions written in one transaction; larger groups do not shorten the fsync any more.
inline constexpr std::size_t kMaxAdmissionGroup = 64;

}  // namespace veilgate::limits
