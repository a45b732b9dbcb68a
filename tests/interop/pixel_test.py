#!/usr/bin/env python3
"""Each transfer syntax x photometric interpretation x bits, masked by the program and judged by other people's decoders:
outside the mask nothing changed, inside nothing is left, the colours are right, the attributes say what happened."""
import json
import pathlib
import shutil
import tempfile
import unittest

import pydicom

import peers
import pixel_objects as objects
import program

BOX = (37, 21, 40, 30)  # on no block grid
NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
J2K, J2K_LOSSY, HTJ2K, HTJ2K_RPCL, HTJ2K_LOSSY = (f"1.2.840.10008.1.2.4.{end}" for end in (90, 91, 201, 202, 203))
JPEG = "1.2.840.10008.1.2.4.{}"

GREYS = [("MONOCHROME2", 8), ("MONOCHROME1", 8), ("MONOCHROME2", 12), ("MONOCHROME2", 16)]
COLOURS = [("RGB", 8)]
STORED = [*COLOURS, ("YBR_FULL", 8), ("PALETTE COLOR", 8), *GREYS]


def variants():
    """name, native settings, how it is compressed, transfer syntax of the output."""
    def rows(name, kinds, make, out, **more):
        for photometric, bits in kinds:
            yield f"{name} {photometric} {bits}", dict(photometric=photometric, bits=bits, **more), make, out

    by, streams = objects.by, objects.by_streams
    yield from rows("implicit", STORED, by("dcmconv", "+ti"), NATIVE[0])
    yield from rows("explicit", STORED, by("dcmconv", "+te"), NATIVE[1])
    yield from rows("explicit planar", COLOURS, by("dcmconv", "+te"), NATIVE[1], planar=1)
    yield from rows("explicit signed", [("MONOCHROME2", 16)], by("dcmconv", "+te"), NATIVE[1], signed=True)
    yield from rows("big endian", STORED, by("dcmconv", "+tb"), NATIVE[2])
    yield from rows("deflated", STORED, by("dcmconv", "+td"), NATIVE[3])
    yield from rows("explicit frames", COLOURS, by("dcmconv", "+te"), NATIVE[1], frames=3)
    yield from rows("RLE", STORED, by("dcmcrle"), "1.2.840.10008.1.2.5")
    yield from rows("RLE frames", COLOURS, by("dcmcrle"), "1.2.840.10008.1.2.5", frames=3)
    yield from rows("JPEG lossless", GREYS, by("dcmcjpeg", "+el"), JPEG.format(57))
    yield from rows("JPEG lossless", [("RGB", 8), ("PALETTE COLOR", 8)], by("dcmcjpeg", "+el"), JPEG.format(57))
    yield from rows("JPEG lossless SV1", GREYS, by("dcmcjpeg", "+e1"), JPEG.format(70))
    yield from rows("JPEG lossless SV1", COLOURS, by("dcmcjpeg", "+e1"), JPEG.format(70))
    yield from rows("JPEG-LS", [*COLOURS, *GREYS], by("dcmcjpls", "+el"), JPEG.format(80))
    yield from rows("JPEG-LS near", [*COLOURS, ("MONOCHROME2", 12)], by("dcmcjpls", "+en", "+md", "3"), JPEG.format(80))
    yield from rows("JPEG-LS frames", COLOURS, by("dcmcjpls", "+el"), JPEG.format(80), frames=3)
    yield from rows("JPEG 2000", GREYS, streams(J2K, "RGB", objects.opj()), J2K)
    yield from rows("JPEG 2000 RCT", COLOURS, streams(J2K, "YBR_RCT", objects.opj("-mct", "1")), J2K)
    yield from rows("JPEG 2000 no MCT", COLOURS, streams(J2K, "RGB", objects.opj("-mct", "0")), J2K)
    for number, options in enumerate((("-SOP", "-EPH", "-p", "PCRL", "-c", "[64,32],[32,32]"), ("-t", "50,37", "-TP", "R", "-n", "3"),
                                      ("-M", "13", "-r", "30,10,1"), ("-POC", "T0=0,0,1,3,2,RPCL/T0=0,0,1,6,3,LRCP", "-n", "6"))):
        yield from rows(f"JPEG 2000 arranged {number}", COLOURS, streams(J2K, "YBR_RCT", objects.opj("-mct", "1", *options)), J2K)
    yield from rows("JPEG 2000 ICT", COLOURS, streams(J2K_LOSSY, "YBR_ICT", objects.opj("-I", "-r", "5", "-mct", "1")), J2K)
    yield from rows("JPEG 2000 lossy", [("MONOCHROME2", 12)], streams(J2K_LOSSY, "", objects.opj("-I", "-r", "5")), J2K)
    yield from rows("JPEG 2000 frames", COLOURS, streams(J2K, "YBR_RCT", objects.opj("-mct", "1")), J2K, frames=3)
    yield from rows("HTJ2K", [*COLOURS, *GREYS], streams(HTJ2K, "YBR_RCT", objects.ojph("-reversible", "true")), HTJ2K)
    rpcl = objects.ojph("-reversible", "true", "-prog_order", "RPCL")
    yield from rows("HTJ2K RPCL", COLOURS, streams(HTJ2K_RPCL, "YBR_RCT", rpcl), HTJ2K_RPCL)
    yield from rows("HTJ2K lossy", COLOURS, streams(HTJ2K_LOSSY, "YBR_ICT", objects.ojph("-qstep", "0.01")), HTJ2K)
    for sampling in ("1x1", "2x1", "2x2"):
        settings = ("-quality", "90", "-sample", sampling)
        full = "YBR_FULL" if sampling == "1x1" else "YBR_FULL_422"
        yield from rows(f"JPEG baseline {sampling}", COLOURS, streams(JPEG.format(50), full, objects.cjpeg(*settings)), JPEG.format(50))
        yield from rows(f"JPEG progressive {sampling}", COLOURS,
                        streams(JPEG.format(55), full, objects.cjpeg("-progressive", *settings)), None)
    yield from rows("JPEG baseline RGB", COLOURS, streams(JPEG.format(50), "RGB", objects.cjpeg("-rgb")), JPEG.format(50))
    yield from rows("JPEG baseline restart", COLOURS,
                    streams(JPEG.format(50), "YBR_FULL_422", objects.cjpeg("-restart", "2")), JPEG.format(50))
    yield from rows("JPEG baseline grey", [("MONOCHROME2", 8)], streams(JPEG.format(50), "", objects.cjpeg()), JPEG.format(50))
    lossless_xl, lossy_xl = objects.cjxl("-d", "0"), objects.cjxl("-d", "1")
    yield from rows("JPEG XL", [*COLOURS, ("MONOCHROME2", 8), ("MONOCHROME1", 8), ("MONOCHROME2", 16)],
                    streams(JPEG.format(110), "RGB", lossless_xl), JPEG.format(110))
    yield from rows("JPEG XL frames", COLOURS, streams(JPEG.format(110), "RGB", lossless_xl), JPEG.format(110), frames=3)
    yield from rows("JPEG XL lossy", [*COLOURS, ("MONOCHROME2", 8)], streams(JPEG.format(112), "XYB", lossy_xl), JPEG.format(110))
    yield from rows("JPEG XL of baseline JPEG", COLOURS, streams(JPEG.format(111), "YBR_FULL_422", objects.cjxl(jpeg=True)),
                    JPEG.format(50))
    yield from rows("JPEG extended", [("MONOCHROME2", 12)], by("dcmcjpeg", "+ee", "+bt"), JPEG.format(70))
    yield from rows("JPEG baseline frames", COLOURS, streams(JPEG.format(50), "YBR_FULL_422", objects.cjpeg()),
                    JPEG.format(50), frames=3)


