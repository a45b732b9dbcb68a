"""Small pictures with known colours in every transfer syntax that Debian's tools can write, and other people's decoders."""
import pathlib
import random
import subprocess
import tempfile

import pydicom
from pydicom._uid_dict import UID_dictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_pixel_data_frame
from pydicom.uid import ExplicitVRLittleEndian

import program

ROWS, COLUMNS = 96, 120
PATCHES = {"red": (220, 20, 30), "green": (20, 200, 40), "blue": (25, 35, 210), "grey": (128, 128, 128), "white": (250, 250, 250)}
PATCH = 16  # in the lower rows, where no mask goes; aligned to every block grid
ROOT = "1.2.826.0.1.3680043.10.999.4"
SECRET = "Zwiebelhorst"


for end in (110, 111, 112, 201, 202, 203):  # younger than Debian's pydicom
    UID_dictionary[f"1.2.840.10008.1.2.4.{end}"] = ("JPEG XL or High-Throughput JPEG 2000", "Transfer Syntax", "", "", "")


def picture(frame, columns=COLUMNS, rows=ROWS, noise=12):
    """RGB triples: a smooth slope with noise, and the patches."""
    chance = random.Random(frame * 7919 + 1)
    out = []
    names = list(PATCHES)
    for y in range(rows):
        for x in range(columns):
            if y >= rows - PATCH and x // PATCH < len(names):
                out.append(PATCHES[names[x // PATCH]])
            else:
                base = (90 + x // 2 % 100, 60 + y, 150 - y // 2)
                out.append(tuple(min(255, max(0, value + chance.randint(-noise, noise))) for value in base))
    return out


def luma(pixel):
    return int(round(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]))


def ybr(pixel):
    red, green, blue = pixel
    return tuple(min(255, max(0, int(round(value)))) for value in (
        luma(pixel), 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue, 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue))


def native(path, photometric="RGB", bits=8, frames=1, planar=0, signed=False):
    """A VL Photographic or multi-frame Secondary Capture object, Explicit VR Little Endian."""
    ds = Dataset()
    multi = frames > 1
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7.4" if multi else "1.2.840.10008.5.1.4.1.1.77.1.4"
    ds.SOPInstanceUID = f"{ROOT}.{abs(hash((str(path.name), photometric, bits))) % 10**9}"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = f"{SECRET}^Kunigard", "MRN-771288", "19611103", "F"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.StudyDate, ds.StudyTime = ROOT + ".1", ROOT + ".2", "20240102", "101112"
    ds.Modality, ds.ImageType, ds.InstanceNumber = "XC", ["ORIGINAL", "PRIMARY"], "1"
    ds.Rows, ds.Columns = ROWS, COLUMNS
    colour = photometric in ("RGB", "YBR_FULL")
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, photometric) if colour else (1, photometric)
    if colour:
        ds.PlanarConfiguration = planar
    if multi:
        ds.NumberOfFrames = frames
        ds.FrameTime = "40"
        ds.FrameIncrementPointer = 0x00181063
    ds.BitsAllocated = 8 if bits <= 8 else 16
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, int(signed)
    if photometric == "PALETTE COLOR":
        for name, channel in (("Red", 0), ("Green", 1), ("Blue", 2)):
            setattr(ds, name + "PaletteColorLookupTableDescriptor", [256, 0, 16])
            table = b"".join(((index * (channel + 1) % 256) << 8).to_bytes(2, "little") for index in range(256))
            setattr(ds, name + "PaletteColorLookupTableData", table)
    ds.PixelData = b"".join(frame_bytes(picture(f), photometric, bits, planar, signed) for f in range(frames))
    ds["PixelData"].VR = "OB" if bits <= 8 else "OW"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.save_as(str(path), write_like_original=False)
    return path


def frame_bytes(pixels, photometric, bits, planar, signed):
    if photometric in ("RGB", "YBR_FULL"):
        shown = pixels if photometric == "RGB" else [ybr(pixel) for pixel in pixels]
        if planar:
            return b"".join(bytes(pixel[channel] for pixel in shown) for channel in range(3))
        return bytes(value for pixel in shown for value in pixel)
    values = [luma(pixel) for pixel in pixels]
    if bits <= 8:
        return bytes(values)
    top, offset = (1 << bits) - 1, 1 << (bits - 1) if signed else 0
    return b"".join(((value * top // 255 - offset) & 0xFFFF).to_bytes(2, "little") for value in values)


def tool(*command):
    done = program.run(*command)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr.decode(errors='replace')[-500:]}")


def by(*command):
    """A maker that runs a tool with input and output file at the end."""
    return lambda source, target: tool(*command, source, target)


def by_streams(uid, photometric, encode):
    """encode(PNM file, target file): one codestream per frame."""
    def make(source, target):
        ds = pydicom.dcmread(str(source))
        frames = int(getattr(ds, "NumberOfFrames", 1))
        size = len(ds.PixelData) // frames
        streams = []
        with tempfile.TemporaryDirectory() as folder:
            for index in range(frames):
                pnm, out = pathlib.Path(folder) / f"{index}.{'ppm' if ds.SamplesPerPixel == 3 else 'pgm'}", None
                write_pnm(pnm, ds, ds.PixelData[index * size:(index + 1) * size])
                out = encode(pnm)
                streams.append(out.read_bytes())
        ds.PixelData = encapsulate(streams)
        ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
        ds.file_meta.TransferSyntaxUID = uid
        if ds.SamplesPerPixel == 3:
            ds.PhotometricInterpretation = photometric
        ds.save_as(str(target), write_like_original=False)
    return make


def write_pnm(path, ds, data):
    deep = ds.BitsStored > 8
    head = f"P{6 if ds.SamplesPerPixel == 3 else 5}\n{ds.Columns} {ds.Rows}\n{(1 << ds.BitsStored) - 1}\n".encode()
    if deep:
        data = b"".join(data[i:i + 2][::-1] for i in range(0, len(data), 2))  # PNM is big endian
    path.write_bytes(head + data)


def ojph(*options):
    def encode(pnm):
        out = pnm.with_suffix(".j2c")
        tool("ojph_compress", "-i", pnm, "-o", out, *options)
        return out
    return encode


def opj(*options):
    def encode(pnm):
        out = pnm.with_suffix(".j2k")
        tool("opj_compress", "-i", pnm, "-o", out, *options)
        return out
    return encode


def cjpeg(*options):
    def encode(pnm):
        out = pnm.with_suffix(".jpg")
        out.write_bytes(subprocess.run(["cjpeg", *options, str(pnm)], check=True, capture_output=True, timeout=60).stdout)
        return out
    return encode


def cjxl(*options, jpeg=False):
    """`jpeg`: of a JPEG stream, which can be had back."""
    def encode(pnm):
        source, out = cjpeg("-quality", "90")(pnm) if jpeg else pnm, pnm.with_suffix(".jxl")
        tool("cjxl", source, out, "-e", "3", *options)
        return out
    return encode


# ---- decoding, by whoever did not write our codecs

def samples(path):
    """Frames as lists of tuples, undone by a decoder of somebody else; colours as stored (YBR stays YBR) but for JPEG 2000."""
    syntax = str(pydicom.dcmread(str(path), stop_before_pixels=True).file_meta.TransferSyntaxUID)
    with tempfile.TemporaryDirectory() as folder:
        flat = pathlib.Path(folder) / "flat.dcm"
        if syntax in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"):
            tool("dcmconv", "+te", path, flat)
        elif syntax == "1.2.840.10008.1.2.5":
            tool("dcmdrle", path, flat)
        elif syntax in ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"):
            tool("dcmdjpls", path, flat)
        elif syntax in ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.51"):
            tool("dcmdjpeg", "+cn", path, flat)
        else:
            return [streams_decoded(stream, syntax, pathlib.Path(folder)) for stream in codestreams(path)]
        return native_samples(pydicom.dcmread(str(flat)))


def codestreams(path):
    ds = pydicom.dcmread(str(path))
    return list(generate_pixel_data_frame(ds.PixelData, int(getattr(ds, "NumberOfFrames", 1))))


def native_samples(ds):
    frames = int(getattr(ds, "NumberOfFrames", 1))
    pixels, width = ds.Rows * ds.Columns, ds.BitsAllocated // 8
    size = pixels * ds.SamplesPerPixel * width
    out = []
    for index in range(frames):
        data = ds.PixelData[index * size:(index + 1) * size]
        flat = data if width == 1 else [int.from_bytes(data[i:i + 2], "little") for i in range(0, size, 2)]
        if ds.SamplesPerPixel == 1:
            out.append([(value,) for value in flat])
        elif ds.PlanarConfiguration == 1:
            out.append(list(zip(flat[:pixels], flat[pixels:2 * pixels], flat[2 * pixels:])))
        else:
            out.append(list(zip(flat[0::3], flat[1::3], flat[2::3])))
    return out


def streams_decoded(stream, syntax, folder):
    """JPEG with djpeg (no smoothing: blocks must not bleed), JPEG XL with djxl, JPEG 2000 with OpenJPEG, HTJ2K with OpenJPH."""
    if syntax in ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55"):
        source = folder / "in.jpg"
        source.write_bytes(stream)
        done = subprocess.run(["djpeg", "-nosmooth", "-pnm", str(source)], check=True, capture_output=True, timeout=60)
        return read_pnm(done.stdout)
    if syntax == "1.2.840.10008.1.2.4.111":  # the JPEG stream inside
        source, target = folder / "in.jxl", folder / "out.jpg"
        source.write_bytes(stream)
        tool("djxl", source, target)
        return streams_decoded(target.read_bytes(), "1.2.840.10008.1.2.4.50", folder)
    if syntax.startswith("1.2.840.10008.1.2.4.11"):
        source, target = folder / "in.jxl", folder / "out.ppm"
        source.write_bytes(stream)
        tool("djxl", source, target)
        return read_pnm(target.read_bytes())
    source = folder / "in.j2c"
    source.write_bytes(stream.rstrip(b"\0") if stream.endswith(b"\0") else stream)
    target = folder / ("out.pgm" if components(stream) == 1 else "out.ppm")
    if syntax.startswith("1.2.840.10008.1.2.4.20"):
        tool("ojph_expand", "-i", source, "-o", target)
    else:
        tool("opj_decompress", "-i", source, "-o", target)
    return read_pnm(target.read_bytes())


def components(stream):
    """Csiz of a JPEG 2000 codestream that begins with SOC and SIZ."""
    return int.from_bytes(stream[40:42], "big")


def read_pnm(data):
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while data[end:end + 1].strip():
            end += 1
        if data[at:at + 1] == b"#":
            end = data.index(b"\n", at)
        elif end > at:
            fields.append(data[at:end])
        at = end + 1
    body, deep, width = data[at:], int(fields[3]) > 255, 3 if fields[0] == b"P6" else 1
    flat = body if not deep else [int.from_bytes(body[i:i + 2], "big") for i in range(0, len(body), 2)]
    return [tuple(flat[i:i + width]) for i in range(0, len(flat), width)]
