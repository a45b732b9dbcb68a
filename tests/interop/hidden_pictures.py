"""Objects with something hidden beside their frames: a word and a small picture, wherever a codestream or a dataset has room."""
import pathlib
import struct

import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

import pixel_objects as objects

WORD = "QXZVWKJM-4TH"  # no attribute has it, so no search for identifiers finds it
MARK = WORD.encode()


def thumbnail(folder):
    """A JPEG picture, as cameras put it beside the large one."""
    pnm = pathlib.Path(folder) / "thumb.ppm"
    pnm.write_bytes(b"P6\n48 40\n255\n" + bytes(value for pixel in objects.picture(77, 48, 40, noise=60) for value in pixel))
    return objects.cjpeg("-quality", "60")(pnm).read_bytes()


def traces(picture):
    """Pieces of the picture's data by which it would be found again."""
    return [picture[at:at + 16] for at in range(len(picture) - 220, len(picture) - 20, 40)]


def even(data):
    return data + b"\0" * (len(data) % 2)


def item(**attributes):
    out = Dataset()
    for name, value in attributes.items():
        setattr(out, name, value)
    return out


# ---- in the dataset, before it is compressed: name -> (dataset, picture)

def overlay(ds, picture, group=0x6000):
    ds.add_new((group, 0x0010), "US", 16)
    ds.add_new((group, 0x0011), "US", len(picture) // 2)
    ds.add_new((group, 0x0022), "LO", WORD)
    ds.add_new((group, 0x0040), "CS", "G")
    ds.add_new((group, 0x0050), "SS", [1, 1])
    ds.add_new((group, 0x0100), "US", 1)
    ds.add_new((group, 0x0102), "US", 0)
    ds.add_new((group, 0x1500), "LO", WORD)
    ds.add_new((group, 0x3000), "OW", even(picture + MARK))


def curve(ds, picture, group=0x5000):
    ds.add_new((group, 0x0005), "US", 1)
    ds.add_new((group, 0x0010), "US", 8)
    ds.add_new((group, 0x0020), "CS", "POLY")
    ds.add_new((group, 0x0022), "LO", WORD)
    ds.add_new((group, 0x3000), "OW", even(picture + MARK))


def icon(ds, picture):
    one = item(SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", Rows=40, Columns=48, BitsAllocated=8, BitsStored=8,
               HighBit=7, PixelRepresentation=0)
    one.add_new(0x7FE00010, "OW", even((picture + MARK).ljust(40 * 48, b"\1")))
    ds.IconImageSequence = Sequence([one])


def inside(plant):
    """The same in an item of a sequence, and in an item of an item."""
    def nested(ds, picture):
        deep, top = Dataset(), item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.7", ReferencedSOPInstanceUID=objects.ROOT + ".77")
        plant(deep, picture)
        plant(top, picture)
        top.PurposeOfReferenceCodeSequence = Sequence([deep])
        ds.ReferencedImageSequence = Sequence([top])
    return nested


def pixels(ds, picture):
    ds.add_new(0x7FE00010, "OW", even(picture + MARK))


def lookup_tables(ds, picture):
    for name in ("VOILUTSequence",):
        table = item(LUTExplanation=WORD)
        table.add_new(0x00283002, "US", [256, 0, 16])
        table.add_new(0x00283006, "OW", even((MARK + picture).ljust(512, b"\1")[:512]))
        setattr(ds, name, Sequence([table]))
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = "128", "256", WORD


def palettes(ds, picture):
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        return
    for name in ("Red", "Green", "Blue", "Alpha"):
        ds.add_new(pydicom.datadict.tag_for_keyword(name + "PaletteColorLookupTableDescriptor"), "US", [256, 0, 16])
        ds.add_new(pydicom.datadict.tag_for_keyword(name + "PaletteColorLookupTableData"), "OW",
                   even((MARK + picture).ljust(512, b"\1")[:512]))
    ds.add_new(0x00281221, "OW", even(MARK))


def icc_profile(text):
    """A display profile whose words are `text`, where colour management looks for them and where it does not."""
    words = text.encode()
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(words) + 1) + words + b"\0" + b"\0" * 78),
            (b"cprt", b"text\0\0\0\0" + words + b"\0"), (b"dmnd", b"desc\0\0\0\0" + struct.pack(">I", len(words) + 1) + words + b"\0" * 79),
            (b"Zwie", b"data\0\0\0\0" + words)]
    for name in (b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt"):
        tags.append((name, b"XYZ \0\0\0\0" + struct.pack(">iii", 0x6000, 0x8000, 0x2000)))
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        tags.append((name, b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0233)))
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data = data.ljust((len(data) + 3) // 4 * 4, b"\0")
        table += name + struct.pack(">II", at, len(data))
        body, at = body + data, at + len(data)
    head = struct.pack(">I", at) + words[:4] + b"\x02\x40\0\0mntrRGB XYZ " + struct.pack(">6H", 2024, 1, 2, 3, 4, 5) + b"acspAPPL"
    head = head.ljust(80, b"\0") + words[:4]
    return head.ljust(100, b"\0") + words.ljust(28, b"\0")[:28] + table + body


def icc_attribute(ds, _picture):
    ds.add_new(0x00282000, "OB", even(icc_profile(WORD)))
    path = Dataset()
    path.add_new(0x00282000, "OB", even(icc_profile(WORD)))
    path.OpticalPathIdentifier = "1"
    ds.OpticalPathSequence = Sequence([path])


def offset_tables(ds, picture):
    ds.add_new(0x7FE00001, "OV", (MARK + picture)[:64].ljust(64, b"\0"))
    ds.add_new(0x7FE00002, "OV", (MARK + picture)[:64].ljust(64, b"\0"))


DATASET = {"overlay": overlay, "overlay in an item": inside(overlay), "curve": curve, "curve in an item": inside(curve),
           "icon": icon, "icon in an item": inside(icon), "pixels in an item": inside(pixels), "lookup tables": lookup_tables,
           "palettes without use": palettes, "ICC profile": icc_attribute, "offset tables": offset_tables}


# ---- in the codestream: bytes -> bytes

def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def exif(picture):
    """APP1 with a description, GPS and a thumbnail."""
    entries = [(0x010E, 2, len(MARK) + 1, 62), (0x8769, 4, 1, 8)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries) + struct.pack("<I", 100)
    second = struct.pack("<H", 2) + struct.pack("<HHII", 0x0201, 4, 1, 140) + struct.pack("<HHII", 0x0202, 4, 1, len(picture)) + b"\0" * 4
    body = (b"II*\0\x08\0\0\0" + directory).ljust(62, b"\0") + MARK + b"\0"
    return b"Exif\0\0" + (body.ljust(100, b"\0") + second).ljust(140, b"\0") + picture


def jpeg_segments(stream, picture):
    planted = b"".join([segment(0xE1, exif(picture)), segment(0xFE, MARK), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + MARK),
                        segment(0xE2, b"MPF\0" + MARK), segment(0xE2, b"ICC_PROFILE\0\1\1" + icc_profile(WORD)),
                        segment(0xED, b"Photoshop 3.0\0" + MARK + picture), segment(0xEF, picture), segment(0xE0, b"JFXX\0\x10" + picture)])
    at = 2 + (2 + struct.unpack(">H", stream[4:6])[0] if stream[2:4] == b"\xff\xe0" else 0)
    return stream[:at] + planted + stream[at:]


