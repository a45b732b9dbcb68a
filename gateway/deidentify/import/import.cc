#include "deidentify/import/import.h"

#include <algorithm>
#include <array>
#include <span>

#include "deidentify/import/import_limits.h"
#include "deidentify/import/importers.h"
#include "deidentify/import/plain_text.h"

namespace veilgate::deidentify {

using namespace importing;

namespace {

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

bool begins_with_any(std::string_view line, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return line.starts_with(word); });
}

}  // namespace

std::optional<ImportFormat> detect_import_format(std::string_view text) {
  constexpr std::array<std::string_view, 7> kProperties = {"set.[",  "#set.[",  "param.",  "keep.",
                                                           "#keep.", "remove.", "#remove."};
  constexpr std::array<std::string_view, 5> kSections = {"%header", "%filter", "%labels", "%fields", "%values"};
  text = trimmed(without_mark(text.substr(0, import_limits::kMaxScriptBytes)));
  if (text.starts_with('<')) {
    return text.find("<script") == std::string_view::npos ? std::nullopt : std::optional(ImportFormat::CtpScript);
  }
  for (std::string_view line : split(text, '\n')) {
    line = trimmed(line);
    if (begins_with_any(line, kProperties)) return ImportFormat::CtpScript;
    if (starts_with_word(line, "FORMAT") || begins_with_any(lowered(line.substr(0, 10)), kSections)) {
      return ImportFormat::PydicomDeid;
    }
    if (!line.empty() && line[0] != '#' && line[0] != '!') return std::nullopt;
  }
  return std::nullopt;
}

Result<Imported> import_profile(std::string_view text, ImportFormat format, std::string_view name) {
  text = without_mark(text);
  if (text.size() > import_limits::kMaxScriptBytes) {
    return fail(ErrorKind::Config, "import.too_large", "the script is larger than 1 MiB; real ones have some 60 KB");
  }
  const std::string clean = printable(text);
  VG_ASSIGN(const Draft draft,
            format == ImportFormat::CtpScript ? import_ctp_script(clean) : import_pydicom_deid(clean));
  if (draft.statements == 0) {
    return fail(ErrorKind::Config, "import.empty", "there is no statement in force in this script");
  }
  return draft.finish(name);
}

}  // namespace veilgate::deidentify
