#include <gtest/gtest.h>

#include <chrono>

#include "dicom/dataset.h"
#include "forward/destination.h"
#include "forward/dimse_status.h"
#include "support/forward_fixture.h"
#include "support/test_scp.h"

namespace veilgate::forward {
namespace {

using testing::dataset_bytes;
using testing::TestScp;

class DimseDestinationTest : public testing::ForwardFixture {
 protected:
  void SetUp() override { ASSERT_TRUE(dicom::init_dicom()); }

  static std::unique_ptr<Destination> make(std::uint16_t port, int response_timeout_ms = 10'000) {
    config::DimseDestination where{"127.0.0.1", port, *AeTitle::parse("ARCHIVE"), *AeTitle::parse("VEILGATE")};
    where.connect_timeout_ms = 2'000;
    where.response_timeout_ms = response_timeout_ms;
    return *make_destination({"research", where});
  }
};

TEST_F(DimseDestinationTest, SendsTheDatasetByteForByte) {
  for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_JPEGProcess1}) {
    TestScp::Options options;
    options.transfer_syntaxes = {DcmXfer(syntax).getXferID()};
    TestScp scp(folder_, options);
    const auto output = make_output("2.25.1", syntax);
    const auto receipt = make(scp.port())->send(output);
    ASSERT_TRUE(receipt) << receipt.error().code;
    EXPECT_EQ(receipt->code, "dimse.status.0000");
    EXPECT_FALSE(receipt->warning);
    ASSERT_EQ(scp.stored(), 1);
    EXPECT_EQ(dataset_bytes(slurp(scp.received(0))), dataset_bytes(slurp(output.file)))
        << DcmXfer(syntax).getXferName();
  }
}

TEST_F(DimseDestinationTest, LargeObjectsArriveByteForByteToo) {
  TestScp scp(folder_, {});
  auto output = make_output("2.25.1");
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(output.file.c_str()).good());
  const std::vector<Uint8> pixels(5'000'001, 0x5A);
  file.getDataset()->putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size());
  ASSERT_TRUE(file.saveFile(output.file.c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_withoutGL).good());
  output.expected_sha256 = *sha256_file(output.file);
  ASSERT_TRUE(make(scp.port())->send(output));
  EXPECT_EQ(dataset_bytes(slurp(scp.received(0))), dataset_bytes(slurp(output.file)));
}

TEST_F(DimseDestinationTest, OneAssociationForManyObjects) {
  TestScp scp(folder_, {});
  {
    const auto destination = make(scp.port());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(destination->send(make_output("2.25." + std::to_string(i + 1))));
    destination->idle();
    ASSERT_TRUE(destination->send(make_output("2.25.99")));
  }
  EXPECT_EQ(scp.stored(), 11);
  EXPECT_EQ(scp.associations(), 1);
}

TEST_F(DimseDestinationTest, ANewKindOfObjectReopensOnceAndBothKindsFitThen) {
  TestScp::Options options;
  options.sop_classes = {UID_VLPhotographicImageStorage, UID_SecondaryCaptureImageStorage};
  TestScp scp(folder_, options);
  {
    const auto destination = make(scp.port());
    ASSERT_TRUE(destination->send(make_output("2.25.1")));
    for (int i = 2; i < 6; ++i) {
      ASSERT_TRUE(destination->send(
          make_output("2.25." + std::to_string(i), EXS_LittleEndianExplicit,
                      i % 2 == 0 ? UID_SecondaryCaptureImageStorage : UID_VLPhotographicImageStorage)));
    }
  }
  EXPECT_EQ(scp.associations(), 2);
}

TEST_F(DimseDestinationTest, APeerThatClosedTheKeptAssociationCostsNothing) {
  TestScp scp(folder_, {});
  const auto destination = make(scp.port());
  scp.close_after_next();
  ASSERT_TRUE(destination->send(make_output("2.25.1")));
  const auto receipt = destination->send(make_output("2.25.2"));
  ASSERT_TRUE(receipt) << receipt.error().code;
  EXPECT_EQ(scp.stored(), 2);
  EXPECT_EQ(scp.associations(), 2);
}

TEST_F(DimseDestinationTest, UncompressedObjectsMayChangeTheirEncodingAndKeepTheirValues) {
  TestScp::Options options;
  options.transfer_syntaxes = {UID_LittleEndianImplicitTransferSyntax};
  TestScp scp(folder_, options);
  const auto output = make_output("2.25.1", EXS_LittleEndianExplicit);
  ASSERT_TRUE(make(scp.port())->send(output));
  DcmFileFormat sent, received;
  ASSERT_TRUE(sent.loadFile(output.file.c_str()).good());
  ASSERT_TRUE(received.loadFile(scp.received(0).c_str()).good());
  EXPECT_EQ(received.getDataset()->getOriginalXfer(), EXS_LittleEndianImplicit);
  received.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  EXPECT_EQ(sent.getDataset()->compare(*received.getDataset()), 0);
}

