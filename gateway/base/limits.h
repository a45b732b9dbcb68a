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
/// A deflated dataset may always inflate to this much, though its picture be all black...
inline constexpr std::uint64_t kFreelyInflatedBytes = 256ull << 20;
/// ...and beyond it to this many times its size: photographs deflate to half, drawings to a twentieth.
inline constexpr std::uint64_t kMaxInflateRatio = 100;
/// Width or height of a frame: beyond 65535 DICOM cannot say it, beyond 32768 no camera makes it.
inline constexpr int kMaxFrameSide = 32768;
/// Pixels in one frame (200 megapixels covers medium-format backs); bounds decoder memory to ~1 GB RGB16.
inline constexpr std::uint64_t kMaxFramePixels = 200'000'000;
/// All frames of one compressed object may always unpack to this much: a frame of one colour (a covered lens, an empty
/// slide) takes a few hundred bytes, and the largest common camera has 45 megapixels in three samples. Decoding,
/// looking and verifying take 0.15 s for each MiB, so what a few bytes can cost stays under half a minute...
inline constexpr std::uint64_t kFreelyDecodedBytes = 128ull << 20;
/// ...and beyond it to this many times its compressed size: photographs pack to 1:50 at best. What is larger and nearly
/// all of one colour, or masked nearly whole, is held.
inline constexpr std::uint64_t kMaxDecodeRatio = 200;
/// Masked pixel data that stay in memory until the object is saved; more waits in a scratch file.
inline constexpr std::uint64_t kMaxPixelBytesInMemory = 64ull << 20;
/// Frames in one object that are processed; more is held.
inline constexpr int kMaxFrames = 20'000;
/// A configuration or profile file.
inline constexpr std::uint64_t kMaxConfigBytes = 4ull << 20;
/// Maps and lists inside each other in such a file; ours nest 5 deep, and readers recurse per level.
inline constexpr int kMaxYamlDepth = 32;
/// Values in such a file: bounds the memory that a 4 MiB file of tiny values takes.
inline constexpr std::size_t kMaxYamlNodes = 200'000;
/// Routes (and route tests) in a configuration: each is compared with those before it.
inline constexpr std::size_t kMaxRoutes = 1000;
/// A pattern of a route, and an attribute value that it is tried on: LT, the longest text worth a rule, has 10240.
inline constexpr std::size_t kMaxPatternBytes = 256;
inline constexpr std::size_t kMaxMatchedBytes = 10'240;
/// Problems listed for one file; nobody reads more at once.
inline constexpr std::size_t kMaxProblems = 500;
/// One request or reply between runner and worker: regions of many frames, never pixels.
inline constexpr std::size_t kMaxWorkerMessageBytes = 64ull << 20;
/// A file that a worker may write: twice the largest object that can be configured, as verification reads it.
inline constexpr std::uint64_t kMaxWorkerFileBytes = 8ull << 30;
/// Regions in one object; more means a detector went wild, and the object is held.
inline constexpr std::size_t kMaxRegions = 20'000;
/// Admissions written in one transaction; larger groups do not shorten the fsync any more.
inline constexpr std::size_t kMaxAdmissionGroup = 64;

