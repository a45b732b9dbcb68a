#include "audit/chain.h"

#include <openssl/crypto.h>

namespace veilgate::audit {
namespace {

constexpr std::string_view kRowFormat = "veilgate-audit-row-1";
constexpr std::string_view kSealPurpose = "audit-head";

/// Length, colon, bytes: no two different rows give the same stream.
void put(Sha256Stream& stream, std::string_view field) {
  stream.update(std::to_string(field.size()) + ":");
  stream.update(field);
}

}  // namespace

Sha256 hash_of(const Row& row) {
  Sha256Stream stream;
  put(stream, kRowFormat);
  put(stream, std::to_string(row.seq));
  put(stream, std::to_string(row.at));
  put(stream, row.type);
  put(stream, row.object);
  put(stream, row.actor);
  put(stream, row.details);
  put(stream, row.previous.hex());
  return stream.finish();
}

Head seal(std::int64_t seq, const Sha256& hash, const SecretKey& key) {
  return {seq, hash, key.hmac(kSealPurpose, std::to_string(seq) + ":" + hash.hex())};
}

bool seal_holds(const Head& head, const SecretKey& key) {
  const Sha256 expected = seal(head.seq, head.hash, key).seal;
  return CRYPTO_memcmp(expected.bytes().data(), head.seal.bytes().data(), expected.bytes().size()) == 0;
}

Row link(const Event& event, TimeMs at, const Head& end) {
  Row row;
  row.seq = end.seq + 1;
  row.position = row.seq;
  row.at = at;
  row.type = to_string(event.type);
  row.object = event.object ? event.object->str() : "";
  row.actor = event.actor;
  // nlohmann's object is a std::map: keys come out sorted. Bad UTF-8 must not lose an audit row.
  row.details = event.details.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  row.previous = end.hash;
  row.hash = hash_of(row);
  return row;
}

}  // namespace veilgate::audit
