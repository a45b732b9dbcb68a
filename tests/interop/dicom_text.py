"""Reads a DICOM file's values as raw bytes and decodes them with Python's codecs, apart from any DICOM library's charsets.

pydicom only finds the elements; what their bytes mean is decided here.
"""
import re
import subprocess
import tempfile
import warnings

import pydicom
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import RawDataElement

warnings.filterwarnings("ignore")

TEXT_VRS = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
CODECS = {"": "ascii", "ISO_IR 6": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 101": "iso8859-2", "ISO_IR 109": "iso8859-3",
          "ISO_IR 110": "iso8859-4", "ISO_IR 144": "iso8859-5", "ISO_IR 127": "iso8859-6", "ISO_IR 126": "iso8859-7",
          "ISO_IR 138": "iso8859-8", "ISO_IR 148": "iso8859-9", "ISO_IR 203": "iso8859-15", "ISO_IR 166": "tis-620",
          "ISO_IR 13": "shift_jis", "ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk"}
# Escape sequences of ISO 2022 (without ESC) and how to read what follows.
ESCAPES = {b"$B": "iso2022_jp:$B", b"$@": "iso2022_jp:$@", b"$(D": "iso2022_jp_2:$(D", b"$)C": "euc_kr", b"$)A": "gb2312",
           b"(B": "ascii", b"(J": "shift_jis", b")I": "shift_jis", b"-A": "latin-1", b"-B": "iso8859-2", b"-C": "iso8859-3",
           b"-D": "iso8859-4", b"-L": "iso8859-5", b"-G": "iso8859-6", b"-F": "iso8859-7", b"-H": "iso8859-8",
           b"-M": "iso8859-9", b"-b": "iso8859-15", b"-T": "tis-620"}
ESCAPE = re.compile(rb"\x1b(\$\)[AC]|\$\(D|\$[@B]|\([BJ]|\)I|-[A-HLMTb])")


def read(path):
    """The dataset; what pydicom gives up on is read after DCMTK wrote it anew."""
    try:
        return pydicom.dcmread(str(path), force=True)
    except Exception:
        with tempfile.NamedTemporaryFile(suffix=".dcm") as copy:
            subprocess.run(["dcmconv", "-q", "+te", str(path), copy.name], check=True, capture_output=True, timeout=60)
            return pydicom.dcmread(copy.name, force=True)


def charset_of(item, inherited):
    raw = item.get_item(0x00080005) if 0x00080005 in item else None
    if raw is None:
        return inherited
    value = raw.value if isinstance(raw.value, bytes) else "\\".join(
        [raw.value] if isinstance(raw.value, str) else list(raw.value or [])).encode()
    return [part.strip(" \0").replace("ISO 2022 IR", "ISO_IR") for part in value.decode("ascii", "replace").split("\\")]


def decode_escapes(raw, first):
    pieces, at, codec = [], 0, first
    for match in list(ESCAPE.finditer(raw)) + [None]:
        piece = raw[at:match.start() if match else None]
        if codec.startswith("iso2022"):
            name, mark = codec.split(":")
            pieces.append((b"\x1b" + mark.encode() + piece + b"\x1b(B").decode(name, "replace"))
        else:
            pieces.append(piece.decode(codec, "replace"))
        if match:
            at, codec = match.end(), ESCAPES[match.group(1)]
    return "".join(pieces)


def decodings(raw, charset):
    """Readings of the bytes: as declared; without a valid declaration also what a careless sender may have meant."""
    raw = raw.strip(b" \0")
    codec = CODECS.get(charset[0] if charset else "", "ascii")
    text = decode_escapes(raw, codec) if b"\x1b" in raw else raw.decode(codec, "replace")
    if "\ufffd" not in text:
        return [text]
    readings = [text.replace("\ufffd", " ")]
    for guess in ("utf-8", "latin-1"):
        try:
            readings.append(raw.decode(guess))
        except UnicodeDecodeError:
            pass
    return readings


class Value:
    """One element that is no sequence."""

    def __init__(self, tag, vr, path, raw, charset):
        self.tag, self.vr, self.path, self.raw, self.charset = tag, vr, path, raw, charset
        self.keyword = keyword_for_tag(tag) or ""
        self.private = bool(tag.group % 2)

    def texts(self):
        """Single values as text; prose stays whole."""
        if not self.is_text():
            return []
        out = []
        for text in decodings(self.raw, self.charset):
            parts = [text] if self.vr in ("LT", "ST", "UT", "UR", "UN", "OB") else text.split("\\")
            out += [part.strip(" \0\r\n\t") for part in parts]
        return [text for text in out if text]

    def is_text(self):
        if self.vr in TEXT_VRS:
            return True
        return self.vr in ("UN", "OB") and 0 < len(self.raw) <= 4096 and all(b >= 32 or b in b"\r\n\t\x1b" for b in
                                                                             self.raw.rstrip(b"\0"))


def vr_of(tag, vr):
    if vr and vr != "UN":
        return vr
    try:
        return dictionary_VR(tag)
    except KeyError:
        return vr or "UN"


def values(item, charset=(), path="", depth=0):
    """Every element at every depth."""
    charset = charset_of(item, list(charset))
    for tag in sorted(item.keys()):
        raw = item.get_item(tag)
        here = path + (keyword_for_tag(tag) or f"({tag.group:04X},{tag.element:04X})")
        vr = raw.VR if isinstance(raw, RawDataElement) else raw.VR
        if vr_of(tag, vr) == "SQ" or (not isinstance(raw, RawDataElement) and raw.VR == "SQ"):
            try:
                nested = item[tag].value
            except Exception:  # a broken sequence: search its bytes as they are
                nested = None
            if isinstance(nested, pydicom.sequence.Sequence):
                for i, inner in enumerate(nested):
                    yield from values(inner, charset, f"{here}[{i}].", depth + 1)
                continue
        value = raw.value
        if isinstance(value, bytes):
            yield Value(tag, vr_of(tag, vr), here, value, charset)
        elif value is not None and not isinstance(value, pydicom.sequence.Sequence):
            joined = "\\".join(map(str, value)) if isinstance(value, (list, pydicom.multival.MultiValue)) else str(value)
            yield Value(tag, vr_of(tag, vr), here, joined.encode("utf-8"), ["ISO_IR 192"])


def all_values(dataset):
    """File meta information and dataset."""
    meta = getattr(dataset, "file_meta", None)
    if meta is not None:
        yield from values(meta)
    yield from values(dataset)
