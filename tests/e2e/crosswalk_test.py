"""Who is behind a pseudonym: found again with a reason, unreadable without the key, and gone for good once erased."""
import csv
import sqlite3
import unittest

from harness import *


class CrosswalkTest(GatewayTest):
    REASON = "Art. 17 request, ticket 2026-31"

    def crosswalk(self, gateway, verb, *arguments, reason=REASON, check=True):
        return run(PROGRAM, "crosswalk", verb, "--config", gateway.config, "--reason", reason, *arguments, check=check)

    def events(self, gateway, kind):
        return [json.loads(line) for line in gateway.cli("audit", "list", "--json", "--type", kind).stdout.splitlines()]

    def output(self, gateway):
        [file] = (gateway.folder / "out").glob("*.dcm")
        values = {}
        for line in run("dcmdump", "+P", "0010,0020", "+P", "0008,0018", file).stdout.splitlines():
            values[line[1:10]] = line[line.index("[") + 1:line.index("]")]
        return values["0010,0020"], values["0008,0018"]

    def pseudonyms(self, gateway):
        return sorted(run("dcmdump", "+P", "0010,0020", file).stdout.split("[")[1].split("]")[0]
                      for file in (gateway.folder / "out").glob("*.dcm"))

    def store_bytes(self, gateway):
        return b"".join(file.read_bytes() for file in (gateway.folder / "data" / "store").iterdir())

    def sealed(self, gateway):
        with sqlite3.connect(f"file:{gateway.folder / 'data/store/veilgate.sqlite'}?mode=ro", uri=True) as db:
            return ([row[0] for row in db.execute("SELECT sealed FROM crosswalk UNION ALL SELECT sealed FROM crosswalk_objects")],
                    [row[0] for row in db.execute("SELECT token FROM crosswalk")])

    def send_photo(self, gateway, name="a", received=1, keys=()):
        photo = make_photo(self.folder / f"{name}.dcm")
        for key in keys:
            run("dcmodify", "-nb", "-m", key, photo)
        gateway.send(photo)
        status = gateway.settle(received=received)
        self.assertEqual(status["states"]["held"], 0, gateway.cli("review", "list", "--all").stdout)
        return photo

    def start_with(self, project):
        gateway = Gateway(self.folder / "gateway")
        (gateway.folder / "out").mkdir(exist_ok=True)
        gateway.config.write_text(gateway.config.read_text() + "project:\n" + project)
        self.addCleanup(gateway.close)
        return gateway.start()

    def test_a_patient_is_found_again_and_then_erased_for_good(self):
        gateway = self.start_with("  name: study\n")
        photo = self.send_photo(gateway)
        pseudonym, uid = self.output(gateway)
        self.assert_no_phi_outside_spool(gateway)

        found = json.loads(self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, "--json").stdout)["found"]
        self.assertEqual([one["patient_ids"] for one in found], [[{"id": PLANTED["id"], "issuer": ""}]])
        self.assertEqual(found[0]["names"], [PLANTED["name"]])
        self.assertEqual(found[0]["birth_dates"], [PLANTED["birth"]])
        [trace] = found[0]["objects"]
        self.assertEqual((trace["output_uid"], trace["state"]), (uid, "forwarded"))
        self.assertEqual([(sent["destination"], sent["confirmed"]) for sent in trace["sent"]], [("folder", True)])
        received = run("dcmdump", "+P", "0008,0018", photo).stdout.split("[")[1].split("]")[0]
        for query in (["--patient-id", PLANTED["id"]], ["--uid", uid], ["--uid", received]):
            self.assertIn(pseudonym, self.crosswalk(gateway, "lookup", *query).stdout)
        self.assertEqual(self.crosswalk(gateway, "lookup", "--pseudonym", "VG-NOBODY", check=False).returncode, 3)
        self.assertEqual(self.crosswalk(gateway, "lookup", check=False).returncode, 2)

        audited = self.events(gateway, "crosswalk.looked_up")
        self.assertEqual(len(audited), 5)
        self.assertTrue(all(row["details"]["reason"] == self.REASON and row["actor"] for row in audited))
        self.assertEqual(audited[0]["details"]["pseudonyms"], [pseudonym])
        refused = self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, reason="is it Kunigunde?", check=False)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("reason.identifies", refused.stderr)

        listed = self.folder / "list.csv"
        self.crosswalk(gateway, "export", "--out", listed)
        self.assertEqual(listed.stat().st_mode & 0o777, 0o600)
        [row] = csv.DictReader(listed.read_text().splitlines())
        self.assertEqual((row["pseudonym"], row["patient_id"]), (pseudonym, PLANTED["id"]))
        self.assertEqual(self.crosswalk(gateway, "export", "--out", listed, check=False).returncode, 1)

        blobs, tokens = self.sealed(gateway)
        self.assertEqual((len(blobs), len(tokens)), (2, 1))
        self.assertEqual(self.crosswalk(gateway, "erase", "--pseudonym", pseudonym, check=False).returncode, 2, "--yes is needed")
        self.crosswalk(gateway, "erase", "--pseudonym", pseudonym, "--dry-run")
        self.assertEqual(self.sealed(gateway)[0], blobs)
        done = json.loads(self.crosswalk(gateway, "erase", "--patient-id", PLANTED["id"], "--delete-originals", "--yes", "--json").stdout)
        self.assertTrue(done["erased"])
        self.assertEqual(done["objects"][0]["output_uid"], uid)
        self.assertEqual(done["objects"][0]["sent"][0]["destination"], "folder")
        everything = self.store_bytes(gateway)
        self.assert_clean(everything, "the store")
        for gone in blobs:
            for at in range(0, len(gone) - 16, 16):
                self.assertNotIn(gone[at:at + 16], everything)
        self.assertNotIn(tokens[0].encode(), everything)
        self.assertEqual(self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, check=False).returncode, 3)
        self.assertEqual(self.crosswalk(gateway, "erase", "--pseudonym", pseudonym, "--yes", check=False).returncode, 3)
        self.assertEqual([f for f in (gateway.folder / "data/spool/originals").rglob("*.dcm")], [])
        self.assertEqual(len(self.events(gateway, "crosswalk.erased")), 1)
        self.assertEqual(len(self.events(gateway, "object.erased")), 1)
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        self.assertTrue(gateway.json("audit", "verify")["intact"])
        self.assert_no_phi_outside_spool(gateway)

        # The patient may come again, as somebody new.
        self.send_photo(gateway, "b", received=2)
        self.assertIn(PLANTED["id"], self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym).stdout)

    def test_without_its_key_nothing_is_readable(self):
        gateway = self.start_with("  name: study\n")
        self.send_photo(gateway)
        pseudonym, _ = self.output(gateway)
        key = gateway.folder / "data/keys/crosswalk.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        kept = key.read_text()
        key.chmod(0o644)
        self.assertIn("key.permissions", self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, check=False).stderr)
        key.unlink()
        missing = self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, check=False)
        self.assertEqual((missing.returncode, missing.stdout), (2, ""))
        self.assertIn("key.missing", missing.stderr)
        key.write_text("0" * 64 + "\n")
        key.chmod(0o600)
        wrong = self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, check=False)
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("crosswalk.wrong_key", wrong.stderr)
        gateway.stop()
        refused = run(PROGRAM, "serve", "--config", gateway.config, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("crosswalk.wrong_key", refused.stderr)
        key.unlink()
        self.assertIn("key.lost", run(PROGRAM, "serve", "--config", gateway.config, check=False).stderr)
        key.write_text(kept)
        key.chmod(0o600)
        with sqlite3.connect(gateway.folder / "data/store/veilgate.sqlite") as db:
            [sealed] = db.execute("SELECT sealed FROM crosswalk").fetchone()
            db.execute("UPDATE crosswalk SET sealed = ?", (sealed[:-1] + bytes([sealed[-1] ^ 1]),))
        self.assertIn("crosswalk.tampered", self.crosswalk(gateway, "lookup", "--pseudonym", pseudonym, check=False).stderr)

    def test_a_sequence_counts_patients_and_survives_a_kill(self):
        gateway = self.start_with("  pseudonyms: {method: sequence, prefix: P, width: 3}\n")
        self.send_photo(gateway, "a")
        gateway.kill_all()
        gateway.start()
        self.send_photo(gateway, "b", received=2)
        self.send_photo(gateway, "c", received=3, keys=["(0010,0020)=ZW-4711-KU2"])
        self.assertEqual(self.pseudonyms(gateway), ["P001", "P001", "P002"])
        self.assertTrue(gateway.json("audit", "verify")["intact"])

    def test_a_list_decides_and_who_is_not_in_it_is_held(self):
        listed = self.folder / "pseudonyms.csv"
        listed.write_text("patient_id,pseudonym\nSOMEBODY,S-1\n")
        listed.chmod(0o600)
        gateway = self.start_with(f"  pseudonyms: {{method: lookup, file: {listed}}}\n")
        gateway.send(make_photo(self.folder / "a.dcm"))
        gateway.settle(received=1)
        [job] = gateway.json("review", "list")
        self.assertEqual((job["state"], job["reason_code"]), ("held", "pseudonym.missing"))
        more = self.folder / "more.csv"
        more.write_text(f"patient_id,pseudonym\nSOMEBODY,S-1\n{PLANTED['id']},S-1\n")
        refused = self.crosswalk(gateway, "import", more, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("more.csv:3:1: the same pseudonym as on line 2", refused.stderr)
        more.write_text(f"patient_id,pseudonym\nSOMEBODY,S-1\n{PLANTED['id']},S-2\n")
        self.crosswalk(gateway, "import", more)
        gateway.cli("review", "requeue", job["id"], "--reviewer", "A")
        wait_until(lambda: gateway.status()["states"]["forwarded"] == 1, 120, "forwarding")
        self.assertEqual(self.pseudonyms(gateway), ["S-2"])
        self.assert_no_phi_outside_spool(gateway)
        out = self.folder / "offline"
        offline = [PROGRAM, "deid", "--models", DEPS / "models", "--runtime", DEPS / "onnxruntime/lib/libonnxruntime.so",
                   "--key-file", self.folder / "k/key", "--out", out, self.folder / "a.dcm"]
        run(*offline, "--pseudonym-list", listed)
        self.assertIn("[S-2]", run("dcmdump", "+P", "0010,0020", *out.glob("*.dcm")).stdout)
        refused = run(*offline, "--pseudonyms", "sequence", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("deid.sequence", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
