#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace veilgate::dicom::net {

/// Which side of an association reads the stream: it decides which PDUs may arrive.
enum class PduRole { Acceptor, Requestor };

/// Watches the bytes that a peer sends (PS3.8 9.3) before DCMTK sees them: PDU types and lengths, PDV framing, and the
/// size of each command set, whose nesting would overflow DCMTK's stack. Keeps no payload. After a violation it stays
/// failed.
class PduGuard {
 public:
  explicit PduGuard(PduRole role) : role_(role) {}
  /// False when these bytes, or earlier ones, break a rule; violation() names it.
  bool feed(std::span<const std::uint8_t> bytes);
  /// Stable code, empty while all is well: "pdu.bad_type", "pdu.bad_length", "pdu.bad_pdv", "command.too_large".
  std::string_view violation() const { return violation_; }

 private:
  enum class State { PduHead, Body, PdvHead, PdvBody };
  bool take_head(std::span<const std::uint8_t>& bytes, std::size_t size);
  bool open_pdu();
  bool open_pdv();
  void finish_pdv();
  bool fail(std::string_view code);

  PduRole role_;
  State state_ = State::PduHead;
  bool associated_ = false;
  std::array<std::uint8_t, 6> head_{};
  std::size_t head_size_ = 0;
  std::uint64_t pdu_left_ = 0;
  std::uint64_t pdv_left_ = 0;
  bool command_ = false;
  bool last_ = false;
  std::uint64_t command_bytes_ = 0;
  std::string_view violation_;
};

}  // namespace veilgate::dicom::net
