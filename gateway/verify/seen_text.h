#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dicom/scan.h"

namespace veilgate::verify {

/// The output's text attributes as a reader sees them: letters that look alike made one, styles, invisible characters
/// and marks gone, names written letter by letter closed up. What plain bytes say already is left out.
class SeenText {
 public:
  SeenText(std::span<const std::uint8_t> file, std::span<const dicom::ScannedElement> elements);

  /// All of it, a zero byte between two texts.
  const std::string& text() const { return text_; }
  /// The attribute that the text at this offset is of.
  const dicom::ScannedElement& element_at(std::size_t offset) const;

 private:
  struct Part {
    std::size_t begin;
    const dicom::ScannedElement* element;
  };
  void add(const std::string& text, const dicom::ScannedElement& element);

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace veilgate::verify
