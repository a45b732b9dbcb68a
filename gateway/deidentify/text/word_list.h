#pragma once
// Internal to text: lists of words as they are written in the tables.
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <unordered_set>

namespace veilgate::deidentify::text {

using Words = std::unordered_set<std::string_view>;

template <typename Use>
void each_word(std::string_view list, const Use& use) {
  while (true) {
    const auto begin = list.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return;
    const auto end = std::min(list.find_first_of(" \n", begin), list.size());
    use(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
}

inline Words words_of(std::initializer_list<std::string_view> lists) {
  Words out;
  for (const std::string_view list : lists) {
    each_word(list, [&out](std::string_view word) { out.insert(word); });
  }
  return out;
}

inline bool contains(const Words& words, std::string_view word) { return words.find(word) != words.end(); }

}  // namespace veilgate::deidentify::text
