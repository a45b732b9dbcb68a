"""Each kind of bad input gets a defined status, an audit row, and nothing is lost; the service stays up."""
import unittest

from harness import *


class BadInputTest(GatewayTest):
    def events(self, gateway, kind):
        lines = gateway.cli("audit", "list", "--json", "--type", kind).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def test_broken_datasets_are_quarantined_and_the_service_goes_on(self):
        gateway = self.start_gateway()
        good = make_photo(self.folder / "good.dcm").read_bytes()
        truncated = self.folder / "truncated.dcm"
        truncated.write_bytes(good[: len(good) * 2 // 3])
        # storescu refuses to read broken files, so they go in through the raw sender of dcmtk with its checks off.
        sent = gateway.send(truncated, check=False)
        gateway.send(make_photo(self.folder / "fine.dcm"))
        status = gateway.settle(received=1)
        self.assertGreaterEqual(status["states"]["forwarded"], 1, sent.stdout + sent.stderr)
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        self.assertTrue(gateway.listening())

    def test_refusals_have_a_reason_in_the_audit(self):
        gateway = self.start_gateway()
        photo = make_photo(self.folder / "a.dcm")
        wrong = run("storescu", "-xy", "-to", 10, "-aec", "SOMEONE", "127.0.0.1", gateway.port, photo, check=False)
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("Called AE Title Not Recognized", wrong.stdout + wrong.stderr)
        wait_until(lambda: self.events(gateway, "association.refused"), 10, "the audit row")
        self.assertTrue(gateway.listening())

    def test_an_unmaskable_transfer_syntax_is_held(self):
        gateway = self.start_gateway()
        source = CORPUS / "pydicom__pydicom/src/pydicom/data/test_files/SC_rgb_jls_lossy_sample.dcm"
        if not source.exists():
            self.skipTest("the reference corpus is not here")
        gateway.send(source, extra=["-xu"])  # -xu: propose JPEG-LS lossy
        gateway.settle(received=1)
        [job] = gateway.json("review", "list")
        self.assertEqual((job["state"], job["reason_code"]), ("held", "pixel.syntax_unsupported"))

    def test_a_text_file_in_a_pdf_object_is_held(self):
        gateway = self.start_gateway()
        pdf = self.folder / "a.pdf"
        pdf.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        run("pdf2dcm", pdf, self.folder / "pdf.dcm")
        gateway.send(self.folder / "pdf.dcm")
        status = gateway.settle(received=1)
        self.assertEqual(status["states"]["held"], 1, gateway.cli("review", "list", "--all").stdout)

    def test_garbage_on_the_port_does_not_disturb_others(self):
        gateway = self.start_gateway()
        for garbage in (b"GET / HTTP/1.0\r\n\r\n", b"\x01\x00\xff\xff\xff\xff" + b"A" * 100, bytes(range(256)) * 64):
            with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as peer:
                peer.sendall(garbage)
        silent = socket.create_connection(("127.0.0.1", gateway.port), timeout=5)
        self.addCleanup(silent.close)
        gateway.send(make_photo(self.folder / "a.dcm"))
        self.assertEqual(gateway.settle(received=1)["states"]["forwarded"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
