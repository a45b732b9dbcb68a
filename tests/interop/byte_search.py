"""Finds a text in bytes, whatever encoding it was written in."""
import functools
import re

ENCODINGS = ["utf-8", "latin-1", "utf-16-le", "utf-16-be", "iso2022_jp", "iso2022_jp_2", "gb18030", "euc_kr", "shift_jis", "euc_jp",
             "big5", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "tis-620", "cp1251"]
ESCAPE = re.compile(rb"\x1b(?:\$[()]?.|[()-].)")
TRAILING = re.compile(rb"\x1b\([BJ]$")
SHORT = 5  # letters; a shorter word counts only as a whole word
MIN_BYTES = 6  # what is shorter comes up by chance in pixels


@functools.lru_cache(maxsize=200_000)
def forms(text):
    """Byte forms, ASCII letters in lower case; two-byte encodings with and without their escape sequences."""
    out = set()
    for variant in {text, text.lower(), text.upper()}:
        for encoding in ENCODINGS:
            try:
                encoded = variant.encode(encoding)
            except UnicodeEncodeError:
                continue
            out.add(encoded.lower())
            bare = ESCAPE.sub(b"", encoded)
            if bare == encoded:
                continue
            # The return to ASCII may be one to JIS X 0201, or not be there.
            out |= {encoded.replace(b"\x1b(B", b"\x1b(J").lower(), TRAILING.sub(b"", encoded).lower()}
            if len(bare) >= MIN_BYTES:
                out.add(bare.lower())
    return frozenset(form for form in out if len(form) >= 3)


def is_word_byte(byte):
    return 48 <= byte <= 57 or 97 <= byte <= 122 or byte >= 128


def stands_alone(haystack, at, length, whole):
    """No letter or digit beside it ("word"), no digit ("digits"), no digit before it ("start")."""
    for neighbour in (at - 1,) if whole == "start" else (at - 1, at + length):
        if 0 <= neighbour < len(haystack):
            byte = haystack[neighbour]
            if 48 <= byte <= 57 or (whole == "word" and is_word_byte(byte)):
                return False
    return True


def positions(haystack, text, whole):
    """Where `text` stands in lower-cased bytes; whole: how it must stand there."""
    for form in forms(text):
        at = haystack.find(form)
        while at >= 0:
            if whole is None or stands_alone(haystack, at, len(form), whole):
                yield at, form
            at = haystack.find(form, at + 1)


def boundary_of(text):
    """Short words and numbers count only when they stand alone; after a date the time may follow."""
    if re.fullmatch(r"(18|19|20)\d{6}", text):
        return "start"
    if re.fullmatch(r"[0-9.\-/:+ ]+", text):
        return "digits"
    return "word" if text.isascii() and len(text) <= SHORT or len(text) <= 3 and text[0] < "\u2e80" else None
