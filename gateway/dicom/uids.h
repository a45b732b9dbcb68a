#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace veilgate::dicom {

/// A storage SOP class the receiver knows.
struct StorageClass {
  std::string_view uid;
  std::string_view keyword;  ///< "VLPhotographicImageStorage"
  bool maskable;             ///< false: accepted only into hold (encapsulated documents)
};
/// VL Photographic, Endoscopic, Microscopic, Slide-Coordinates, Dermoscopic, Ophthalmic 8/16 bit, SC and the four
/// multi-frame SC, video classes, Encapsulated PDF.
std::span<const StorageClass> storage_classes();
const StorageClass* storage_class(std::string_view uid_or_keyword);

/// Transfer syntaxes the receiver can name; maskability is the codec table's (pixel/codec.h).
struct TransferSyntaxName {
  std::string_view uid;
  std::string_view name;  ///< "JPEGBaseline8Bit"
};
std::span<const TransferSyntaxName> transfer_syntaxes();

/// The dataset as a whole is one raw deflate stream (PS3.5 A.5).
inline constexpr std::string_view kDeflatedExplicitVr = "1.2.840.10008.1.2.1.99";

}  // namespace veilgate::dicom
