#include "dicom/scratch_stream.h"

#include <algorithm>
#include <span>

namespace veilgate::dicom {

offile_off_t ScratchProducer::read(void* buffer, offile_off_t length) {
  if (failed_ || length <= 0) return 0;
  const auto got = file_->read(at_, std::span(static_cast<std::uint8_t*>(buffer), static_cast<std::size_t>(length)));
  if (!got) {
    failed_ = true;
    return 0;
  }
  at_ += *got;
  return static_cast<offile_off_t>(*got);
}

offile_off_t ScratchProducer::skip(offile_off_t length) {
  if (failed_ || length <= 0) return 0;
  const auto step = std::min(left(), static_cast<std::uint64_t>(length));
  at_ += step;
  return static_cast<offile_off_t>(step);
}

void ScratchProducer::putback(offile_off_t count) {
  if (count < 0 || static_cast<std::uint64_t>(count) > at_ - start_) {
    failed_ = true;
    return;
  }
  at_ -= static_cast<std::uint64_t>(count);
}

// The base class only keeps the producer's address, so it may be built before it.
ScratchStream::ScratchStream(std::shared_ptr<const ScratchFile> file, std::uint64_t offset)
    : DcmInputStream(&producer_), producer_(std::move(file), offset) {}

DcmInputStreamFactory* ScratchStream::newFactory() const {
  return new ScratchStreamFactory(producer_.file(), producer_.at());
}

}  // namespace veilgate::dicom