# Decoders may round the irreversible transform differently, and the judge is not the decoder that was used.
ROUNDED = ("HTJ2K lossy RGB 8", "JPEG XL lossy RGB 8", "JPEG XL lossy MONOCHROME2 8")
LOSSY_INPUT = ("near", "ICT", "lossy", "baseline", "progressive", "extended")


class PixelTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in ("opj_compress", "ojph_compress", "cjpeg", "djpeg", "dcmcjpls", "cjxl", "djxl") if not shutil.which(tool)]
        if missing:
            raise AssertionError(f"not installed: {missing}")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="veilgate-pixels-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.inputs, cls.variants = {}, {}
        for number, (name, settings, make, out) in enumerate(variants()):
            source, target = cls.folder / f"native{number}.dcm", cls.folder / f"in{number}.dcm"
            objects.native(source, **settings)
            make(source, target)
            cls.inputs[str(target)], cls.variants[name] = name, (target, out)
        done = program.run(program.PROGRAM, "deid", "--no-faces", "--no-text", "--no-barcodes", "--margin", "0", "--mask",
                           ",".join(map(str, BOX)), "--key-file", cls.folder / "key", "--out", cls.folder / "out", "--json",
                           *cls.inputs)
        if done.returncode not in (0, 3):
            raise AssertionError(done.stderr.decode(errors="replace")[-2000:])
        cls.results = {cls.inputs[one["input"]]: one for one in json.loads(done.stdout)}

    def each(self, check):
        """check(name, input, output, its transfer syntax, facts) for every variant."""
        for name, (path, out) in self.variants.items():
            with self.subTest(variant=name):
                result = self.results[name]
                self.assertEqual("written", result["state"], f"{result.get('code')}: {result.get('reason')}")
                check(name, path, pathlib.Path(result["output"]), out, result["facts"])

    def test_outside_nothing_changes_and_inside_nothing_is_left(self):
        def check(name, before, after, _out, facts):
            tolerance = 1 if name in ROUNDED else 0
            covered = [[region[side] for side in "xywh"] for region in facts["mask"]["regions"]]
            then, now = objects.samples(before), objects.samples(after)
            self.assertEqual(len(then), len(now))
            for index, (old, new) in enumerate(zip(then, now)):
                x, y, w, h = covered[index]
                self.assertLessEqual(w * h, (BOX[2] + 32) * (BOX[3] + 32))
                inside = {at for row in range(y, y + h) for at in range(row * objects.COLUMNS + x, row * objects.COLUMNS + x + w)}
                changed = [at for at in range(len(old)) if at not in inside
                           and max(abs(a - b) for a, b in zip(old[at], new[at])) > tolerance]
                self.assertEqual([], changed[:5], f"frame {index}: {len(changed)} pixels differ")
                self.assertEqual(1, len({new[at] for at in inside}), "the mask is not flat")
        self.each(check)

    def test_no_identifier_is_left(self):
        self.each(lambda _n, _b, after, _o, _f: self.assertNotIn(objects.SECRET.encode(), after.read_bytes()))

    def test_the_transfer_syntax_family_is_kept(self):
        def check(_name, _before, after, out, _facts):
            if out:
                self.assertEqual(out, str(pydicom.dcmread(str(after), stop_before_pixels=True).file_meta.TransferSyntaxUID))
        self.each(check)

    def test_the_attributes_say_what_happened(self):
        def check(name, before, after, _out, _facts):
            new, old = (pydicom.dcmread(str(path), stop_before_pixels=True) for path in (after, before))
            self.assertEqual("DERIVED", new.ImageType[0])
            self.assertIn("masked", new.DerivationDescription)
            if any(word in name for word in LOSSY_INPUT):
                self.assertEqual("01", new.LossyImageCompression)
                self.assertGreater(float(new.LossyImageCompressionRatio), 1)
                self.assertTrue(new.LossyImageCompressionMethod)
            else:
                self.assertEqual(old.get("LossyImageCompression"), new.get("LossyImageCompression"))
        self.each(check)

    def test_a_mask_beside_the_picture_is_an_error_and_one_over_its_edge_is_told(self):
        source = next(iter(self.inputs))
        def masked(mask):
            done = program.run(program.PROGRAM, "deid", "--no-faces", "--no-text", "--no-barcodes", "--margin", "0", "--mask", mask,
                               "--key-file", self.folder / "key", "--dry-run", "--json", source)
            [result] = json.loads(done.stdout)
            return done.returncode, result
        for mask in ("120,0,10,10", "0,96,10,10", "5000,5000,1,1"):
            status, result = masked(mask)
            self.assertEqual((3, "held", "deid.mask_outside"), (status, result["state"], result["code"]))
            self.assertIn("120 columns and 96 rows", result["reason"])
        status, result = masked("100,80,60,60")
        self.assertEqual((0, "clean"), (status, result["state"]), result["reason"])
        self.assertIn("clipped to 100,80,20,16", result["facts"]["masks_clipped"][0])
        status, result = masked("100,80,20,16")
        self.assertNotIn("masks_clipped", result["facts"])

    def test_other_readers_take_the_output(self):
        def check(name, _before, after, _out, _facts):
            # No reader in Debian 12 knows these transfer syntaxes; JPEG streams out of JPEG XL are plain JPEG.
            if "HTJ2K" not in name and ("JPEG XL" not in name or "of baseline" in name):
                self.assertEqual(set(), peers.refused_by_dcmtk([after]))
                self.assertEqual([], peers.refused_by(after))
        self.each(check)


if __name__ == "__main__":
    unittest.main(verbosity=2)