TEST_F(DimseDestinationTest, CompressedPixelsAreNeverConverted) {
  TestScp scp(folder_, {});
  const auto refused = make(scp.port())->send(make_output("2.25.1", EXS_JPEGProcess1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Refused);
  EXPECT_EQ(refused.error().code, "forward.syntax_refused");
  EXPECT_EQ(scp.stored(), 0);
}

TEST_F(DimseDestinationTest, AnUnknownSopClassIsRefusedWithoutHarmToOthers) {
  TestScp scp(folder_, {});
  const auto destination = make(scp.port());
  const auto refused =
      destination->send(make_output("2.25.1", EXS_LittleEndianExplicit, UID_SecondaryCaptureImageStorage));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "forward.syntax_refused");
  EXPECT_TRUE(destination->send(make_output("2.25.2")));
}

TEST_F(DimseDestinationTest, OtherBytesThanApprovedAreNeverSent) {
  TestScp scp(folder_, {});
  auto output = make_output("2.25.1");
  output.expected_sha256 = sha256("something else");
  const auto refused = make(scp.port())->send(output);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "forward.digest");
  EXPECT_EQ(scp.associations(), 0);
}

TEST_F(DimseDestinationTest, StatusesOfThePeerAreToldApart) {
  TestScp scp(folder_, {});
  const auto destination = make(scp.port());
  struct Case {
    std::uint16_t status;
    bool delivered;
    ErrorKind kind;
  };
  for (const auto& [status, delivered, kind] :
       {Case{0xB000, true, ErrorKind::Bug}, Case{0xB006, true, ErrorKind::Bug}, Case{0xB007, true, ErrorKind::Bug},
        Case{0xA700, false, ErrorKind::Transient}, Case{0x0110, false, ErrorKind::Transient},
        Case{0xA900, false, ErrorKind::Permanent}, Case{0xC000, false, ErrorKind::Permanent},
        Case{0x0122, false, ErrorKind::Permanent}, Case{0x0124, false, ErrorKind::Permanent}}) {
    scp.answer({status});
    const auto receipt = destination->send(make_output("2.25.1"));
    ASSERT_EQ(receipt.has_value(), delivered) << std::hex << status;
    if (delivered) {
      EXPECT_TRUE(receipt->warning);
    } else {
      EXPECT_EQ(receipt.error().kind, kind) << std::hex << status;
      EXPECT_EQ(receipt.error().code.substr(0, 13), "dimse.status.");
    }
  }
  EXPECT_EQ(scp.associations(), 1) << "a refused object must not cost the Association";
}

TEST_F(DimseDestinationTest, APeerThatIsDownIsTriedLaterAndTakesTheObjectWhenItIsUp) {
  const auto port = testing::free_port();
  auto destination = make(port);
  const auto output = make_output("2.25.1");
  const auto failed = destination->send(output);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(failed.error().code, "dimse.connect");
  TestScp scp(folder_, {}, port);
  EXPECT_TRUE(destination->send(output));
  destination.reset();  // the peer serves one Association at a time and stops after it
}

TEST_F(DimseDestinationTest, ARejectedAssociationIsTriedLater) {
  TestScp::Options options;
  options.refuse_called_ae = true;
  TestScp scp(folder_, options);
  const auto failed = make(scp.port())->send(make_output("2.25.1"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(failed.error().code.substr(0, 15), "dimse.rejected.") << failed.error().code;
}

TEST_F(DimseDestinationTest, APeerThatAbortsIsTriedLater) {
  TestScp::Options options;
  options.abort_on_store = true;
  TestScp scp(folder_, options);
  const auto failed = make(scp.port())->send(make_output("2.25.1"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(failed.error().code, "dimse.broken");
}

TEST_F(DimseDestinationTest, APeerThatNeverAnswersTimesOut) {
  TestScp::Options options;
  options.hang_on_store = true;
  TestScp scp(folder_, options);
  const auto start = std::chrono::steady_clock::now();
  const auto failed = make(scp.port(), 1'000)->send(make_output("2.25.1"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(failed.error().code, "dimse.timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(DimseDestinationTest, APeerThatAcceptsTheConnectionAndStaysSilentTimesOut) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 4), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto start = std::chrono::steady_clock::now();
  const auto failed = make(ntohs(address.sin_port), 1'000)->send(make_output("2.25.1"));
  ::close(listener);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(DimseStatus, EveryStatusHasAMeaning) {
  for (int status = 0; status <= 0xFFFF; ++status) {
    const auto receipt = receipt_of(static_cast<std::uint16_t>(status));
    if (!receipt) {
      EXPECT_TRUE(receipt.error().kind == ErrorKind::Transient || receipt.error().kind == ErrorKind::Permanent);
    }
  }
  EXPECT_EQ(receipt_of(0xA7FF).error().code, "dimse.status.A7FF");
  EXPECT_EQ(receipt_of(0xFF00).error().kind, ErrorKind::Permanent);
}

}  // namespace
}  // namespace veilgate::forward
