"""A photo from a stock modality arrives masked and de-identified in Orthanc."""
import hashlib
import unittest

from harness import *


class PhotoTest(GatewayTest):
    def test_photos_arrive_clean_in_orthanc(self):
        orthanc = self.start_orthanc()
        gateway = self.start_gateway(destinations=self.orthanc_destination(orthanc),
                                     routes="  - name: photos\n    destinations: [orthanc]\n    review: automatic\n")
        photos = [make_photo(self.folder / f"{i}.dcm", DEPS / f"samples/sample{i}.jpg") for i in range(1, 4)]
        gateway.send(*photos)
        gateway.settle(received=3)
        states = gateway.status()["states"]
        self.assertEqual(states["forwarded"], 3, gateway.cli("review", "list", "--all").stdout)
        files = orthanc.files()
        self.assertEqual(len(files), 3)
        for name, data in files.items():
            self.assert_clean(data, "Orthanc instance " + name)
            self.assertIn(b"VG-", data, "no pseudonym")
        jobs = gateway.json("review", "list", "--all")
        self.assertTrue(all(job["regions"]["face"] > 0 for job in jobs), jobs)
        self.assertTrue(gateway.json("audit", "verify")["intact"])
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        gateway.stop()
        self.assert_no_phi_outside_spool(gateway)

    def test_repeated_sending_is_acknowledged_and_not_processed_twice(self):
        gateway = self.start_gateway()
        photo = make_photo(self.folder / "a.dcm")
        gateway.send(photo)
        gateway.send(photo)
        status = gateway.settle(received=1)
        self.assertEqual((status["received"], status["duplicates"]), (1, 1))
        changed = self.folder / "b.dcm"
        shutil.copy(photo, changed)
        run("dcmodify", "-nb", "-m", "(0020,4000)=other bytes", changed)
        gateway.send(changed)
        status = gateway.settle(received=2)
        held = gateway.json("review", "list", "--state", "held")
        self.assertEqual([job["reason_code"] for job in held], ["receive.conflict"])
        self.assertTrue(gateway.json("reconcile")["adds_up"])

    def test_two_different_people_must_approve_the_very_bytes(self):
        gateway = self.start_gateway(routes="  - name: all\n    destinations: [folder]\n    review: two\n")
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        [job] = gateway.json("review", "list", "--state", "in_review")
        approve = lambda who, seen=job["output_sha256"]: gateway.cli(
            "review", "approve", job["id"], "--reviewer", who, "--sha256", seen, check=False)
        self.assertNotEqual(approve("Dr. A", "0" * 64).returncode, 0)
        self.assertEqual(approve("Dr. A").returncode, 0)
        self.assertNotEqual(approve("dr. a").returncode, 0, "the same person approved twice")
        self.assertEqual(gateway.status()["states"]["in_review"], 1)
        self.assertEqual(approve("Dr. B").returncode, 0)
        wait_until(lambda: gateway.status()["states"]["forwarded"] == 1, 30, "forwarding")
        self.assertEqual(len(list((gateway.folder / "out").glob("*.dcm"))), 1)

    def test_a_mask_on_a_protected_region_waits_for_a_person_and_goes_out_masked(self):
        rules = ("    protected_regions:\n"
                 "      - {name: elsewhere, relative: true, x: 0, y: 0, w: 1, h: 1, match: {modality: ES}}\n"
                 "      - {name: middle, relative: true, x: 0, y: 0, w: 1, h: 1, match: {modality: XC}}\n")
        gateway = self.start_gateway(routes="  - name: all\n    destinations: [folder]\n    review: automatic\n" + rules)
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        [job] = gateway.json("review", "list", "--state", "in_review")
        shown = gateway.json("review", "show", job["id"])
        self.assertIn("rule:middle", json.dumps(shown))
        self.assertNotIn("rule:elsewhere", json.dumps(shown))
        gateway.cli("review", "approve", job["id"], "--reviewer", "Dr. A", "--sha256", job["output_sha256"])
        wait_until(lambda: gateway.status()["states"]["forwarded"] == 1, 30, "forwarding")
        [sent] = (gateway.folder / "out").glob("*.dcm")
        self.assertEqual(hashlib.sha256(sent.read_bytes()).hexdigest(), job["output_sha256"], "not the masked output")

    def test_an_altered_output_cannot_be_approved(self):
        gateway = self.start_gateway(routes="  - name: all\n    destinations: [folder]\n    review: one\n")
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        [job] = gateway.json("review", "list", "--state", "in_review")
        output = pathlib.Path(gateway.json("review", "show", job["id"])["output_file"])
        output.write_bytes(output.read_bytes() + b"\0\0")
        done = gateway.cli("review", "approve", job["id"], "--reviewer", "A", "--sha256", job["output_sha256"], check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("review.altered", done.stderr)
        self.assertEqual(gateway.cli("reconcile", check=False).returncode, 3)

    def test_what_no_route_takes_is_held_and_can_be_requeued(self):
        gateway = self.start_gateway(routes="  - name: derma\n    match:\n      calling_ae: [DERMA*]\n    destinations: [folder]\n")
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        [job] = gateway.json("review", "list")
        self.assertEqual((job["state"], job["reason_code"]), ("held", "route.none"))
        gateway.stop()
        gateway.config.write_text(gateway.config.read_text().replace("[DERMA*]", '["*"]'))
        gateway.start()
        gateway.cli("review", "requeue", "--reviewer", "A", "--all-with-code", "route.none")
        wait_until(lambda: gateway.status()["states"]["forwarded"] == 1, 60, "forwarding")

    def test_deid_offline_gives_the_gateways_pseudonyms(self):
        gateway = self.start_gateway()
        photo = make_photo(self.folder / "a.dcm")
        gateway.stop()
        deid = [PROGRAM, "deid", "--attributes-only", "--profile", "research-photo"]
        run(*deid, "--config", gateway.config, "--out", self.folder / "config", photo)
        key = gateway.config.parent / "data/keys/project.key"
        run(*deid, "--key-file", key, "--project", "default", "--out", self.folder / "options", photo)
        run(*deid, "--key-file", key, "--project", "other", "--out", self.folder / "other", photo)
        ids = {out: [run("dcmdump", "+P", "0010,0020", f).stdout for f in (self.folder / out).glob("*.dcm")]
               for out in ("config", "options", "other")}
        self.assertEqual(ids["config"], ids["options"])
        self.assertNotEqual(ids["config"], ids["other"])
        shown = run(PROGRAM, "explain", "--config", gateway.config, "--json", "--show-values", photo).stdout
        [patient] = [line["after"] for line in json.loads(shown)["attributes"] if line["path"] == "(0010,0020)"]
        self.assertIn(patient, ids["config"][0])
        refused = run(*deid, "--config", gateway.config, "--project", "x", "--out", self.folder / "no", photo, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--project", refused.stderr + refused.stdout)

    def test_deid_refuses_a_profile_that_fails_its_own_test(self):
        profile = self.folder / "mine.yaml"
        profile.write_text('name: mine\nversion: "1"\nextends: basic\ntests:\n'
                           "  - {name: wrong hope, given: {StudyID: A1}, expect: {StudyID: kept}}\n")
        photo = make_photo(self.folder / "a.dcm")
        refused = run(PROGRAM, "deid", "--attributes-only", "--profile", profile, "--key-file", self.folder / "k/key", "--out",
                      self.folder / "out", photo, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("test 'wrong hope'", refused.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_deid_offline_gives_the_same_bytes_twice(self):
        photo = make_photo(self.folder / "a.dcm")
        for out in ("one", "two"):
            run(PROGRAM, "deid", "--profile", "research-photo", "--key-file", self.folder / "k/key", "--out", self.folder / out, photo)
        [one], [two] = ([f.read_bytes() for f in (self.folder / out).glob("*.dcm")] for out in ("one", "two"))
        self.assertEqual(one, two)
        self.assert_clean(one, "deid output")


if __name__ == "__main__":
    unittest.main(verbosity=2)
