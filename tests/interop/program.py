"""How the tests call the program: one place decides the verb and its arguments."""
import functools
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("VEILGATE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = pathlib.Path(os.environ.get("VEILGATE_PROGRAM", SOURCE / "build/ci/veilgate"))
CORPUS = SOURCE.parent / "shared" / "corpus"
READY = ["basic", "research-photo", "longitudinal", "hipaa-safe-harbor", "gdpr-strict", "teaching-file", "device-qa"]


def run(*arguments, timeout=600):
    return subprocess.run([str(a) for a in arguments], capture_output=True, timeout=timeout)


@functools.cache
def mode():
    """Attributes only where the program can; else the whole pipeline without its detectors."""
    if b"--attributes-only" in run(PROGRAM, "deid", "--help").stdout:
        return ["--attributes-only"]
    return ["--no-faces", "--no-text", "--no-barcodes"]


@functools.cache
def profiles():
    """Names of the ready profiles that this program has."""
    listed = run(PROGRAM, "profile", "list")
    words = listed.stdout.decode(errors="replace").replace('"', " ").replace(",", " ").split()
    found = [name for name in READY if name in words] if listed.returncode == 0 else []
    return found or ["basic", "research-photo"]


def command(profile, key_file, out, inputs, jobs=2):
    return [PROGRAM, "deid", *mode(), "--profile", profile, "--key-file", key_file, "--out", out, "--jobs", jobs, "--json",
            *inputs]


def write_key(path):
    """A project key that VEILGATE_TEST_KEY may choose: UIDs, pseudonyms and date offsets of a failed run come again."""
    key = os.environ.get("VEILGATE_TEST_KEY", "7e".rjust(64, "3"))
    path.write_text(key + "\n")
    path.chmod(0o600)
    return path


def deid(profile, key_file, out, inputs):
    """What became of each input: {input, output, state, code, reason}."""
    done = run(*command(profile, key_file, out, inputs))
    if done.returncode not in (0, 3):
        raise AssertionError(f"deid exited {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return json.loads(done.stdout)
