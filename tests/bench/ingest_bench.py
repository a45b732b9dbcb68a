#!/usr/bin/env python3
"""Ingest of synthetic photos with stock storescu: a gateway against stock storescp, in one run on one disk.

  ingest_bench.py [--photos 60] [--megabytes 1.7] [--rounds 3] [--folder DIR] [--check] -- COMMAND...

COMMAND starts the gateway and stays in the foreground; {folder} and {port} in it are replaced. It must take any calling
AE and answer to VEILGATE. For instance:  ingest_bench.py -- build/dev/receive_bench_server {folder} {port}
Prints the best round of each. --check: exit 1 below the goals (5x over one association, 10x over four).
"""
import argparse
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

VL_PHOTO = "1.2.840.10008.5.1.4.1.1.77.1.4"
EXPLICIT = "1.2.840.10008.1.2.1"
GOALS = {1: 5.0, 4: 10.0}


def element(group, number, vr, value):
    value += (b"\0" if vr in ("UI", "OB") else b" ") * (len(value) % 2)
    head = struct.pack("<HH2s", group, number, vr.encode())
    return head + (struct.pack("<HI", 0, len(value)) if vr == "OB" else struct.pack("<H", len(value))) + value


def photo(instance, size):
    """Native RGB noise of about `size` bytes: nothing on the way can compress it."""
    rows, columns = 1000, max(1, size // 3000)
    uid = f"1.2.826.0.1.3680043.8.498.1.{instance}".encode()
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", VL_PHOTO.encode()) + element(2, 3, "UI", uid)
            + element(2, 0x10, "UI", EXPLICIT.encode()) + element(2, 0x12, "UI", b"1.2.826.0.1.3680043.8.498.1"))
    us = lambda number, value: element(0x28, number, "US", struct.pack("<H", value))
    data = (element(8, 0x16, "UI", VL_PHOTO.encode()) + element(8, 0x18, "UI", uid) + element(8, 0x60, "CS", b"XC")
            + element(0x10, 0x10, "PN", b"Bench^Photo") + element(0x10, 0x20, "LO", b"BENCH")
            + element(0x20, 0xD, "UI", b"1.2.826.0.1.3680043.8.498.2") + element(0x20, 0xE, "UI", b"1.2.826.0.1.3680043.8.498.3")
            + us(2, 3) + element(0x28, 4, "CS", b"RGB") + us(6, 0) + us(0x10, rows) + us(0x11, columns)
            + us(0x100, 8) + us(0x101, 8) + us(0x102, 7) + us(0x103, 0)
            + element(0x7FE0, 0x10, "OB", os.urandom(rows * columns * 3)))
    return b"\0" * 128 + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(meta))) + meta + data


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit("the receiver did not start")


def send(port, files, streams):
    """Seconds until the last of `streams` storescu has been answered for all its files."""
    began = time.monotonic()
    running = [subprocess.Popen(["storescu", "-aec", "VEILGATE", "127.0.0.1", str(port), *files[i::streams]],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(streams)]
    if any(process.wait() != 0 for process in running):
        sys.exit("storescu failed")
    return time.monotonic() - began


def measure(command, files, streams, folder):
    """Photos per second of a fresh receiver in a fresh folder."""
    os.makedirs(folder)
    port = free_port()
    words = [word.replace("{folder}", folder).replace("{port}", str(port)) for word in command]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        return len(files) / send(port, files, streams)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--megabytes", type=float, default=1.7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="on the disk to measure; default: the system's temporary folder")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    options = parser.parse_args()
    stock = ["storescp", "--fork", "-od", "{folder}", "{port}"]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        files = []
        for i in range(options.photos):
            files.append(os.path.join(folder, f"{i}.dcm"))
            with open(files[-1], "wb") as out:
                out.write(photo(i + 1, int(options.megabytes * 1e6)))
        print(f"{options.photos} photos of {os.path.getsize(files[0]) / 1e6:.1f} MB, best of {options.rounds} rounds")
        print(f"{'storescu in parallel':>20} {'storescp /s':>12} {'gateway /s':>12} {'ratio':>7} {'goal':>6}")
        missed = False
        for streams, goal in GOALS.items():
            best = {}
            for turn in range(options.rounds):
                for name, command in (("stock", stock), ("gateway", options.command)):
                    rate = measure(command, files, streams, os.path.join(folder, f"{name}{streams}-{turn}"))
                    best[name] = max(best.get(name, 0), rate)
            # Both goals are stated against storescp over one association.
            base = best["stock"] if streams == 1 else base
            ratio = best["gateway"] / base
            missed |= ratio < goal
            print(f"{streams:>20} {best['stock']:>12.1f} {best['gateway']:>12.1f} {ratio:>6.1f}x {goal:>5.0f}x")
        print("ratio: gateway against storescp over one association; the gateway syncs every photo, storescp none")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
