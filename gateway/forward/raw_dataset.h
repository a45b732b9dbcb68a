#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <string_view>

namespace veilgate::forward {

/// A dataset that DIMSE sends byte for byte as it stands in the file: DCMTK would encode a parsed one anew, and the
/// peer would then get other bytes than those that were verified and approved. Valid while the bytes are.
class RawDataset : public DcmDataset {
 public:
  RawDataset(std::string_view bytes, E_TransferSyntax syntax);
  OFBool canWriteXfer(E_TransferSyntax wanted, E_TransferSyntax) override { return wanted == syntax_; }
  void transferInit() override;
  OFCondition write(DcmOutputStream& out, E_TransferSyntax syntax, E_EncodingType encoding,
                    DcmWriteCache* cache) override;
  OFCondition write(DcmOutputStream& out, E_TransferSyntax syntax, E_EncodingType encoding, DcmWriteCache* cache,
                    E_GrpLenEncoding group_length, E_PaddingEncoding padding, Uint32 pad_length, Uint32 sub_pad_length,
                    Uint32 instance_length) override;
  bool sent_completely() const { return done_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  E_TransferSyntax syntax_;
  std::size_t done_ = 0;
};

}  // namespace veilgate::forward
