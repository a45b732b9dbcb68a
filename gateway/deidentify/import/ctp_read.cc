#include <algorithm>
#include <pugixml.hpp>

#include "deidentify/import/ctp_script.h"
#include "deidentify/import/import_limits.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify::importing {
namespace {

using Kind = CtpStatement::Kind;

/// Line numbers of places that are asked for in order.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  int of(std::size_t at) {
    at = std::min(at, text_.size());
    if (at < at_) at_ = 0, line_ = 1;
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    at_ = at;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

/// The element as it is written, from its '<' on.
std::string_view written(std::string_view text, std::size_t at, std::string_view name) {
  char quote = 0;
  std::size_t end = at;
  for (; end < text.size() && (quote != 0 || text[end] != '>'); ++end) {
    if (quote != 0 ? text[end] == quote : text[end] == '"' || text[end] == '\'') quote = quote != 0 ? '\0' : text[end];
  }
  if (end > at && end < text.size() && text[end - 1] != '/') {
    const auto close = text.find("</" + std::string(name), end);
    end = close == std::string_view::npos ? text.size() : text.find('>', close);
  }
  return text.substr(at, end == std::string_view::npos ? end : end + 1 - at);
}

std::string text_of(const pugi::xml_node& node) {
  std::string out;
  for (const pugi::xml_node& child : node.children()) out += child.value();
  return out;
}

Kind kind_of(std::string_view name) {
  if (name == "p") return Kind::Parameter;
  if (name == "e") return Kind::Element;
  if (name == "k") return Kind::Keep;
  return name == "r" ? Kind::Remove : Kind::Other;
}

tl::unexpected<Error> too_many() {
  return fail(ErrorKind::Config, "import.too_many_statements",
              "the script has more statements than there are attributes");
}

/// External entities and document types are skipped by the parser, never followed.
Result<std::vector<CtpStatement>> read_xml(std::string_view text) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  Lines lines(text);
  if (!parsed) {
    const int line = lines.of(static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)));
    return fail(ErrorKind::Config, "import.not_xml",
                "line " + std::to_string(line) + ": not XML: " + parsed.description());
  }
  std::vector<CtpStatement> out;
  for (const pugi::xml_node& node : document.document_element().children()) {
    if (node.type() != pugi::node_element) continue;
    if (out.size() == import_limits::kMaxStatements) return too_many();
    CtpStatement each;
    const std::string_view name = node.name();
    each.kind = kind_of(name);
    each.enabled = each.kind == Kind::Parameter || each.kind == Kind::Other ||
                   std::string_view(node.attribute("en").value()) == "T";
    each.name = trimmed(node.attribute("t").value());
    each.text = text_of(node);
    const std::size_t at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 1)) - 1;
    each.source = {lines.of(at), one_line(written(text, at, name))};
    out.push_back(std::move(each));
  }
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string utf8(unsigned point) {
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
  return {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
          static_cast<char>(0x80 | (point & 0x3F))};
}

/// The escapes of Java's properties.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out.push_back(text[at]);
      continue;
    }
    const char c = text[++at];
    unsigned point = 0;
    int digits = 0;
    for (; c == 'u' && digits < 4 && at + 1 < text.size() && hex_value(text[at + 1]) >= 0; ++digits) {
      point = point << 4 | static_cast<unsigned>(hex_value(text[++at]));
    }
    if (digits == 4) {
      out += utf8(point);
    } else {
      out.push_back(c == 'n' || c == 't' || c == 'r' || c == 'f' ? ' ' : c);
    }
  }
  return printable(out);
}

/// "[0010,0010]PatientName" -> "0010,0010"; brackets inside name a private creator.
std::string tag_in(std::string_view key) {
  int depth = 0;
  for (std::size_t at = 0; at < key.size(); ++at) {
    if (key[at] == '[') ++depth;
    if (key[at] == ']' && --depth == 0) return std::string(key.substr(1, at - 1));
  }
  return std::string(key);
}

CtpStatement read_property(std::string_view key, std::string_view value) {
  CtpStatement out;
  out.text = unescaped(trimmed(value));
  out.enabled = !key.starts_with('#');
  if (!out.enabled) key.remove_prefix(1);
  const auto take = [&](std::string_view prefix, Kind kind) {
    if (!key.starts_with(prefix)) return false;
    key.remove_prefix(prefix.size());
    out.kind = kind;
    out.name = trimmed(key);
    return true;
  };
  if (take("param.", Kind::Parameter) || take("keep.group", Kind::Keep) || take("keep.", Kind::Keep) ||
      take("remove.", Kind::Remove)) {
    return out;
  }
  if (take("set.", Kind::Element)) out.name = tag_in(out.name);
  return out;
}

bool continues(std::string_view line) {
  std::size_t slashes = 0;
  while (line.ends_with('\\')) line.remove_suffix(1), ++slashes;
  return slashes % 2 == 1;
}

Result<std::vector<CtpStatement>> read_properties(std::string_view text) {
  std::vector<CtpStatement> out;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const int number = static_cast<int>(at) + 1;
    std::string line(trimmed(lines[at]));
    while (continues(line) && at + 1 < lines.size()) {
      line.pop_back();
      line += trimmed(lines[++at]);
    }
    const auto equals = line.find('=');
    const bool off = line.starts_with("#set.") || line.starts_with("#keep.") || line.starts_with("#remove.");
    if (line.empty() || (line[0] == '#' && !off) || line[0] == '!') continue;
    if (out.size() == import_limits::kMaxStatements) return too_many();
    out.push_back(equals == std::string::npos
                      ? CtpStatement{}
                      : read_property(trimmed(std::string_view(line).substr(0, equals)), line.substr(equals + 1)));
    out.back().source = {number, one_line(line)};
  }
  return out;
}

}  // namespace

Result<std::vector<CtpStatement>> read_ctp_script(std::string_view text) {
  return trimmed(text).starts_with('<') ? read_xml(text) : read_properties(text);
}

}  // namespace veilgate::deidentify::importing
