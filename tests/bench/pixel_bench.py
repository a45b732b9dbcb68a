#!/usr/bin/env python3
"""A 12-megapixel photo in each transfer syntax through pixel_bench, and JPEG Baseline against PixelMed's redaction codec
(package libpixelmed-codec-java; skipped where it is not): pixel_bench.py BUILD_FOLDER [JPEG]"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import pixel_objects as objects  # noqa: E402
import program  # noqa: E402

JPEG = "1.2.840.10008.1.2.4."
JAR = pathlib.Path("/usr/share/java/pixelmed_codec.jar")
KINDS = {
    "native": ["dcmconv", "+te"], "deflated": ["dcmconv", "+td"], "RLE": ["dcmcrle"], "JPEG lossless": ["dcmcjpeg", "+e1"],
    "JPEG-LS": ["dcmcjpls", "+el"], "JPEG-LS near": ["dcmcjpls", "+en"],
    "JPEG 2000": objects.by_streams(JPEG + "90", "YBR_RCT", objects.opj("-mct", "1")),
    "JPEG 2000 lossy": objects.by_streams(JPEG + "91", "YBR_ICT", objects.opj("-I", "-r", "10", "-mct", "1")),
    "HTJ2K": objects.by_streams(JPEG + "201", "YBR_RCT", objects.ojph("-reversible", "true")),
    "JPEG XL": objects.by_streams(JPEG + "110", "RGB", objects.cjxl("-d", "0")),
    "JPEG XL lossy": objects.by_streams(JPEG + "112", "XYB", objects.cjxl("-d", "1")),
    "JPEG baseline": objects.by_streams(JPEG + "50", "YBR_FULL_422", objects.cjpeg("-quality", "92")),
    "JPEG progressive": objects.by_streams(JPEG + "55", "YBR_FULL_422", objects.cjpeg("-quality", "92", "-progressive")),
}


def seconds(command, runs=5):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([str(word) for word in command], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    build = pathlib.Path(sys.argv[1])
    photo = sys.argv[2] if len(sys.argv) > 2 else program.SOURCE / ".deps/samples/sample6.jpg"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["convert", str(photo), "-resize", "4000x3000!", "-quality", "92", str(folder / "photo.jpg")], check=True)
        objects.tool("img2dcm", "--vl-photo", folder / "photo.jpg", folder / "jpeg.dcm")
        objects.tool("dcmdjpeg", folder / "jpeg.dcm", folder / "source.dcm")
        files = []
        for number, (kind, how) in enumerate(KINDS.items()):
            files.append(folder / f"{number}.dcm")
            how(folder / "source.dcm", files[-1]) if callable(how) else objects.tool(*how, folder / "source.dcm", files[-1])
        subprocess.run([str(build / "pixel_bench"), *map(str, files)], check=True)
        if JAR.exists():
            java = ["java", "-cp", JAR, "com.pixelmed.codec.jpeg.Parse"]
            took = seconds([*java, folder / "photo.jpg", folder / "out.jpg"], 3)
            start_up = seconds(["java", "-version"], 3)
            print(f"PixelMed codec, the same JPEG read and written, without its start of {start_up:.1f} s: "
                  f"{12 / (took - start_up):.1f} MP/s")


if __name__ == "__main__":
    main()
