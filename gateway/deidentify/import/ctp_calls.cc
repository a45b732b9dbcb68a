#include "deidentify/import/ctp_calls.h"

#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

constexpr char kEscape = '\\';

/// Where the bracket that was opened before `at` closes; separators found on the way at its own level.
std::optional<std::size_t> closing(std::string_view text, std::size_t at, char open, char close,
                                   std::vector<std::size_t>* commas) {
  int depth = 1, square = 0;
  bool in_quotes = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == kEscape) {
      ++at;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (in_quotes) {
      continue;
    } else if (c == '[' || c == ']') {
      square += c == '[' ? 1 : -1;
    } else if (c == open) {
      ++depth;
    } else if (c == close && square <= 0 && --depth == 0) {
      return at;
    } else if (c == ',' && depth == 1 && square <= 0 && commas != nullptr) {
      commas->push_back(at);
    }
  }
  return std::nullopt;
}

std::string argument(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

/// Reads the clause that begins at or after `at` and moves `at` behind it.
std::optional<std::string> clause(std::string_view text, std::size_t& at) {
  std::size_t open = at;
  while (open < text.size() && text[open] != '{' && trimmed(text.substr(open, 1)).empty()) ++open;
  if (open >= text.size() || text[open] != '{') return std::nullopt;
  const auto end = closing(text, open + 1, '{', '}', nullptr);
  if (!end) return std::nullopt;
  at = *end + 1;
  return std::string(text.substr(open + 1, *end - open - 1));
}

/// `at` stands behind the @.
std::optional<CtpCall> read_call(std::string_view text, std::size_t& at) {
  const auto open = text.find('(', at);
  if (open == std::string_view::npos) return std::nullopt;
  CtpCall out;
  for (char c : text.substr(at, open - at)) {
    if (!trimmed(std::string_view(&c, 1)).empty()) out.name.push_back(c);
  }
  std::vector<std::size_t> commas;
  const auto end = closing(text, open + 1, '(', ')', &commas);
  if (!end) return std::nullopt;
  out.text = "@" + std::string(text.substr(at, *end + 1 - at));
  commas.push_back(*end);
  std::size_t from = open + 1;
  for (std::size_t comma : commas) {
    out.arguments.push_back(argument(text.substr(from, comma - from)));
    from = comma + 1;
  }
  if (out.arguments.size() == 1 && out.arguments[0].empty()) out.arguments.clear();
  at = *end + 1;
  const std::size_t wanted = out.name == "if" || out.name == "select" ? 2 : out.name == "append" ? 1 : 0;
  while (out.clauses.size() < wanted) {
    auto next = clause(text, at);
    if (!next) break;
    out.clauses.push_back(std::move(*next));
  }
  return out;
}

}  // namespace

std::optional<std::vector<CtpPart>> parse_ctp_replacement(std::string_view text) {
  std::vector<CtpPart> out;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.push_back({std::move(literal), std::nullopt});
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c == kEscape) {
      if (at < text.size()) literal.push_back(text[at++]);
    } else if (c == '@') {
      auto call = read_call(text, at);
      if (!call) return std::nullopt;
      flush();
      out.push_back({{}, std::move(call)});
    } else {
      literal.push_back(c);
    }
  }
  flush();
  return out;
}

}  // namespace veilgate::deidentify::importing
