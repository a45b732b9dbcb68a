#include "dicom/uids.h"

#include <array>

namespace veilgate::dicom {
namespace {

constexpr std::array<StorageClass, 16> kStorageClasses{{
    {"1.2.840.10008.5.1.4.1.1.77.1.4", "VLPhotographicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.1", "VLEndoscopicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.2", "VLMicroscopicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.3", "VLSlideCoordinatesMicroscopicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.7", "DermoscopicPhotographyImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.5.1", "OphthalmicPhotography8BitImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.5.2", "OphthalmicPhotography16BitImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.7", "SecondaryCaptureImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.7.1", "MultiframeSingleBitSecondaryCaptureImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.7.2", "MultiframeGrayscaleByteSecondaryCaptureImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.7.3", "MultiframeGrayscaleWordSecondaryCaptureImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.7.4", "MultiframeTrueColorSecondaryCaptureImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.1.1", "VideoEndoscopicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.2.1", "VideoMicroscopicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.77.1.4.1", "VideoPhotographicImageStorage", true},
    {"1.2.840.10008.5.1.4.1.1.104.1", "EncapsulatedPDFStorage", false},
}};

constexpr std::array<TransferSyntaxName, 50> kTransferSyntaxes{{
    {"1.2.840.10008.1.2", "ImplicitVRLittleEndian"},
    {"1.2.840.10008.1.2.1", "ExplicitVRLittleEndian"},
    {"1.2.840.10008.1.2.1.98", "EncapsulatedUncompressedExplicitVRLittleEndian"},
    {"1.2.840.10008.1.2.1.99", "DeflatedExplicitVRLittleEndian"},
    {"1.2.840.10008.1.2.2", "ExplicitVRBigEndian"},
    {"1.2.840.10008.1.2.4.50", "JPEGBaseline8Bit"},
    {"1.2.840.10008.1.2.4.51", "JPEGExtended12Bit"},
    {"1.2.840.10008.1.2.4.52", "JPEGExtended35"},
    {"1.2.840.10008.1.2.4.53", "JPEGSpectralSelectionNonHierarchical68"},
    {"1.2.840.10008.1.2.4.54", "JPEGSpectralSelectionNonHierarchical79"},
    {"1.2.840.10008.1.2.4.55", "JPEGFullProgressionNonHierarchical1012"},
    {"1.2.840.10008.1.2.4.56", "JPEGFullProgressionNonHierarchical1113"},
    {"1.2.840.10008.1.2.4.57", "JPEGLossless"},
    {"1.2.840.10008.1.2.4.58", "JPEGLosslessNonHierarchical15"},
    {"1.2.840.10008.1.2.4.59", "JPEGExtendedHierarchical1618"},
    {"1.2.840.10008.1.2.4.60", "JPEGExtendedHierarchical1719"},
    {"1.2.840.10008.1.2.4.61", "JPEGSpectralSelectionHierarchical2022"},
    {"1.2.840.10008.1.2.4.62", "JPEGSpectralSelectionHierarchical2123"},
    {"1.2.840.10008.1.2.4.63", "JPEGFullProgressionHierarchical2426"},
    {"1.2.840.10008.1.2.4.64", "JPEGFullProgressionHierarchical2527"},
    {"1.2.840.10008.1.2.4.65", "JPEGLosslessHierarchical28"},
    {"1.2.840.10008.1.2.4.66", "JPEGLosslessHierarchical29"},
    {"1.2.840.10008.1.2.4.70", "JPEGLosslessSV1"},
    {"1.2.840.10008.1.2.4.80", "JPEGLSLossless"},
    {"1.2.840.10008.1.2.4.81", "JPEGLSNearLossless"},
    {"1.2.840.10008.1.2.4.90", "JPEG2000Lossless"},
    {"1.2.840.10008.1.2.4.91", "JPEG2000"},
    {"1.2.840.10008.1.2.4.92", "JPEG2000MCLossless"},
    {"1.2.840.10008.1.2.4.93", "JPEG2000MC"},
    {"1.2.840.10008.1.2.4.94", "JPIPReferenced"},
    {"1.2.840.10008.1.2.4.95", "JPIPReferencedDeflate"},
    {"1.2.840.10008.1.2.4.100", "MPEG2MPML"},
    {"1.2.840.10008.1.2.4.101", "MPEG2MPHL"},
    {"1.2.840.10008.1.2.4.102", "MPEG4HP41"},
    {"1.2.840.10008.1.2.4.103", "MPEG4HP41BD"},
    {"1.2.840.10008.1.2.4.104", "MPEG4HP422D"},
    {"1.2.840.10008.1.2.4.105", "MPEG4HP423D"},
    {"1.2.840.10008.1.2.4.106", "MPEG4HP42STEREO"},
    {"1.2.840.10008.1.2.4.107", "HEVCMP51"},
    {"1.2.840.10008.1.2.4.108", "HEVCM10P51"},
    {"1.2.840.10008.1.2.4.110", "JPEGXLLossless"},
    {"1.2.840.10008.1.2.4.111", "JPEGXLJPEGRecompression"},
    {"1.2.840.10008.1.2.4.112", "JPEGXL"},
    {"1.2.840.10008.1.2.4.201", "HTJ2KLossless"},
    {"1.2.840.10008.1.2.4.202", "HTJ2KLosslessRPCL"},
    {"1.2.840.10008.1.2.4.203", "HTJ2K"},
    {"1.2.840.10008.1.2.4.204", "JPIPHTJ2KReferenced"},
    {"1.2.840.10008.1.2.4.205", "JPIPHTJ2KReferencedDeflate"},
    {"1.2.840.10008.1.2.5", "RLELossless"},
    {"1.2.840.10008.1.2.8.1", "DeflatedImageFrameCompression"},
}};

}  // namespace

std::span<const StorageClass> storage_classes() { return kStorageClasses; }

const StorageClass* storage_class(std::string_view uid_or_keyword) {
  for (const auto& entry : kStorageClasses) {
    if (entry.uid == uid_or_keyword || entry.keyword == uid_or_keyword) return &entry;
  }
  return nullptr;
}

std::span<const TransferSyntaxName> transfer_syntaxes() { return kTransferSyntaxes; }

}  // namespace veilgate::dicom
