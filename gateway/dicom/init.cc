#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/oflog/oflog.h>

#include <mutex>

#include "dicom/dataset.h"

namespace veilgate::dicom {
namespace {

Result<void> set_up() {
  // DCMTK's log lines quote attribute values; ours must not carry any.
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  if (!dcmDataDict.isDictionaryLoaded()) {
    return fail(ErrorKind::Config, "dicom.dictionary",
                "DCMTK's data dictionary is not loaded: install dcmtk's data files or set DCMDICTPATH");
  }
  // A reverse lookup of every peer would let a slow name server stall the listener.
  dcmDisableGethostbyaddr.set(OFTrue);
  // The structural scan ends the meta group at the first other tag; the parser must see the same end.
  dcmIgnoreFileMetaInformationGroupLength.set(OFTrue);
  // The rest must hold their defaults whatever a linked library did: what the scan accepts is what gets parsed.
  dcmStopParsingAfterElement.set(DcmTagKey(0xFFFF, 0xFFFF));
  dcmIgnoreParsingErrors.set(OFFalse);
  dcmAcceptUnexpectedImplicitEncoding.set(OFFalse);
  dcmPreferVRFromDataDictionary.set(OFFalse);
  dcmPreferLengthFieldSizeFromDataDictionary.set(OFFalse);
  dcmReplaceWrongDelimitationItem.set(OFFalse);
  dcmEnableUnknownVRConversion.set(OFFalse);
  dcmEnableCP246Support.set(OFTrue);
  dcmUseExplLengthPixDataForEncTS.set(OFFalse);
  return {};
}

}  // namespace

Result<void> init_dicom() {
  static std::once_flag once;
  static Result<void> outcome;
  std::call_once(once, [] { outcome = set_up(); });
  return outcome;
}

}  // namespace veilgate::dicom
