#include "dicom/net/pdu_guard.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace veilgate::dicom::net {
namespace {

constexpr std::size_t kHeadBytes = 6;  // of a PDU, and of a PDV with its message control header
constexpr std::uint64_t kShortPduBytes = 4;
constexpr std::uint64_t kMinAssociateBytes = 68;  // fixed part of A-ASSOCIATE-RQ and -AC
constexpr std::uint8_t kCommandBit = 1;
constexpr std::uint8_t kLastBit = 2;

std::uint32_t big_endian(const std::uint8_t* at) {
  return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) | (std::uint32_t{at[2]} << 8) | at[3];
}

}  // namespace

bool PduGuard::feed(std::span<const std::uint8_t> bytes) {
  while (violation_.empty() && !bytes.empty()) {
    switch (state_) {
      case State::PduHead:
        if (take_head(bytes, kHeadBytes)) open_pdu();
        break;
      case State::PdvHead:
        if (take_head(bytes, kHeadBytes)) open_pdv();
        break;
      case State::Body:
      case State::PdvBody: {
        std::uint64_t& left = state_ == State::Body ? pdu_left_ : pdv_left_;
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size()));
        left -= step;
        bytes = bytes.subspan(step);
        if (left == 0 && state_ == State::Body) state_ = State::PduHead;
        if (left == 0 && state_ == State::PdvBody) finish_pdv();
        break;
      }
    }
  }
  return violation_.empty();
}

bool PduGuard::take_head(std::span<const std::uint8_t>& bytes, std::size_t size) {
  const std::size_t step = std::min(size - head_size_, bytes.size());
  std::memcpy(head_.data() + head_size_, bytes.data(), step);
  head_size_ += step;
  bytes = bytes.subspan(step);
  if (head_size_ < size) return false;
  head_size_ = 0;
  return true;
}

bool PduGuard::open_pdu() {
  const std::uint8_t type = head_[0];
  pdu_left_ = big_endian(head_.data() + 2);
  switch (type) {
    case 1:
    case 2: {
      const bool expected = type == (role_ == PduRole::Acceptor ? 1 : 2);
      if (!expected || associated_) return fail("pdu.bad_type");
      if (pdu_left_ < kMinAssociateBytes || pdu_left_ > limits::kMaxAssociateRequestBytes)
        return fail("pdu.bad_length");
      associated_ = true;
      state_ = State::Body;
      return true;
    }
    case 4:
      if (!associated_) return fail("pdu.bad_type");
      if (pdu_left_ < kHeadBytes || pdu_left_ > limits::kMaxPduBytes) return fail("pdu.bad_length");
      state_ = State::PdvHead;
      return true;
    case 3:
      if (role_ != PduRole::Requestor || associated_) return fail("pdu.bad_type");
      [[fallthrough]];
    case 5:
    case 6:
    case 7:
      if (pdu_left_ != kShortPduBytes) return fail("pdu.bad_length");
      state_ = State::Body;
      return true;
    default:
      return fail("pdu.bad_type");
  }
}

bool PduGuard::open_pdv() {
  const std::uint64_t length = big_endian(head_.data());
  // The length counts context id and control header, which head_ holds already.
  if (length < 2 || length + 4 > pdu_left_) return fail("pdu.bad_pdv");
  const std::uint64_t rest = pdu_left_ - length - 4;
  if (rest != 0 && rest < kHeadBytes) return fail("pdu.bad_pdv");
  pdu_left_ = rest;
  pdv_left_ = length - 2;
  command_ = (head_[5] & kCommandBit) != 0;
  last_ = (head_[5] & kLastBit) != 0;
  if (command_) {
    command_bytes_ += pdv_left_;
    if (command_bytes_ > limits::kMaxCommandSetBytes) return fail("command.too_large");
  }
  state_ = State::PdvBody;
  if (pdv_left_ == 0) finish_pdv();
  return true;
}

void PduGuard::finish_pdv() {
  // Not reset by a dataset fragment in between: only the end of a command ends its count.
  if (command_ && last_) command_bytes_ = 0;
  state_ = pdu_left_ == 0 ? State::PduHead : State::PdvHead;
}

bool PduGuard::fail(std::string_view code) {
  violation_ = code;
  return false;
}

}  // namespace veilgate::dicom::net
