#include "deidentify/text/misread_words.h"

#include <algorithm>

#include "base/misread.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::size_t kMaxForms = 2048;       ///< more would only cost time
constexpr std::size_t kMaxBytes = 256;        ///< of one word
constexpr std::ptrdiff_t kMinQuestioned = 3;  ///< letters that are left beside question marks
constexpr std::string_view kSigns = "?&%\\=";

bool high(char c) { return static_cast<unsigned char>(c) >= 0x80; }
std::ptrdiff_t letters_in(std::string_view text) { return std::ranges::count_if(text, is_alnum); }

/// The word goes on behind what is known of it: "MÃ¼llers".
std::uint32_t end_of_word(const View& view, std::uint32_t at) {
  while (at < view.text().size() && is_alnum(view.text()[at])) ++at;
  return at;
}

bool begins_word(const View& view, std::uint32_t at) {
  return at == 0 || !is_alnum(view.text()[at]) || !is_alnum(view.text()[at - 1]);
}

}  // namespace

void MisreadWords::add(std::string_view written, TextKind kind) {
  if (written.size() > kMaxBytes || std::ranges::none_of(written, high)) return;
  for (std::string& form : unicode::doubled_forms(written)) {
    if (doubled_.size() < kMaxForms) doubled_.push_back({std::move(form), kind, 0});
  }
  std::ranges::sort(doubled_, {}, [](const Form& form) { return kMaxBytes * 8 - form.text.size(); });  // longest first
  for (std::string& form : unicode::escaped_forms(written)) {
    const auto sign = form.find_first_of(kSigns);
    if (sign == std::string::npos || escaped_.size() >= kMaxForms) continue;
    if (form[sign] == '?' && letters_in(form) < kMinQuestioned) continue;
    escaped_.push_back({form, kind, form[sign]});
  }
}

void MisreadWords::clean(View& view) const {
  if (view.has_high()) {
    for (const Form& form : doubled_) {
      const std::string_view input = view.whole_input();
      for (auto at = input.find(form.text); at != std::string_view::npos; at = input.find(form.text, at + 1)) {
        const std::uint32_t begin = view.begin_of(at), end = view.begin_of(at + form.text.size());
        view.take(begin, end_of_word(view, end), form.kind);
      }
    }
  }
  for (const Form& form : escaped_) {
    if (!view.has(form.sign)) continue;
    for (auto at = view.lower().find(form.text); at != std::string::npos; at = view.lower().find(form.text, at + 1)) {
      const auto begin = static_cast<std::uint32_t>(at);
      const auto end = static_cast<std::uint32_t>(at + form.text.size());
      if (begins_word(view, begin)) view.take(begin, end_of_word(view, end), form.kind);
    }
  }
}

}  // namespace veilgate::deidentify::text
