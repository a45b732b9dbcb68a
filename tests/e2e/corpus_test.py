"""Every object of the reference corpus is sent through once: counts add up and nothing crashes the gateway."""
import csv
import unittest

from harness import *


class CorpusTest(GatewayTest):
    def test_the_corpus_comes_to_rest_and_adds_up(self):
        if not CORPUS.is_dir():
            self.skipTest("the reference corpus is not here")
        gateway = self.start_gateway()
        files = [CORPUS / row["path"] for row in csv.DictReader(open(CORPUS / "corpus.csv"))]
        accepted = 0
        for file in files:
            # One file per association, each in the transfer syntax it has; broken ones may be refused by storescu itself.
            done = gateway.send(file, check=False, extra=["-v", "-xf", self.negotiation(), "EVERYTHING"])
            accepted += (done.stdout + done.stderr).count("Received Store Response (Success)")
        status = gateway.settle(900)
        print(f"\n{len(files)} files, {accepted} acknowledged, states {status['states']}, duplicates {status['duplicates']}")
        self.assertGreater(accepted, 0)
        self.assertEqual(accepted, status["received"] + status["duplicates"])
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        self.assertTrue(gateway.json("audit", "verify")["intact"])
        self.assertTrue(gateway.listening())

    def test_the_corpus_goes_through_deid_without_a_crash(self):
        if not CORPUS.is_dir():
            self.skipTest("the reference corpus is not here")
        # Many frames only cost time here: detection takes about two seconds each.
        files = [CORPUS / row["path"] for row in csv.DictReader(open(CORPUS / "corpus.csv")) if int(row["frames"] or 1) <= 4]
        done = run(PROGRAM, "deid", "--key-file", self.folder / "k/key", "--out", self.folder / "out", "--json", *files,
                   check=False, timeout=1400)
        self.assertIn(done.returncode, (0, 3), done.stderr[-2000:])
        items = json.loads(done.stdout)
        codes = {}
        for item in items:
            codes[item["code"] or item["state"]] = codes.get(item["code"] or item["state"], 0) + 1
        print("\n", json.dumps(codes, indent=1, sort_keys=True))
        self.assertEqual([item["input"] for item in items if item["code"].startswith("worker.")], [])

    def negotiation(self):
        """A storescu profile that proposes every class of the corpus in every syntax it uses."""
        target = self.folder / "storescu.cfg"
        if target.exists():
            return target
        pairs = sorted({(row["sop_class_uid"], row["transfer_syntax_uid"]) for row in csv.DictReader(open(CORPUS / "corpus.csv"))
                        if row["sop_class_uid"] and row["transfer_syntax_uid"]})
        syntaxes = sorted({syntax for _, syntax in pairs})
        lines = ["[[TransferSyntaxes]]"]
        for i, syntax in enumerate(syntaxes):
            lines += [f"[T{i}]", f"TransferSyntax1 = {syntax}"]
        lines += ["[[PresentationContexts]]", "[P]"]
        for i, (sop_class, syntax) in enumerate(pairs[:120]):
            lines.append(f"PresentationContext{i + 1} = {sop_class}\\T{syntaxes.index(syntax)}")
        lines += ["[[Profiles]]", "[EVERYTHING]", "PresentationContexts = P"]
        target.write_text("\n".join(lines) + "\n")
        return target


if __name__ == "__main__":
    unittest.main(verbosity=2)
