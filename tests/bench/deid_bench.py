#!/usr/bin/env python3
"""Headers per second on one core: this program's deid beside Orthanc's /instances/{id}/anonymize, in one run.

  deid_bench.py [--objects 500] [--rounds 3] [--profile basic] [--check]

Both clean the same synthetic objects (64 x 64 pixels: the header is the work), pinned to one core; the best round counts.
The program is measured from start to end of its process, with its outputs written; Orthanc from the first request to the
last answer, which it does not store: as scripts call it (urllib, a connection per request), and over one kept connection
without Nagle's delay, which is the most it can do. The engine alone is deid_engine_bench, where it was built. --check: exit 1 below ten times the first.
"""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import program  # noqa: E402
import synthetic_objects  # noqa: E402

GOAL = 10.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def core():
    """The last core this process may use; the client then has the others."""
    return str(max(os.sched_getaffinity(0)))


class Orthanc:
    def __init__(self, folder):
        self.http_port = free_port()
        folder.mkdir()
        (folder / "orthanc.json").write_text(json.dumps({
            "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"), "Plugins": [], "DicomPort": free_port(),
            "HttpPort": self.http_port, "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "KeepAlive": True}))
        self.process = subprocess.Popen(["taskset", "-c", core(), "Orthanc", str(folder / "orthanc.json")],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.connection = None
        self.wait()

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return self.connect()
            except OSError:
                time.sleep(0.05)
        sys.exit("Orthanc did not start")

    def connect(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path, body):
        self.connection.request("POST", path, body)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            sys.exit(f"Orthanc answered {answer.status}")
        return data

    def upload(self, files):
        return [json.loads(self.post("/instances", file.read_bytes()))["ID"] for file in files]

    def anonymize(self, ids, kept):
        """Answers per second."""
        self.connection.close()
        self.connect()
        began = time.monotonic()
        for one in ids:
            path = f"/instances/{one}/anonymize"
            if kept:
                self.post(path, b"{}")
            else:
                urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", b"{}", timeout=60).read()
        return len(ids) / (time.monotonic() - began)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def ours(profile, files, folder):
    """Headers per second; every output is written."""
    out = folder / "out"
    words = ["taskset", "-c", core(), *map(str, program.command(profile, folder / "key", out, files, jobs=1))]
    began = time.monotonic()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    rate = len(files) / (time.monotonic() - began)
    if done.returncode not in (0, 3):
        sys.exit(f"deid exited {done.returncode}")
    held = sum(not item["output"] for item in json.loads(done.stdout))
    shutil.rmtree(out)
    return rate, held


def engine(profile, folder):
    """Headers per second of the engine alone, without processes and disk; None where deid_engine_bench was not built."""
    bench = program.PROGRAM.parent / "deid_engine_bench"
    kinds = {"basic": "0", "research-photo": "1"}
    if not bench.exists() or profile not in kinds:
        return None
    done = subprocess.run(["taskset", "-c", core(), str(bench), f"--benchmark_filter=^engine/research:{kinds[profile]}$",
                           "--benchmark_format=json"], env={**os.environ, "VEILGATE_BENCH_OBJECTS": str(folder)},
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(done.stdout)["benchmarks"][0]["items_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", default="basic")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="veilgate-bench-") as name:
        folder = pathlib.Path(name)
        synthetic_objects.generate(folder / "in", options.objects)
        files = sorted((folder / "in").glob("*.dcm"))[:options.objects]
        orthanc = Orthanc(folder / "orthanc")
        try:
            ids = orthanc.upload(files)
            theirs = {kept: max(orthanc.anonymize(ids, kept) for _ in range(options.rounds)) for kept in (False, True)}
        finally:
            orthanc.stop()
        alone = engine(options.profile, folder / "in")
        mine, held = max(ours(options.profile, files, folder) for _ in range(options.rounds))
    print(f"{len(files)} objects, one core, best of {options.rounds} rounds; deid {' '.join(program.mode())}, {held} held")
    print(f"veilgate deid                                {mine:9.1f} /s")
    if alone:
        print(f"  its engine alone: parse, clean, write, verify{alone:9.1f} /s")
    for kept, what in ((False, "as scripts call it"), (True, "one kept connection")):
        print(f"Orthanc anonymize, {what:<24}  {theirs[kept]:9.1f} /s   ratio {mine / theirs[kept]:6.2f}x")
    print(f"goal: {GOAL:.0f}x of Orthanc as scripts call it")
    return 1 if options.check and mine < GOAL * theirs[False] else 0


if __name__ == "__main__":
    sys.exit(main())
