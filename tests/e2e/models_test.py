"""A hospital uses a model of its own beside the built-in ones, and finds out at once when a file is not the right one."""
import hashlib
import json
import unittest

from harness import *

TEXT = ["ppocr_v5_mobile_det", "ppocr_v6_tiny_det", "ppocr_v6_tiny_rec"]


class ModelsTest(GatewayTest):
    """The model of one's own is a copy of a built-in one under another name: it needs no download."""

    def setUp(self):
        super().setUp()
        self.folder = self.folder.resolve()
        self.models = self.folder / "models"
        shutil.copytree(DEPS / "models", self.models)
        self.own = self.models / "own.onnx"
        shutil.copy(self.models / "ultraface_rfb320.onnx", self.own)
        self.gateway = Gateway(self.folder / "gateway")
        self.addCleanup(self.gateway.close)
        self.configure()

    def configure(self, family="ultraface", file="own.onnx", digest=None):
        digest = digest or hashlib.sha256(self.own.read_bytes()).hexdigest()
        text = self.gateway.config.read_text().split("detect:\n")[0]
        entries = ["blazeface_back_256",
                   f"{{id: own, family: {family}, file: {file}, sha256: {digest}, licence: MIT, sure: 0.96}}", *TEXT]
        listed = "".join(f"    - {entry}\n" for entry in entries)
        self.gateway.config.write_text(
            text + f"detect:\n  models: {self.models}\n  runtime: {DEPS / 'onnxruntime/lib/libonnxruntime.so'}\n"
            f"  ensemble:\n{listed}"
            f"destinations:\n  - name: folder\n    type: folder\n    path: {self.gateway.folder / 'out'}\n"
            "routes:\n  - name: all\n    destinations: [folder]\n    review: automatic\n")
        self.line = self.gateway.config.read_text().splitlines().index(f"    - {entries[1]}") + 1

    def cli(self, verb, *arguments):
        return run(PROGRAM, verb, "-c", self.gateway.config, *arguments, check=False)

    def deid(self, *arguments):
        make_photo(self.folder / "a.dcm", scaled_jpeg(self.folder, "1/4"))
        return run(PROGRAM, "deid", "--models", self.models, "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so",
                   "--key-file", self.folder / "key", "-q", *arguments, "--out", self.folder / "out", self.folder / "a.dcm",
                   check=False)

    def assert_nothing_starts(self, *words):
        for verb in ("check", "serve"):
            done = self.cli(verb)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)
        photos = self.folder / "photos"
        photos.mkdir(exist_ok=True)
        shutil.copy(DEPS / "samples/sample1.jpg", photos)
        done = self.cli("evaluate", "--images", photos, "--kinds", "face", "-q")
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn(words[0], done.stderr)

    def test_own_model_is_listed_and_judges_offline_and_in_the_gateway(self):
        listed = self.cli("models", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        models = {model["id"]: model for model in json.loads(listed.stdout)}
        self.assertEqual(list(models)[:5], ["blazeface_back_256", "own", *TEXT])
        self.assertEqual({k: models["own"][k] for k in ("family", "state", "licence", "origin", "sure", "vote", "used_by")},
                         {"family": "ultraface", "state": "ok", "licence": "MIT", "origin": "your own", "sure": 0.96,
                          "vote": 0.3, "used_by": "faces"})
        self.assertEqual(models["ppocr_v5_mobile_det"]["used_by"], "text: masking")
        self.assertEqual(self.cli("check").returncode, 0)

        photos = self.folder / "photos"
        photos.mkdir()
        shutil.copy(DEPS / "samples/sample1.jpg", photos)
        done = self.cli("evaluate", "--images", photos, "--kinds", "face", "-q", "--boxes", self.folder / "found.csv")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex((self.folder / "found.csv").read_text(), r",own(,|\n)")

        self.gateway.start()
        make_photo(self.folder / "b.dcm", scaled_jpeg(self.folder, "1/4"))
        self.gateway.send(self.folder / "b.dcm")
        self.gateway.settle(received=1)
        rows = self.gateway.cli("audit", "list", "--json").stdout
        self.assertIn(f'"own":"{models["own"]["sha256"][:12]}"', rows.replace(" ", ""))
        done = run(PROGRAM, "deid", "-c", self.gateway.config, "-q", "--json", "--out", self.folder / "out", self.folder / "b.dcm", check=False)
        [item] = json.loads(done.stdout)
        self.assertEqual(item["facts"]["detect"]["models"]["own"], models["own"]["sha256"][:12])
        self.assertIn("own", item["facts"]["detect"]["sources"])

    def test_missing_and_altered_own_files_stop_the_start(self):
        place = f"detect.ensemble, line {self.line}, column 7"
        with open(self.own, "ab") as file:
            file.write(b"x")
        original = hashlib.sha256((self.models / "ultraface_rfb320.onnx").read_bytes()).hexdigest()
        self.configure(digest=original)
        self.assert_nothing_starts("own.onnx (own) is not the configured file", place)
        self.own.unlink()
        self.assert_nothing_starts("own.onnx (own) is missing", place)
        listed = self.cli("models")
        self.assertEqual(listed.returncode, 3)
        self.assertRegex(listed.stdout, r"own +ultraface +faces +missing")

    def test_offline_runs_name_the_place_in_the_configuration_and_not_in_their_command_line(self):
        keys = self.gateway.folder / "data/keys"
        keys.mkdir(parents=True)
        (keys / "project.key").write_text("0" * 64)
        (keys / "project.key").chmod(0o600)
        self.configure(digest="0" * 64)
        photo = make_photo(self.folder / "a.dcm", scaled_jpeg(self.folder, "1/4"))
        place = f"detect.ensemble, line {self.line}, column 7"
        for verb, *arguments in (["deid", "--out", self.folder / "out", photo], ["explain", photo, "--pixels"]):
            done = self.cli(verb, *arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn(place, done.stderr)
        self.configure(family="ultrafase")
        for verb, *arguments in (["deid", "--out", self.folder / "out", photo], ["explain", photo, "--pixels"]):
            done = self.cli(verb, *arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertRegex(done.stderr, rf"gateway.yaml:{self.line}:\d+: unknown family 'ultrafase'")

    def test_every_verb_counts_the_same_problems(self):
        self.configure(family="ultrafase")
        text = self.gateway.config.read_text().replace("    review: automatic\n", "    review: automatic\n    reviw: one\n")
        self.gateway.config.write_text(text)
        for verb in ("check", "models", "status", "serve"):
            done = self.cli(verb)
            self.assertEqual(done.returncode, 2, verb)
            for word in ("unknown family 'ultrafase'", "unknown key 'reviw'", "veilgate: 2 problems in the configuration"):
                self.assertIn(word, done.stderr, verb)

    def test_missing_and_altered_built_in_files_stop_offline_runs(self):
        with open(self.models / "blazeface_back_256.onnx", "ab") as file:
            file.write(b"x")
        done = self.deid()
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("blazeface_back_256.onnx (blazeface_back_256) is not the file that was tested", done.stderr)
        self.assertIn("bash conf/fetch.sh", done.stderr)
        (self.models / "blazeface_back_256.onnx").unlink()
        self.assertIn("is missing", self.deid().stderr)
        self.assertFalse(list(self.folder.glob("out/*.dcm")))

    def test_a_model_of_another_kind_is_refused_at_the_start(self):
        shutil.copy(self.models / "ppocr_v6_tiny_det.onnx", self.own)
        self.configure()
        self.assert_nothing_starts("own.onnx (own) does not work as a model of family 'ultraface'", f"line {self.line}")

    def test_mistakes_are_told_with_their_place(self):
        self.configure(family="ultrafase")
        done = self.cli("check")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, rf"gateway.yaml:{self.line}:\d+: unknown family 'ultrafase' \(did you mean 'ultraface'\?\)")
        self.assertEqual(self.cli("models").returncode, 2)

    def test_the_entry_for_an_own_model_is_printed(self):
        done = self.cli("models", "--digest", self.own)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("family: ultraface\n", done.stdout)
        self.assertIn(f"sha256: {hashlib.sha256(self.own.read_bytes()).hexdigest()}\n", done.stdout)
        head = self.gateway.config.read_text().split("detect:\n")[0]
        tail = "destinations:" + self.gateway.config.read_text().split("destinations:", 1)[1]
        where = f"  models: {self.models}\n  runtime: {DEPS / 'onnxruntime/lib/libonnxruntime.so'}\n"
        self.gateway.config.write_text(head + done.stdout.replace("FILL-IN", "MIT") + where + tail)
        self.assertEqual(self.cli("check").returncode, 0, self.cli("check").stderr)
        (self.folder / "no.onnx").write_bytes(b"no model")
        done = self.cli("models", "--digest", self.folder / "no.onnx")
        self.assertEqual(done.returncode, 3)
        self.assertIn("none of the families", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
