#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// Institutions and addresses that the object carries: whole, and the words that tell one from another. General words
/// ("Hospital", "of") go only with those.
class KnownPlaces {
 public:
  void add(std::string_view place);
  void clean(View& view) const;

 private:
  struct Whole {
    std::vector<std::string> words;
  };

  void add_acronym(const View& place);
  bool distinctive(const View& view, const Token& token) const;
  bool goes_along(const View& view, const Token& token) const;
  std::size_t whole_at(const View& view, std::size_t index) const;
  void take_around(View& view, std::size_t first, std::size_t last) const;

  std::unordered_set<std::string> distinctive_;
  std::unordered_set<std::string> acronyms_;  ///< "UKE": only in capitals
  std::unordered_set<std::string> words_;     ///< every word of every place
  std::unordered_map<std::string, std::vector<Whole>> wholes_;
};

}  // namespace veilgate::deidentify::text
