"""Why something is masked can be asked before, and is in the audit after; what of a face is masked is the route's."""
import json
import re
import unittest

from harness import *

MODELS = ["--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so"]


class RegionsTest(GatewayTest):
    def explain(self, photo, *arguments):
        return json.loads(run(PROGRAM, "explain", photo, "--pixels", *MODELS, "--json", *arguments).stdout)["pixels"]

    def assert_explained(self, regions):
        self.assertTrue(regions)
        for region in regions:
            self.assertIn(region["kind"], ("face", "text", "barcode", "label", "fixed"))
            self.assertTrue(0 < region["score"] <= 1 and region["source"] and region["reason"], region)

    def object_with_faces(self, faces):
        """Where the audit says the photo of a route with this `faces` came to rest, and what it says of regions."""
        gateway = self.start_gateway(routes="  - name: all\n    destinations: [folder]\n    review: automatic\n"
                                            "    detect: {faces: true, text: false, barcodes: false}\n"
                                            f"    mask:\n      faces: {faces}\n")
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        rows = [json.loads(line) for line in gateway.cli("audit", "list", "--json").stdout.splitlines()]
        return gateway, {row["type"]: row["details"] for row in rows}

    def test_explain_says_what_is_found_and_why(self):
        photo = make_photo(self.folder / "a.dcm")
        pixels = self.explain(photo)
        self.assert_explained(pixels["found"])
        self.assert_explained(pixels["masked"])
        self.assertEqual(pixels["findings"], [])
        self.assertNotIn("held", pixels)
        fixed = self.explain(photo, "--no-faces", "--no-text", "--no-barcodes", "--mask", "8,8,32,32")
        self.assertEqual([(one["kind"], one["source"]) for one in fixed["found"]], [("fixed", "rule:mask")])
        plain = run(PROGRAM, "explain", photo, "--pixels", *MODELS).stdout
        self.assertIn("masked   face", plain)
        self.assertEqual(list(self.folder.glob("*.key")), [])

    def test_options_for_pixels_without_pixels_are_refused(self):
        photo = make_photo(self.folder / "a.dcm")
        done = run(PROGRAM, "explain", photo, "--no-faces", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--pixels", done.stderr)

    def test_the_audit_carries_kind_score_model_and_reason_of_each_region(self):
        _, audit = self.object_with_faces("{area: face}")
        self.assert_explained(audit["object.detected"]["detect"]["regions"])
        self.assert_explained(audit["object.masked"]["mask"]["regions"])
        self.assertIn("object.forwarded", audit)

    def test_with_eyes_only_the_object_does_not_claim_that_nobody_is_recognised(self):
        gateway, audit = self.object_with_faces("{area: eyes}")
        masked = audit["object.masked"]["mask"]["regions"]
        self.assertIn("eyes", {word for region in masked for word in region["reason"].split("+")})
        self.assertIn("object.forwarded", audit)
        [sent] = (gateway.folder / "out").glob("*.dcm")
        self.assertNotIn("NO", run("dcmdump", "+P", "0028,0302", sent).stdout)

    def test_an_ellipse_is_one_line_for_people_and_all_its_boxes_for_programs(self):
        gateway, audit = self.object_with_faces("{shape: ellipse}")
        masked = audit["object.masked"]["mask"]["regions"]
        [job] = gateway.json("review", "list", "--all")
        self.assertEqual(gateway.json("review", "show", job["id"])["facts"]["mask"]["regions"], masked)
        lines = [line for line in gateway.cli("review", "show", job["id"]).stdout.splitlines() if "ellipse" in line]
        faces = {(region["score"], region["source"]) for region in masked}
        self.assertEqual(len(lines), len(faces), "\n".join(lines))
        counts = [int(re.search(r"\((\d+) boxes\)", line)[1]) for line in lines]
        self.assertEqual(sum(counts), len(masked))

    def test_explain_says_which_rule_masked_a_text_and_not_what_it_says(self):
        jpeg = self.folder / "label.jpg"
        run("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "color=c=0xcda58c:s=800x600", "-vf",
            "drawtext=text='Kunigunde Zwiebelsberg':x=60:y=80:fontsize=40:fontcolor=black,"
            "drawtext=text='Station Nord':x=60:y=300:fontsize=40:fontcolor=black,"
            "drawtext=text='12 mm':x=60:y=500:fontsize=40:fontcolor=black", "-frames:v", 1, jpeg)
        photo = make_photo(self.folder / "a.dcm", jpeg)
        for policy, reasons in (("all", {"line"}),
                                ("identifying", {"masked: matches an identifier of the object",
                                                 "masked: no measurement, side or scale", "kept: measurement"}),
                                ("known", {"masked: matches an identifier of the object", "kept: not the patient's"})):
            pixels = self.explain(photo, "--no-faces", "--text-policy", policy)
            found = {region["reason"] for region in pixels["found"] if region["kind"] == "text"}
            self.assertLessEqual(reasons, found, policy)
            masked = {word for region in pixels["masked"] if region["kind"] == "text" for word in region["reason"].split("+")}
            self.assertTrue(all(policy == "all" or reason.startswith("masked: ") for reason in masked), masked)
            self.assertNotIn("Zwiebelsberg", json.dumps(pixels))

    def test_a_face_that_is_the_subject_waits_for_a_person(self):
        gateway, audit = self.object_with_faces("{subject: review, subject_share: 0.01}")
        [job] = gateway.json("review", "list", "--state", "in_review")
        self.assertIn("verify.face_subject", json.dumps(gateway.json("review", "show", job["id"])))
        self.assertNotIn("object.forwarded", audit)


if __name__ == "__main__":
    unittest.main()
