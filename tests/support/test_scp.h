#pragma once
#include <arpa/inet.h>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/scp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace veilgate::testing {

/// A TCP port of loopback that was free a moment ago.
inline std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

/// A Store SCP in this process that answers with given statuses and keeps the received bytes as they came.
class TestScp : private DcmSCP {
 public:
  struct Options {
    std::vector<std::string> sop_classes{UID_VLPhotographicImageStorage};
    std::vector<std::string> transfer_syntaxes{UID_LittleEndianExplicitTransferSyntax};
    bool refuse_called_ae = false;
    bool abort_on_store = false;
    bool hang_on_store = false;  ///< receives, never answers
  };

  TestScp(std::filesystem::path folder, Options options, std::uint16_t port = free_port())
      : folder_(std::move(folder)), options_(std::move(options)), port_(port) {
    OFList<OFString> syntaxes;
    for (const auto& syntax : options_.transfer_syntaxes) syntaxes.push_back(syntax.c_str());
    for (const auto& sop_class : options_.sop_classes) addPresentationContext(sop_class.c_str(), syntaxes);
    OFList<OFString> implicit;
    implicit.push_back(UID_LittleEndianImplicitTransferSyntax);
    addPresentationContext(UID_VerificationSOPClass, implicit);
    getConfig().setPort(port_);
    getConfig().setAETitle("ARCHIVE");
    getConfig().setConnectionBlockingMode(DUL_NOBLOCK);
    getConfig().setConnectionTimeout(1);
    getConfig().setDIMSEBlockingMode(DIMSE_NONBLOCKING);
    getConfig().setDIMSETimeout(30);
    getConfig().setRespondWithCalledAETitle(OFTrue);
    EXPECT_TRUE(openListenPort().good());
    thread_ = std::thread([this] { acceptAssociations(); });
  }
  ~TestScp() override {
    stop_ = true;
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  int associations() const { return associations_; }
  int stored() const { return stored_; }
  std::vector<std::string> syntaxes_used() const {
    const std::lock_guard lock(mutex_);
    return syntaxes_used_;
  }
  /// The n-th file as it was received, bit by bit.
  std::filesystem::path received(int n) const { return folder_ / ("received-" + std::to_string(n) + ".dcm"); }
  /// The next answers; after them success.
  void answer(std::vector<std::uint16_t> statuses) {
    const std::lock_guard lock(mutex_);
    answers_.assign(statuses.begin(), statuses.end());
  }
  void hang(bool on) { options_.hang_on_store = on; }
  /// Closes the Association after the next answer, as archives do with idle peers.
  void close_after_next() { close_next_ = true; }

 private:
  OFBool checkCalledAETitleAccepted(const OFString&) override { return options_.refuse_called_ae ? OFFalse : OFTrue; }
  void notifyAssociationRequest(const T_ASC_Parameters&, DcmSCPActionType& action) override {
    if (options_.refuse_called_ae) action = DCMSCP_ACTION_REFUSE_ASSOCIATION;
  }
  void notifyAssociationAcknowledge() override { ++associations_; }
  OFBool stopAfterCurrentAssociation() override { return stop_ ? OFTrue : OFFalse; }
  OFBool stopAfterConnectionTimeout() override { return stop_ ? OFTrue : OFFalse; }

  OFCondition handleIncomingCommand(T_DIMSE_Message* message, const DcmPresentationContextInfo& context) override {
    if (message->CommandField != DIMSE_C_STORE_RQ) return DcmSCP::handleIncomingCommand(message, context);
    if (options_.abort_on_store) return abortAssociation(), DUL_PEERABORTEDASSOCIATION;
    auto& request = message->msg.CStoreRQ;
    const auto file = received(stored_);
    const OFCondition got = receiveSTORERequest(request, context.presentationContextID, file.c_str());
    if (got.bad()) return got;
    {
      const std::lock_guard lock(mutex_);
      syntaxes_used_.push_back(context.acceptedTransferSyntax.c_str());
    }
    ++stored_;
    if (options_.hang_on_store) return EC_Normal;
    const OFCondition sent = sendSTOREResponse(context.presentationContextID, request, next_answer());
    if (close_next_.exchange(false)) return abortAssociation(), DUL_PEERABORTEDASSOCIATION;
    return sent;
  }

  std::uint16_t next_answer() {
    const std::lock_guard lock(mutex_);
    if (answers_.empty()) return 0;
    const auto status = answers_.front();
    answers_.pop_front();
    return status;
  }

  std::filesystem::path folder_;
  Options options_;
  std::uint16_t port_;
  std::atomic<int> associations_{0}, stored_{0};
  std::atomic<bool> stop_{false}, close_next_{false};
  mutable std::mutex mutex_;
  std::deque<std::uint16_t> answers_;
  std::vector<std::string> syntaxes_used_;
  std::thread thread_;
};

}  // namespace veilgate::testing
