#include <iterator>
#include <utility>

#include "audit/chain.h"

namespace veilgate::audit {
namespace {

std::string row_name(std::int64_t seq) { return "row " + std::to_string(seq); }

std::string missing(std::int64_t first, std::int64_t last) {
  if (first == last) return row_name(first) + " is missing";
  return "rows " + std::to_string(first) + " to " + std::to_string(last) + " are missing";
}

}  // namespace

void Verifier::found(std::int64_t seq, std::string what) {
  if (verdict_.findings.size() < kMaxFindings) verdict_.findings.push_back({seq, std::move(what)});
}

void Verifier::open_gap(std::int64_t first, std::int64_t last) {
  if (gaps_.size() < kMaxFindings) {
    gaps_.emplace(first, last);
  } else {
    found(first, missing(first, last));
  }
}

bool Verifier::take_from_gap(std::int64_t seq) {
  auto gap = gaps_.upper_bound(seq);
  if (gap == gaps_.begin()) return false;
  gap = std::prev(gap);
  const auto [first, last] = *gap;
  if (seq > last) return false;
  gaps_.erase(gap);
  if (first < seq) gaps_.emplace(first, seq - 1);
  if (seq < last) gaps_.emplace(seq + 1, last);
  return true;
}

void Verifier::add(const Row& row) {
  ++verdict_.rows;
  if (hash_of(row) != row.hash) found(row.seq, row_name(row.seq) + " was edited");
  place(row);
}

void Verifier::place(const Row& row) {
  if (row.seq < 1) return found(row.seq, row_name(row.seq) + " has a number that no row can have");
  if (row.seq <= top_seq_) {
    const bool late = take_from_gap(row.seq);
    return found(row.seq, row_name(row.seq) + (late ? " stands out of order" : " is there more than once"));
  }
  if (row.seq > top_seq_ + 1) {
    open_gap(top_seq_ + 1, row.seq - 1);
  } else if (row.previous != top_hash_) {
    // Both rows may hash correctly by themselves: one of them was rewritten together with its hash.
    found(row.seq, row_name(row.seq) + " does not continue " + row_name(top_seq_) + ": one of them was replaced");
  }
  top_seq_ = row.seq;
  top_hash_ = row.hash;
}

void Verifier::check_head(const Head& head) {
  if (head.seq > top_seq_) return found(top_seq_ + 1, missing(top_seq_ + 1, head.seq) + " at the end of the chain");
  if (head.seq < top_seq_)
    return found(head.seq + 1, "rows after " + std::to_string(head.seq) + " stand beyond the sealed head");
  if (head.hash != top_hash_) found(head.seq, row_name(head.seq) + " is not the row that was sealed");
}

Verdict Verifier::finish(const std::optional<Head>& head, const SecretKey* key) {
  for (const auto& [first, last] : gaps_) found(first, missing(first, last));
  gaps_.clear();
  verdict_.head = head;
  if (!head) {
    found(top_seq_, "the sealed head is missing");
  } else {
    if (key != nullptr && !seal_holds(*head, *key))
      found(head->seq, "the head was not sealed with this key: forged, or another key");
    check_head(*head);
  }
  return std::exchange(verdict_, {});
}

}  // namespace veilgate::audit
