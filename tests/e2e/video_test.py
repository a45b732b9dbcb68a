#!/usr/bin/env python3
"""Films through `veilgate deid`: what shows in them for a single frame, sounds, and says something is gone. ffmpeg and
ffprobe make the films and judge the output; dciodvfy the attributes."""
import json
import os
import pathlib
import pty
import struct
import subprocess
import unittest

from harness import DEPS, PROGRAM, GatewayTest, run

WIDTH, HEIGHT, FRAMES, RATE = 640, 360, 24, 25
VIDEO_PHOTOGRAPHIC = "1.2.840.10008.5.1.4.1.1.77.1.4.1"
H264, MPEG2, HEVC = "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.107"
WORDS = [b"Zwiebelsberg", b"Kunigunde", b"Quellenhof", b"ZW-4711"]
SEI = "086f3693-b7b3-4f2c-9653-21492feee5b8+Zwiebelsberg-SEI"
# The face's middle within the picture that is moved over the film, and how it moves.
FACE_X, FACE_Y, FACE_W, FACE_H = 45, 60, 45, 55
WALL = (520, 0, 120, 40)  # far from both
BLURRED = range(12, 15)  # no detector sees a face there


def face_box(frame):
    return 40 + 8 * frame + FACE_X, 60 + 2 * frame + FACE_Y, FACE_W, FACE_H


def text_box(frame):
    return 250 - 2 * frame, 302, 340, 24