// Receiving
/// An A-ASSOCIATE-RQ with 128 contexts of a dozen transfer syntaxes each needs 50 KB.
inline constexpr std::size_t kMaxAssociateRequestBytes = 128 * 1024;
/// TCP connections whose A-ASSOCIATE-RQ has not fully arrived; the oldest gives way, so silent peers lock nobody out.
inline constexpr std::size_t kMaxPendingConnections = 256;
/// Of these, from one address: one broken host must not displace the others.
inline constexpr std::size_t kMaxPendingPerAddress = 64;
/// Complete requests that wait for a thread; more are closed at once.
inline constexpr std::size_t kMaxReadyConnections = 64;
/// Threads beyond max_associations, so that a peer over a cap hears A-ASSOCIATE-RJ instead of silence.
inline constexpr int kRefusalThreads = 2;
/// How long a closing handshake may take (A-RELEASE, A-ABORT) before the socket is closed under the peer.
inline constexpr int kCloseTimeoutMs = 2'000;
/// A peer that sends more than this many times max_object_bytes is cut off instead of drained.
inline constexpr std::uint64_t kOversizeDrainFactor = 2;
/// How long a C-STORE waits for its group commit before it answers A700: several slow fsyncs.
inline constexpr int kAdmitTimeoutMs = 30'000;
/// Audit rows for refused associations per minute; a flood is counted, not written row by row.
inline constexpr int kMaxRefusedAssociationRowsPerMinute = 60;
/// Audit rows for refused objects per minute: only admitted peers can cause them.
inline constexpr int kMaxRefusedObjectRowsPerMinute = 600;

// Store and spool
/// How long a writer waits for another process's write lock: many group commits on a slow disk.
inline constexpr int kStoreBusyMs = 10'000;
/// Expired waits and leases put back in line by one lease(); keeps that call short after an outage.
inline constexpr int kMaxPromotions = 1'000;
/// Regions written out in one audit row, the first of them; the job's facts have all.
inline constexpr std::size_t kMaxAuditedRegions = 200;
/// Audit rows held at once while the chain is verified.
inline constexpr std::size_t kAuditPageRows = 1'000;
/// Times verification catches up with a gateway that goes on writing before it gives up.
inline constexpr int kMaxVerifyRounds = 10'000;
/// A temporary file that nobody has written to for this long belongs to a dead process: writes are seconds apart.
inline constexpr int kStaleTemporaryMs = 3'600'000;
/// Bytes after which a store in progress is pushed towards the disk, so that the final fsync is short.
inline constexpr std::uint64_t kWriteBackBytes = 512 * 1024;
/// Bytes after which a store in progress looks at the free space again.
inline constexpr std::uint64_t kFreeSpaceCheckBytes = 16ull << 20;

// Crosswalk
/// Names, IDs or birth dates of one patient that are kept; a patient has a few, more are a misused Patient ID.
inline constexpr std::size_t kMaxKnownValues = 32;
/// One such value: PN has 3 x 64 characters, LO 64.
inline constexpr std::size_t kMaxKnownValueBytes = 1'024;
/// A sealed entry or object record: all known values full, with room for JSON's own characters and escapes.
inline constexpr std::size_t kMaxSealedBytes = 1ull << 20;
/// A list of pseudonyms: two million lines.
inline constexpr std::uint64_t kMaxLookupListBytes = 128ull << 20;
/// Why someone looks at the crosswalk: a sentence with a ticket number.
inline constexpr std::size_t kMaxReasonBytes = 500;
/// Entries held at once while the crosswalk is searched.
inline constexpr std::size_t kCrosswalkPageRows = 1'000;
/// Numbers skipped at most because a list has given them as pseudonyms already.
inline constexpr int kMaxTakenNumbers = 1'000'000;
/// Times one object is cleaned again because another of the same patient was committed meanwhile.
inline constexpr int kMaxCrosswalkRaces = 20;

// Evaluation
/// A picture file: 200 megapixels of 16-bit RGB without compression, with room for its thumbnails.
inline constexpr std::uint64_t kMaxPictureFileBytes = 1536ull << 20;
/// Frames or pages of one file that are looked at; a folder of photographs has single ones.
inline constexpr int kMaxEvaluatedFrames = 500;
/// A file of labelled boxes: a million rows.
inline constexpr std::uint64_t kMaxTruthBytes = 128ull << 20;
inline constexpr std::size_t kMaxTruthWordBytes = 64;  // what a box to be kept is called; a report has one line each
/// Crops in one part of the contact sheet: what a person looks through, and what a browser shows at once.
inline constexpr std::size_t kMaxSheetCrops = 150;

}  // namespace veilgate::limits
