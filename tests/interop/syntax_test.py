#!/usr/bin/env python3
"""A photo with a face and a label arrives in each transfer syntax from a stock modality; a stock PACS gets it in the same
family, and there nobody reads the label (Tesseract) or sees the face (the detectors, more suspicious than for masking) at four
sizes and after recompression."""
import collections
import csv
import pathlib
import re
import subprocess
import sys
import unittest

import pydicom

import pixel_objects as objects

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from harness import DEPS, GatewayTest, PROGRAM, make_photo, run  # noqa: E402

LABEL = ["QUERFELDT", "MARGARETHE", "7301944"]
SIZES = [100, 50, 25, 12]
JPEG = "1.2.840.10008.1.2.4."
# name: how it is made of the uncompressed object, storescu's proposal, transfer syntax at the PACS
SYNTAXES = {
    "implicit": (["dcmconv", "+ti"], "-xi", "1.2.840.10008.1.2"),
    "big endian": (["dcmconv", "+tb"], "-xb", "1.2.840.10008.1.2.2"),
    "deflated": (["dcmconv", "+td"], "-xd", "1.2.840.10008.1.2.1.99"),
    "RLE": (["dcmcrle"], "-xr", "1.2.840.10008.1.2.5"),
    "JPEG lossless": (["dcmcjpeg", "+e1"], "-xs", JPEG + "70"),
    "JPEG-LS": (["dcmcjpls", "+el"], "-xt", JPEG + "80"),
    "JPEG-LS near": (["dcmcjpls", "+en"], "-xu", JPEG + "80"),
    "JPEG 2000": (objects.by_streams(JPEG + "90", "YBR_RCT", objects.opj("-mct", "1")), "-xv", JPEG + "90"),
    "JPEG 2000 lossy": (objects.by_streams(JPEG + "91", "YBR_ICT", objects.opj("-I", "-r", "8", "-mct", "1")), "-xw", JPEG + "90"),
}
# No stock modality sends these; they go through deid.
OFFLINE = {
    "HTJ2K": (objects.by_streams(JPEG + "201", "YBR_RCT", objects.ojph("-reversible", "true")), JPEG + "201"),
    "JPEG XL": (objects.by_streams(JPEG + "110", "RGB", objects.cjxl("-d", "0")), JPEG + "110"),
    "JPEG XL lossy": (objects.by_streams(JPEG + "112", "XYB", objects.cjxl("-d", "1")), JPEG + "110"),
    "JPEG progressive": (objects.by_streams(JPEG + "55", "YBR_FULL_422", objects.cjpeg("-progressive", "-quality", "92")), None),
    "JPEG extended": (objects.by_streams(JPEG + "51", "YBR_FULL_422", objects.cjpeg("-quality", "92")), None),
}


def resized(picture, size, quality=None):
    """A copy at `size` percent, as JPEG of `quality` or as PNG."""
    folder = picture.parent / "sizes"
    folder.mkdir(exist_ok=True)
    small = folder / f"{picture.stem}.{size}.{'jpg' if quality else 'png'}"
    run("convert", picture, "-resize", f"{size}%", *(["-quality", quality] if quality else []), small)
    return small


def read(picture, size, quality=None):
    """What Tesseract reads of such a copy, brought back to full size."""
    small = resized(picture, size, quality)
    run("convert", small, "-resize", f"{100 * 100 // size}%", picture.with_suffix(".ocr.png"))
    done = subprocess.run(["tesseract", str(picture.with_suffix(".ocr.png")), "-", "--psm", "11"], capture_output=True, timeout=120)
    return re.sub(r"[^A-Z0-9\n]", "", done.stdout.decode(errors="replace").upper())


def faces(folder, surely=0.0):
    """Of each picture under `folder` that resized() made: centre and box of each face, in pixels at full size."""
    found = folder / "faces.csv"
    run(PROGRAM, "evaluate", "--images", folder, "--kinds", "face", "--face-threshold", "0.4", "--boxes", found, "--quiet",
        "--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so", "-c", folder / "none.yaml")
    seen = collections.defaultdict(list)
    with open(found, newline="") as lines:
        for row in csv.DictReader(lines):
            full = 100 / int(row["file"].split(".")[-2])
            x, y, w, h = (float(row[key]) * full for key in "xywh")
            if float(row["score"]) >= surely:
                seen[row["file"]].append((x + w / 2, y + h / 2, (x, y, x + w, y + h)))
    return seen