def tail(stream, picture):
    return stream + picture + MARK


def j2k_segments(stream, picture):
    """COM with text and with bytes, CRG, a marker that nobody knows, all behind SIZ."""
    at = 4 + struct.unpack(">H", stream[4:6])[0]
    return stream[:at] + segment(0x64, b"\0\1" + MARK) + segment(0x64, b"\0\0" + picture) + segment(0x6B, MARK) + stream[at:]


def j2k_boxes(stream, picture):
    def box(kind, content):
        return struct.pack(">I", len(content) + 8) + kind + content
    head = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return head + box(b"xml ", MARK) + box(b"uuid", MARK.ljust(16) + picture) + box(b"jp2c", stream) + box(b"free", MARK)


def j2k_behind_packets(stream, picture):
    """In the last tile-part, which grows: decoders stop at the last packet."""
    at = stream.rindex(b"\xff\x90\x00\x0a")
    end = at + struct.unpack(">I", stream[at + 6:at + 10])[0]
    safe = MARK + bytes(value & 0x7F for value in picture)
    length = struct.pack(">I", end - at + len(safe))
    return stream[:at + 6] + length + stream[at + 10:end] + safe + stream[end:]


def jxl_boxes(stream, picture):
    """A box file around the codestream, with an EXIF block, XMP and boxes that nobody knows before and behind it."""
    def box(kind, content):
        return struct.pack(">I", len(content) + 8) + kind + content
    if stream[4:8] != b"JXL ":
        stream = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", stream)
    head, rest = stream[:32], stream[32:]
    return head + box(b"Exif", b"\0\0\0\0" + exif(picture)[6:]) + box(b"xml ", MARK) + rest + box(b"Zwie", picture) + box(b"jumb", MARK)


