#!/usr/bin/env python3
"""What lies beside the frames never comes through: overlays, curves, icons, lookup tables, comments, thumbnails, boxes, bytes
behind the end. Each is planted into each compression; the program may hold the object, or must leave nothing of it."""
import json
import pathlib
import shutil
import tempfile
import unittest
import zlib

import pydicom

import hidden_pictures as hidden
import pixel_objects as objects
import program

J2K, HTJ2K = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"
BASELINE, PROGRESSIVE = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.55"

# name -> (how it is compressed, codestream plants)
COMPRESSIONS = {
    "implicit": (objects.by("dcmconv", "+ti"), {}),
    "explicit": (objects.by("dcmconv", "+te"), {}),
    "big endian": (objects.by("dcmconv", "+tb"), {}),
    "deflated": (objects.by("dcmconv", "+td"), {}),
    "RLE": (objects.by("dcmcrle"), hidden.RLE),
    "JPEG baseline": (objects.by_streams(BASELINE, "YBR_FULL_422", objects.cjpeg()), hidden.JPEG),
    "JPEG progressive": (objects.by_streams(PROGRESSIVE, "YBR_FULL_422", objects.cjpeg("-progressive")), hidden.JPEG),
    "JPEG lossless": (objects.by("dcmcjpeg", "+e1"), hidden.JPEG),
    "JPEG-LS": (objects.by("dcmcjpls", "+el"), hidden.JPEG),
    "JPEG 2000": (objects.by_streams(J2K, "YBR_RCT", objects.opj("-mct", "1")), hidden.JPEG_2000),
    "JPEG XL": (objects.by_streams("1.2.840.10008.1.2.4.110", "RGB", objects.cjxl("-d", "0")), hidden.JPEG_XL),
    "HTJ2K": (objects.by_streams(HTJ2K, "YBR_RCT", objects.ojph("-reversible", "true")), hidden.JPEG_2000),
}
NATIVE = ("implicit", "explicit", "big endian", "deflated")
# Objects that are rather held than cleaned, and why that is right.
HELD = {
    **{(name, "offset table"): "pixel.fragments" for name, (_make, plants) in COMPRESSIONS.items() if plants},
    ("JPEG 2000", "behind the last packet"): "pixel.j2k_corrupt",
    ("HTJ2K", "behind the last packet"): "pixel.j2k_corrupt",
}
# Where DCMTK's compressors leave the plant out, or exchange its bytes otherwise than in pairs.
NOT_PLANTED = {("big endian", "offset tables"), ("JPEG lossless", "icon"), ("JPEG lossless", "icon in an item"),
               ("JPEG-LS", "icon"), ("JPEG-LS", "icon in an item")}


class HiddenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="veilgate-hidden-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.picture = hidden.thumbnail(cls.folder)
        cls.inputs = {}
        for compression, (make, in_stream) in COMPRESSIONS.items():
            for name, plant in hidden.DATASET.items():
                cls.add(compression, name, make, before=plant)
            for name, plant in in_stream.items():
                cls.add(compression, name, make, after=lambda path, plant=plant: hidden.in_stream(path, plant, cls.picture))
            if in_stream:
                for name, plant in (("fragment behind", hidden.fragment_behind), ("offset table", hidden.table_of_words)):
                    cls.add(compression, name, make, after=lambda path, plant=plant: plant(path, cls.picture))
        cls.add("explicit", "behind the frames", COMPRESSIONS["explicit"][0],
                after=lambda path: hidden.behind_frames(path, cls.picture))
        cls.add("explicit", "high bits", COMPRESSIONS["explicit"][0], photometric="MONOCHROME2", bits=12,
                after=lambda path: hidden.high_bits(path, cls.picture))
        cls.results = {}
        for options, out in (([], "plain"), (["--mask", "8,8,30,30"], "masked")):
            done = program.run(program.PROGRAM, "deid", "--no-faces", "--no-text", "--no-barcodes", *options, "--key-file",
                               cls.folder / "key", "--out", cls.folder / out, "--json", *cls.inputs)
            if done.returncode not in (0, 3):
                raise AssertionError(done.stderr.decode(errors="replace")[-2000:])
            for one in json.loads(done.stdout):
                cls.results[(*cls.inputs[one["input"]], out)] = one

    @classmethod
    def add(cls, compression, name, make, before=None, after=None, **settings):
        source, target = (cls.folder / f"{kind}{len(cls.inputs)}.dcm" for kind in ("native", "in"))
        objects.native(source, **settings)
        if before:
            ds = pydicom.dcmread(str(source))
            before(ds, cls.picture)
            ds.save_as(str(source), write_like_original=False)
        make(source, target)
        if after:
            after(target)
        cls.inputs[str(target)] = (compression, name)

    def test_the_plants_are_there_and_can_be_found(self):
        for path, (compression, name) in self.inputs.items():
            if (compression, name) in NOT_PLANTED:
                continue
            with self.subTest(compression=compression, plant=name):
                self.assertTrue(self.found(pathlib.Path(path)), "the test plants nothing")

    def test_nothing_of_them_comes_through(self):
        for (compression, name, way), result in self.results.items():
            with self.subTest(compression=compression, plant=name, way=way):
                held = HELD.get((compression, name))
                if held or result["state"] == "held":
                    self.assertEqual(held, result["code"], result["reason"])
                    continue
                self.assertEqual([], self.found(pathlib.Path(result["output"])))

    def found(self, path):
        """What of word and picture is in the file's bytes, as they are, with bytes exchanged, inflated, or in high bits."""
        data = path.read_bytes()
        views = {"bytes": data, "exchanged": swapped(data), "exchanged from the second": swapped(data[1:])}
        ds = pydicom.dcmread(str(path), force=True)
        if str(ds.file_meta.TransferSyntaxUID) == "1.2.840.10008.1.2.1.99":
            views["inflated"] = inflated(data)
        if ds.BitsAllocated == 16 and not ds.file_meta.TransferSyntaxUID.is_compressed:
            views["high bits"] = hidden.high_bits_of(path)
        pieces = [hidden.MARK, *hidden.traces(self.picture)]
        return sorted({f"{view}: {'word' if piece == hidden.MARK else 'picture'}" for view, bytes_ in views.items()
                       for piece in pieces if piece in bytes_})


def swapped(data):
    data = data[:len(data) // 2 * 2]
    out = bytearray(len(data))
    out[0::2], out[1::2] = data[1::2], data[0::2]
    return bytes(out)


def inflated(data):
    """The deflated dataset, found by where the group 2 elements end."""
    length = int.from_bytes(data[140:144], "little")
    return zlib.decompressobj(-15).decompress(data[144 + length:])


if __name__ == "__main__":
    unittest.main(verbosity=2)
