"""Starts a gateway and Orthanc on loopback, and speaks to them the way a hospital would: dcmtk tools, REST, the CLI.

Standard library only. Every wait is on a condition with a deadline.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

SOURCE = pathlib.Path(os.environ.get("VEILGATE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = pathlib.Path(os.environ.get("VEILGATE_PROGRAM", SOURCE / "build/release/veilgate"))
DEPS = pathlib.Path(os.environ.get("VEILGATE_DEPS_DIR", SOURCE / ".deps"))
CORPUS = SOURCE.parent / "shared" / "corpus"

VL_PHOTOGRAPHIC = "1.2.840.10008.5.1.4.1.1.77.1.4"
# What must not be found anywhere behind the gateway.
PLANTED = {"name": "Zwiebelsberg^Kunigunde", "id": "ZW-4711-KU", "birth": "19580317", "institution": "Klinikum Quellenhof",
           "physician": "Obermoser^Balthasar", "comment": "Kunigunde Zwiebelsberg fell in Quellenhof"}
NEEDLES = [b"Zwiebelsberg", b"Kunigunde", b"ZW-4711-KU", b"ZW4711KU", b"19580317", b"Quellenhof", b"Obermoser", b"Balthasar"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, timeout_s, what):
    """Polls a condition of another process; fails loudly."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"gave up after {timeout_s} s waiting for {what}")
        time.sleep(0.05)


def run(*arguments, check=True, **kwargs):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=kwargs.pop("timeout", 300), **kwargs)
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments[0]} exited {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class Orthanc:
    """Debian's Orthanc as research PACS, on loopback, data in a folder of the test."""

    def __init__(self, folder):
        self.dicom_port, self.http_port = free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "orthanc.json").write_text(json.dumps({
            "Name": "research", "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"),
            "DicomAet": "ORTHANC", "DicomPort": self.dicom_port, "HttpPort": self.http_port, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "DicomCheckCalledAet": True, "OverwriteInstances": False, "Plugins": [],
            "DicomAlwaysAllowStore": True, "UnknownSopClassAccepted": False, "DicomThreadsCount": 4}))
        self.log = open(folder / "orthanc.log", "w")
        self.process = subprocess.Popen(["Orthanc", str(folder / "orthanc.json")], stdout=self.log, stderr=subprocess.STDOUT)
        wait_until(lambda: accepts(self.dicom_port) and accepts(self.http_port), 30, "Orthanc")

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=30) as answer:
            return answer.read()

    def instances(self):
        return json.loads(self.get("/instances"))

    def files(self):
        return {one: self.get(f"/instances/{one}/file") for one in self.instances()}

    def uid_of(self, instance):
        return json.loads(self.get(f"/instances/{instance}/simplified-tags"))["SOPInstanceUID"]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class Gateway:
    """`veilgate serve` with a configuration of the test."""

    def __init__(self, folder, destinations=None, routes=None, receive_extra="", workers_extra=""):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "out").mkdir(exist_ok=True)
        self.port = free_port()
        self.config = folder / "gateway.yaml"
        destinations = destinations or f"  - name: folder\n    type: folder\n    path: {folder / 'out'}\n"
        routes = routes or "  - name: all\n    destinations: [folder]\n    review: automatic\n"
        self.config.write_text(
            f"version: 1\ndata_dir: {folder / 'data'}\n"
            f"receive:\n  ae_title: VEILGATE\n  bind: 127.0.0.1\n  port: {self.port}\n  allow_any_peer: true\n{receive_extra}"
            f"detect:\n  models: {DEPS / 'models'}\n  runtime: {DEPS / 'onnxruntime/lib/libonnxruntime.so'}\n"
            f"workers:\n  count: 2\n  backoff_initial: 100ms\n{workers_extra}"
            f"destinations:\n{destinations}routes:\n{routes}")
        self.process = None
        self.log = open(folder / "gateway.log", "a")

    def start(self):
        self.process = subprocess.Popen([str(PROGRAM), "serve", "--config", str(self.config)], stdout=self.log, stderr=self.log)
        wait_until(lambda: self.process.poll() is not None or self.listening(), 60, "the gateway's port")
        if self.process.poll() is not None:
            raise AssertionError("serve ended: " + (self.folder / "gateway.log").read_text()[-4000:])
        return self

    def listening(self):
        return run("echoscu", "-to", 5, "-aec", "VEILGATE", "127.0.0.1", self.port, check=False).returncode == 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(60) == 0, "serve did not stop cleanly"

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill_all()
        self.log.close()

    def kill_all(self):
        """Power cut: every process of the gateway at once."""
        for pid in [self.process.pid] + self.children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(30)

    def children(self, role=None):
        """Pids of the gateway's descendants; role: receive, run or worker."""
        table = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            table[int(entry.name)] = (int(stat[1]), command[1].decode() if len(command) > 1 else "")
        found, frontier = [], [self.process.pid]
        while frontier:
            parent = frontier.pop()
            for pid, (ppid, name) in table.items():
                if ppid == parent:
                    frontier.append(pid)
                    if role is None or name == role:
                        found.append(pid)
        return found

    def cli(self, *arguments, check=True):
        verb = list(arguments)
        position = 2 if verb[0] in ("review", "audit") else 1
        return run(PROGRAM, *verb[:position], "--config", self.config, *verb[position:], check=check)

    def json(self, *arguments, check=True):
        return json.loads(self.cli(*arguments, "--json", check=check).stdout)

    def status(self):
        return self.json("status")

    def settle(self, timeout_s=300, received=None):
        """Until nothing is in flight (and at least `received` objects have come)."""
        def done():
            status = self.status()
            return status if status["in_flight"] == 0 and status["received"] >= (received or 0) else None
        return wait_until(done, timeout_s, "all objects to come to rest")

    def send(self, *files, check=True, calling="CAMERA", extra=()):
        """Stock storescu; by default it proposes JPEG Baseline first, as photo sources do."""
        return run("storescu", "-to", 30, *(extra or ["-xy"]), "-aet", calling, "-aec", "VEILGATE", "127.0.0.1", self.port, *files, check=check)