def element(group, number, vr, value):
    if isinstance(value, str):
        value = value.encode()
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    head = struct.pack("<HH2s", group, number, vr.encode())
    if vr in ("OB", "SQ"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def us(value):
    return struct.pack("<H", value)


def dicom_of(stream, syntax, frames=FRAMES, width=WIDTH, height=HEIGHT):
    """A Video Photographic object around a stream, in two fragments."""
    uid = "2.25.424242"
    meta = b"".join([element(2, 1, "OB", b"\0\1"), element(2, 2, "UI", VIDEO_PHOTOGRAPHIC), element(2, 3, "UI", uid),
                     element(2, 0x10, "UI", syntax), element(2, 0x12, "UI", "2.25.1")])
    if len(stream) % 2:
        stream += b"\0"
    half = len(stream) // 4 * 2
    item = b"\xfe\xff\x00\xe0"
    pixels = item + struct.pack("<I", 0) + b"".join(item + struct.pack("<I", len(part)) + part
                                                     for part in (stream[:half], stream[half:])) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    dataset = b"".join([
        element(8, 8, "CS", "ORIGINAL\\PRIMARY"), element(8, 0x16, "UI", VIDEO_PHOTOGRAPHIC), element(8, 0x18, "UI", uid),
        element(8, 0x20, "DA", "20260302"), element(8, 0x23, "DA", "20260302"), element(8, 0x2a, "DT", "20260302101500"),
        element(8, 0x30, "TM", "101500"), element(8, 0x33, "TM", "101500"), element(8, 0x50, "SH", ""),
        element(8, 0x60, "CS", "XC"), element(8, 0x70, "LO", "Maker"), element(8, 0x80, "LO", "Klinikum Quellenhof"),
        element(8, 0x90, "PN", ""), element(0x10, 0x10, "PN", "Zwiebelsberg^Kunigunde"), element(0x10, 0x20, "LO", "ZW-4711"),
        element(0x10, 0x30, "DA", "19580317"), element(0x10, 0x40, "CS", "F"), element(0x18, 0x40, "IS", str(RATE)),
        element(0x18, 0x1063, "DS", "40"), element(0x20, 0xd, "UI", uid + ".1"), element(0x20, 0xe, "UI", uid + ".2"),
        element(0x20, 0x10, "SH", ""), element(0x20, 0x11, "IS", "1"), element(0x20, 0x13, "IS", "1"),
        element(0x20, 0x20, "CS", ""), element(0x28, 2, "US", us(3)), element(0x28, 4, "CS", "YBR_PARTIAL_420"),
        element(0x28, 6, "US", us(0)), element(0x28, 8, "IS", str(frames)),
        element(0x28, 9, "AT", struct.pack("<HH", 0x18, 0x1063)), element(0x28, 0x10, "US", us(height)),
        element(0x28, 0x11, "US", us(width)), element(0x28, 0x100, "US", us(8)), element(0x28, 0x101, "US", us(8)),
        element(0x28, 0x102, "US", us(7)), element(0x28, 0x103, "US", us(0)), element(0x28, 0x2110, "CS", "01"),
        element(0x28, 0x2112, "DS", "30"), element(0x28, 0x2114, "CS", "ISO_14496_10"),
        b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + pixels])
    return b"\0" * 128 + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta + dataset


def film(path, *encoding):
    """A face and a name that move over a grey wall, with sound and titles."""
    graph = ("[1]crop=420:420:320:220,scale=140:140[face];[0][face]overlay=x='40+n*8':y='60+n*2':eval=frame[v];"
             "[v]drawtext=text='Kunigunde Zwiebelsberg':x='250-n*2':y=302:fontsize=28:fontcolor=white[t];"
             f"[t]boxblur=14:enable='between(n,{BLURRED[0]},{BLURRED[-1]})'[out]")
    run("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", f"color=c=0x56646e:s={WIDTH}x{HEIGHT}:r={RATE}",
        "-loop", 1, "-i", DEPS / "samples/sample1.jpg", "-f", "lavfi", "-i", "sine=frequency=440", "-filter_complex", graph,
        "-map", "[out]", "-map", "2:a", "-frames:v", FRAMES, "-t", FRAMES / RATE, "-pix_fmt", "yuv420p", "-threads", 1,
        "-metadata", "title=Kunigunde Zwiebelsberg", "-metadata", "comment=Quellenhof", *encoding, path)
    return path.read_bytes()


def stream_in(dicom):
    """The one fragment of an output."""
    at = dicom.index(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
    table, = struct.unpack_from("<I", dicom, at + 4)
    at += 8 + table
    length, = struct.unpack_from("<I", dicom, at + 4)
    assert dicom[at + 8 + length:at + 16 + length] == b"\xfe\xff\xdd\xe0\0\0\0\0", "more than one fragment"
    return dicom[at + 8:at + 8 + length]


def luma(path):
    raw = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-map", "0:v", "-vsync", "passthrough", "-f",
                          "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True, check=True, timeout=120).stdout
    size = WIDTH * HEIGHT
    return [raw[i * size:(i + 1) * size] for i in range(len(raw) // size)]


def inside(frame, box):
    x, y, w, h = box
    return [value for row in range(y, y + h) for value in frame[row * WIDTH + x:row * WIDTH + x + w]]


def errors_of(path):
    done = run("dciodvfy", path, check=False)
    return {line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")}


class VideoTest(GatewayTest):
    def deid(self, *files, expect=0):
        done = run(PROGRAM, "deid", "--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so",
                   "--key-file", self.folder / "key", "--out", self.folder / "out", "--json", *files, check=False, timeout=1200)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        for word in WORDS:
            self.assertNotIn(word.decode(), done.stderr)
        return json.loads(done.stdout)

    def check(self, name, syntax, *encoding):
        source = film(self.folder / name, *encoding)
        before = self.folder / "in.dcm"
        before.write_bytes(dicom_of(source, syntax))
        self.deid(before)
        [output] = [path for path in (self.folder / "out").rglob("*.dcm")]
        data = output.read_bytes()
        for word in WORDS:
            self.assertNotIn(word, data)
        result = self.folder / "result.bin"
        result.write_bytes(stream_in(data))
        streams = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-of", "json", result).stdout)["streams"]
        self.assertEqual([one["codec_type"] for one in streams], ["video"])
        was, now = luma(self.folder / name), luma(result)
        self.assertEqual((len(was), len(now)), (FRAMES, FRAMES))
        for number, frame in enumerate(now):
            self.assertLess(max(inside(frame, face_box(number))), 60, f"the face shows on frame {number}")
            self.assertLess(max(inside(frame, text_box(number))), 60, f"the name shows on frame {number}")
            wall = inside(frame, WALL), inside(was[number], WALL)
            self.assertLess(abs(sum(wall[0]) - sum(wall[1])) / len(wall[0]), 3, f"the wall is hidden on frame {number}")
        self.assertEqual(errors_of(output) - errors_of(before), set())
        dump = run("dcmdump", "-q", "+L", output).stdout
        for line in ("DERIVED\\PRIMARY", "[YBR_PARTIAL_420]", "compressed with loss anew", "LossyImageCompressionMethod"):
            self.assertIn(line, dump)

    def test_h264_in_mp4(self):
        self.check("a.mp4", H264, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-bsf:v",
                   f"h264_metadata=sei_user_data={SEI}")

    def test_h264_in_a_transport_stream(self):
        self.check("a.ts", H264, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "mp2", "-bsf:v",
                   f"h264_metadata=sei_user_data={SEI}")

    def test_mpeg2(self):
        self.check("a.mpg", MPEG2, "-c:v", "mpeg2video", "-q:v", 3, "-c:a", "mp2")

    def test_hevc(self):
        self.check("a.mp4", HEVC, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "aac")

    def test_a_stored_video_arrives_without_what_it_said(self):
        gateway = self.start_gateway()
        source = film(self.folder / "a.ts", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "mp2")
        before = self.folder / "in.dcm"
        before.write_bytes(dicom_of(source, H264))
        gateway.send(before, extra=["-R", "-xn"])  # only this class, in H.264
        status = gateway.settle(timeout_s=900, received=1)
        self.assertEqual(status["states"]["forwarded"], 1, gateway.cli("review", "list", "--all").stdout)
        [output] = [path for path in (gateway.folder / "out").rglob("*.dcm")]
        for word in WORDS:
            self.assertNotIn(word, output.read_bytes())
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        self.assert_no_phi_outside_spool(gateway)

    def test_the_progress_line_tells_the_frames_of_a_film(self):
        before = self.folder / "in.dcm"
        before.write_bytes(dicom_of(film(self.folder / "a.ts", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "mp2"), H264))
        terminal, side = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = subprocess.Popen([str(one) for one in (
            PROGRAM, "deid", "--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so", "--key-file",
            self.folder / "key", "--out", self.folder / "out", before)], stdout=subprocess.DEVNULL, stderr=side)
        os.close(side)
        told = b""
        try:
            while part := os.read(terminal, 4096):
                told += part
        except OSError:  # the other side is gone
            pass
        self.assertEqual(process.wait(60), 0)
        for stage in (b"detect", b"verify"):
            self.assertRegex(told, stage + rb" \d+/%d frames" % FRAMES)
        self.assertTrue(told.rstrip().endswith(b"1/1  held 0\x1b[K"), told[-200:])

    def test_what_is_broken_hostile_or_too_large_is_held_in_bounded_time(self):
        good = film(self.folder / "a.ts", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "mp2")
        damaged = bytearray(good)
        damaged[len(good) // 2:len(good) // 2 + 2000] = bytes(2000)
        playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{self.folder}/a.ts\n#EXT-X-ENDLIST\n".encode()
        cases = {"cut": dicom_of(good[:len(good) // 2], H264), "damaged": dicom_of(bytes(damaged), H264),
                 "one_more": dicom_of(good, H264, frames=FRAMES + 1), "one_less": dicom_of(good, H264, frames=FRAMES - 1),
                 "huge": dicom_of(good, H264, width=8192, height=8192), "tiny": dicom_of(good, H264, width=1, height=1),
                 "playlist": dicom_of(playlist, H264), "empty": dicom_of(b"", H264), "stereo": dicom_of(good, H264[:-1] + "6"),
                 "list": dicom_of(f"ffconcat version 1.0\nfile '{self.folder}/a.ts'\n".encode(), H264)}
        for name, data in cases.items():
            (self.folder / f"{name}.dcm").write_bytes(data)
        self.deid(*(self.folder / f"{name}.dcm" for name in cases), expect=3)
        self.assertEqual(list((self.folder / "out").rglob("*.dcm")), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
