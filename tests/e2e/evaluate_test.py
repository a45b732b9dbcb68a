"""A hospital measures the detectors on a folder of its own photos."""
import csv
import json
import re
import unittest

from harness import *

DETECTORS = ["--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so", "-c", "none.yaml"]


class EvaluateTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="veilgate-evaluate-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.photos = self.folder / "photos"
        (self.photos / "ward").mkdir(parents=True)
        shutil.copy(DEPS / "samples/sample1.jpg", self.photos / "a, 1.jpg")
        shutil.copy(DEPS / "samples/sample2.jpg", self.photos / "ward/b.jpg")

    def evaluate(self, *arguments, images=None):
        return run(PROGRAM, "evaluate", "--images", images or self.photos, *DETECTORS, "-q", *arguments, check=False)

    def find_faces(self):
        done = self.evaluate("--kinds", "face", "--boxes", self.folder / "found.csv")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(self.folder / "found.csv", newline="") as file:
            return list(csv.DictReader(file))

    def write_truth(self, rows, name="truth.csv"):
        truth = self.folder / name
        with open(truth, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "x", "y", "w", "h", "kind"])
            writer.writerows(rows)
        return truth

    def test_finds_without_truth_and_measures_against_it_at_every_turn(self):
        found = self.find_faces()
        self.assertEqual({row["file"] for row in found}, {"a, 1.jpg", "ward/b.jpg"})
        self.assertTrue(all(row["kind"] == "face" and 0 < float(row["score"]) <= 1 and row["source"] for row in found))
        sure = [row for row in found if float(row["score"]) >= 0.97]
        self.assertTrue(sure)
        truth = self.write_truth([[row[k] for k in ("file", "x", "y", "w", "h", "kind")] for row in sure] +
                                 [["ward/b.jpg", 0, 0, 8, 8, "face"]])  # nothing is there: a miss
        page = self.folder / "report.html"
        done = self.evaluate("--kinds", "face", "--truth", truth, "--orientations", "0,90", "--json", "--html", page,
                             "-j", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        [face] = report["kinds"]
        upright, lying = face["by_orientation"]
        self.assertEqual((upright["orientation"], lying["orientation"]), (0, 90))
        self.assertEqual(upright["covered"], {"hits": len(sure), "of": len(sure) + 1,
                                              "share": len(sure) / (len(sure) + 1)})
        self.assertGreaterEqual(lying["covered"]["hits"], len(sure) - 1)
        self.assertLessEqual(upright["false_alarms"], sum(float(row["score"]) < 0.97 for row in found))
        self.assertIn([0, 0, 8, 8], [[miss["box"][k] for k in "xywh"] for miss in report["misses"]])
        self.assertGreater(report["seconds"]["detect_cpu"]["median"], 0)
        html = page.read_text()
        self.assertIn("picture of patients", html)
        self.assertGreaterEqual(html.count("data:image/jpeg;base64,/9j/"), len(report["misses"]))
        self.assertFalse(re.search(r"https?:|<script|<link|url\(", html))
        self.assertEqual(page.stat().st_mode & 0o077, 0)

    def test_dicom_files_count_like_photos(self):
        objects = self.folder / "objects"
        objects.mkdir()
        make_photo(objects / "a.dcm", DEPS / "samples/sample1.jpg")
        done = self.evaluate("--kinds", "face", "--boxes", self.folder / "found.csv", images=objects)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = (self.folder / "found.csv").read_text().splitlines()
        self.assertGreater(len(lines), 1)
        self.assertTrue(all(line.startswith("a.dcm,") for line in lines[1:]))

    def test_nothing_is_passed_over_in_silence(self):
        (self.photos / "broken.jpg").write_bytes((self.photos / "ward/b.jpg").read_bytes()[:20000])
        (self.photos / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
        (self.photos / "notes.txt").write_text("not a picture")
        truth = self.write_truth([["a, 1.jpg", 1, 1, 20, 20, "face"], ["gone.jpg", 1, 1, 20, 20, "face"]])
        done = self.evaluate("--kinds", "face", "--truth", truth, "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual([file["file"] for file in report["unreadable"]], ["broken.jpg", "phone.heic"])
        self.assertEqual(report["set_aside"], ["notes.txt"])
        self.assertEqual(report["truth_not_looked_at"], ["gone.jpg"])
        self.assertEqual(report["files"], 2)

    def test_mistakes_are_told_with_the_way_out(self):
        for arguments, word in [
            (["--truth", self.write_truth([["a, 1.jpg", 1, 1, 20, 20, "dog"]])], "line 2"),
            (["--models", self.folder], "bash conf/fetch.sh"),
            (["--boxes", self.folder / "nowhere/found.csv"], "folder does not exist"),
            (["--orientations", "45"], "orientations"),
            (["--images", self.folder / "photos/none"], "images"),
        ]:
            if arguments[0] in ("--models", "--images"):
                done = run(PROGRAM, "evaluate", "--images", self.photos, "-c", "none.yaml", *arguments, check=False)
            else:
                done = self.evaluate(*arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