def scaled_jpeg(folder, scale):
    """A sample photo at a fraction ("1/4") of its size."""
    target = folder / "scaled.jpg"
    run("djpeg", "-scale", scale, "-outfile", folder / "scaled.ppm", DEPS / "samples/sample1.jpg")
    run("cjpeg", "-baseline", "-outfile", target, folder / "scaled.ppm")
    return target


def make_photo(target, jpeg=None, uid=None, planted=True):
    """A VL Photographic object with planted identifiers, from a JPEG file (JPEG baseline inside, APPn and COM kept)."""
    jpeg = jpeg or DEPS / "samples/sample1.jpg"
    uid = uid or f"2.25.{random.getrandbits(100)}"
    keys = ["-k", f"0008,0018={uid}", "-k", f"0020,000d={uid}.1", "-k", f"0020,000e={uid}.2", "-k", "0008,0060=XC"]
    if planted:
        keys += ["-k", f"0010,0010={PLANTED['name']}", "-k", f"0010,0020={PLANTED['id']}", "-k", f"0010,0030={PLANTED['birth']}",
                 "-k", f"0008,0080={PLANTED['institution']}", "-k", f"0008,0090={PLANTED['physician']}",
                 "-k", f"0020,4000={PLANTED['comment']}", "-k", "0008,0020=20260302"]
    run("img2dcm", "--vl-photo", *keys, jpeg, target)
    if planted:
        run("dcmodify", "-nb", "-i", "(0040,0275)[0].(0040,0007)=" + PLANTED["comment"], "-i", "(0009,0010)=QUELL PRIVATE", target)
    return target


class GatewayTest(unittest.TestCase):
    """A scratch folder per test, and everything that was started is stopped."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="veilgate-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start_orthanc(self):
        orthanc = Orthanc(self.folder / "orthanc")
        self.addCleanup(orthanc.stop)
        return orthanc

    def start_gateway(self, **kwargs):
        gateway = Gateway(self.folder / "gateway", **kwargs)
        self.addCleanup(gateway.close)
        return gateway.start()

    def assert_clean(self, data, where):
        lowered = data.lower()
        for needle in NEEDLES:
            for form in (needle, needle.decode().encode("utf-16-le"), needle.decode().encode("utf-16-be")):
                self.assertNotIn(form.lower(), lowered, f"{needle!r} found in {where}")

    def assert_no_phi_outside_spool(self, gateway):
        """Logs and the store carry none of the planted values."""
        self.assert_clean((gateway.folder / "gateway.log").read_bytes(), "the log")
        for file in (gateway.folder / "data").rglob("*"):
            if file.is_file() and "originals" not in file.parts:
                self.assert_clean(file.read_bytes(), file.name)
                self.assert_clean(file.name.encode(), "a file name")

    def orthanc_destination(self, orthanc):
        return (f"  - name: orthanc\n    type: dimse\n    host: 127.0.0.1\n    port: {orthanc.dicom_port}\n"
                "    called_ae: ORTHANC\n    calling_ae: VEILGATE\n")


if __name__ == "__main__":
    sys.exit("run the *_test.py files")