JPEG_XL = {"boxes": jxl_boxes, "behind the end": tail}
JPEG = {"segments": jpeg_segments, "behind the end": tail}
JPEG_2000 = {"segments": j2k_segments, "boxes": j2k_boxes, "behind the end": tail, "behind the last packet": j2k_behind_packets}
RLE = {"behind the end": tail}


def in_stream(path, plant, picture):
    """Changes the codestream of each frame."""
    ds = pydicom.dcmread(str(path))
    ds.PixelData = encapsulate([even(plant(stream, picture)) for stream in objects.codestreams(path)])
    ds["PixelData"].is_undefined_length = True
    ds.save_as(str(path), write_like_original=False)


def fragment_behind(path, picture):
    """One fragment more than the frames have, and bytes in the offset table."""
    ds = pydicom.dcmread(str(path))
    end = b"\xfe\xff\xdd\xe0\0\0\0\0"
    data = ds.PixelData[:-8] if ds.PixelData.endswith(end) else ds.PixelData
    extra = even(MARK + picture)
    ds.PixelData = data + b"\xfe\xff\x00\xe0" + struct.pack("<I", len(extra)) + extra
    ds.save_as(str(path), write_like_original=False)


def table_of_words(path, _picture):
    ds = pydicom.dcmread(str(path))
    size = struct.unpack("<I", ds.PixelData[4:8])[0]
    ds.PixelData = ds.PixelData[:4] + struct.pack("<I", len(even(MARK))) + even(MARK) + ds.PixelData[8 + size:]
    ds.save_as(str(path), write_like_original=False)


def behind_frames(path, picture):
    """Native: behind the last frame, less than one frame."""
    ds = pydicom.dcmread(str(path))
    vr = ds["PixelData"].VR
    ds.PixelData = even(bytes(ds.PixelData) + (MARK + picture)[:2000])
    ds["PixelData"].VR = vr
    ds.save_as(str(path), write_like_original=False)


def high_bits(path, picture):
    """Native, 12 bits stored: a picture in the four bits above, as overlays once lay there."""
    ds = pydicom.dcmread(str(path))
    words = bytearray(ds.PixelData)
    for index, value in enumerate(picture):
        for half in (0, 1):
            words[4 * index + 2 * half + 1] |= (value >> 4 * half & 15) << 4
    ds.PixelData = bytes(words)
    ds["PixelData"].VR = "OW"
    ds.save_as(str(path), write_like_original=False)


def high_bits_of(path):
    """What stands there."""
    ds = pydicom.dcmread(str(path))
    return bytes(ds.PixelData[at + 1] >> 4 | ds.PixelData[at + 3] & 0xF0 for at in range(0, len(ds.PixelData) - 3, 4))