def flat_share(picture, box):
    """Of the box in a PPM that show() wrote: what has the colour of its middle."""
    _, size, _, pixels = picture.read_bytes().split(b"\n", 3)
    columns, rows = map(int, size.split())
    left, top, right, bottom = (max(0, round(value)) for value in box)
    right, bottom = min(right, columns), min(bottom, rows)
    colours = [pixels[3 * (y * columns + x):3 * (y * columns + x) + 3] for y in range(top, bottom) for x in range(left, right)]
    return colours.count(colours[(right - left) * ((bottom - top) // 2) + (right - left) // 2]) / len(colours)


def lies_in(face, others):
    return any(left <= face[0] <= right and top <= face[1] <= bottom for *_, (left, top, right, bottom) in others)


def show(path, picture):
    """The first frame as PPM, by a decoder that is not ours."""
    ds = pydicom.dcmread(str(path), stop_before_pixels=True)
    pixels = objects.samples(path)[0]
    picture.write_bytes(f"P6\n{ds.Columns} {ds.Rows}\n255\n".encode() + bytes(value for pixel in pixels for value in pixel))
    return picture


class SyntaxTest(GatewayTest):
    def setUp(self):
        super().setUp()
        label, photo = self.folder / "label.png", self.folder / "photo.jpg"
        run("convert", "-size", "360x90", "xc:white", "-fill", "black", "-font", "DejaVu-Sans-Bold", "-pointsize", "26",
            "-annotate", "+12+36", " ".join(LABEL[:1]), "-annotate", "+12+74", " ".join(LABEL[1:]), label)
        run("convert", DEPS / "samples/sample1.jpg", "-resize", "900x", label, "-gravity", "SouthWest", "-geometry", "+20+20",
            "-composite", "-quality", "95", photo)
        self.native = self.folder / "native.dcm"
        run("dcmdjpeg", make_photo(self.folder / "jpeg.dcm", photo), self.native)
        self.original = show(self.native, self.folder / "original.ppm")
        resized(self.original, 100)
        [self.people] = faces(self.folder / "sizes", surely=0.9).values()

    def make(self, name, how):
        target = self.folder / f"{name.replace(' ', '_')}.dcm"
        uid = objects.ROOT + f".9.{len(name)}{sum(name.encode())}"
        source = self.folder / "source.dcm"
        ds = pydicom.dcmread(str(self.native))
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = uid
        ds.save_as(str(source))
        how(source, target) if callable(how) else run(*how, source, target)
        return target

    def assert_hidden(self, path, name):
        folder = self.folder / name.replace(" ", "_")
        folder.mkdir()
        picture = show(path, folder / "shown.ppm")
        for size in SIZES:
            for quality in (None, 60):
                text = read(picture, size, quality)
                for word in LABEL:
                    self.assertNotIn(word, text, f"{name} at {size} %, quality {quality}")
        # A head that is flat to its half is what the mask's outline suggests above a body.
        for file, found in faces(folder / "sizes").items():
            bare = [face for face in found if lies_in(face, self.people) and flat_share(picture, face[2]) < 0.4]
            self.assertEqual([], bare, f"{name}: {file}")
        for *_, box in self.people:
            self.assertGreater(flat_share(picture, box), 0.99, name)

    def test_the_label_is_read_and_faces_are_seen_at_every_size_before(self):
        self.assertIn(LABEL[0], read(self.original, 100))
        self.assertGreaterEqual(len(self.people), 2)
        made = [resized(self.original, size, quality).name for size in SIZES for quality in (None, 60)]
        seen = faces(self.folder / "sizes")
        self.assertEqual([], [name for name in made if not any(lies_in(face, self.people) for face in seen[name])])

    def test_every_syntax_arrives_masked_in_its_family(self):
        orthanc = self.start_orthanc()
        gateway = self.start_gateway(destinations=self.orthanc_destination(orthanc),
                                     routes="  - name: photos\n    destinations: [orthanc]\n    review: automatic\n")
        for name, (how, proposal, _) in SYNTAXES.items():
            gateway.send(self.make(name, how), extra=[proposal])
        status = gateway.settle(received=len(SYNTAXES))
        self.assertEqual(len(SYNTAXES), status["states"]["forwarded"], gateway.cli("review", "list", "--all").stdout)
        found = []
        for number, data in enumerate(orthanc.files().values()):
            self.assert_clean(data, f"instance {number}")
            path = self.folder / f"arrived{number}.dcm"
            path.write_bytes(data)
            syntax = str(pydicom.dcmread(str(path), stop_before_pixels=True).file_meta.TransferSyntaxUID)
            found.append(syntax)
            self.assert_hidden(path, f"arrived {number} {syntax}")
        self.assertEqual(sorted(syntax for _, _, syntax in SYNTAXES.values()), sorted(found))

    def test_what_no_modality_sends_is_masked_offline_too(self):
        for name, (how, syntax) in OFFLINE.items():
            with self.subTest(syntax=name):
                source = self.make(name, how)
                out = self.folder / f"out {name}"
                done = run(PROGRAM, "deid", "--key-file", self.folder / "key", "--out", out, source, check=False)
                self.assertEqual(0, done.returncode, done.stdout[-500:])
                [written] = out.glob("*.dcm")
                if syntax:
                    self.assertEqual(syntax, str(pydicom.dcmread(str(written), stop_before_pixels=True).file_meta.TransferSyntaxUID))
                self.assert_hidden(written, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
