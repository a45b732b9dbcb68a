"""Each kind of bad input gets a defined status, an audit row, and nothing is lost; the service stays up."""
import unittest

from harness import *


def in_syntax(data, uid):
    """A DICOM file that says another Transfer Syntax UID; nothing else changes."""
    at = data.index(b"\x02\x00\x10\x00UI") + 6
    old = int.from_bytes(data[at:at + 2], "little")
    value = uid.encode() + b"\0" * (len(uid) % 2)
    group = int.from_bytes(data[140:144], "little") + len(value) - old
    return (data[:140] + group.to_bytes(4, "little") + data[144:at] + len(value).to_bytes(2, "little") + value
            + data[at + 2 + old:])


class BadInputTest(GatewayTest):
    def events(self, gateway, kind):
        lines = gateway.cli("audit", "list", "--json", "--type", kind).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def dataset(self, name, lines):
        """A small VL Photographic dataset from dump2dcm's text form."""
        text = self.folder / (name + ".dump")
        text.write_text("\n".join([f"(0008,0016) UI [{VL_PHOTOGRAPHIC}]", f"(0008,0018) UI [1.2.3.{random.getrandbits(60)}]",
                                   "(0010,0010) PN [" + PLANTED["name"] + "]"] + lines) + "\n")
        run("dump2dcm", "+te", text, self.folder / (name + ".dcm"))
        return self.folder / (name + ".dcm")

    def test_an_over_nested_dataset_is_quarantined_and_the_service_goes_on(self):
        gateway = self.start_gateway()
        depth = 100
        opening = ["(0008,1140) SQ", "(fffe,e000) -"] * depth
        closing = ["(fffe,e00d) -", "(fffe,e0dd) -"] * depth
        gateway.send(self.dataset("nested", opening + closing), extra=["-xe"])
        gateway.settle(received=1)
        [job] = gateway.json("review", "list", "--state", "quarantined")
        self.assertEqual(job["reason_code"], "dicom.limit")
        self.assertEqual(len(self.events(gateway, "object.quarantined")), 1)
        self.assert_goes_on(gateway, 2)

    def test_a_dataset_without_pixels_is_held(self):
        gateway = self.start_gateway()
        gateway.send(self.dataset("empty", ["(0028,0010) US 10"]), extra=["-xe"])
        gateway.settle(received=1)
        [job] = gateway.json("review", "list")
        self.assertEqual((job["state"], job["reason_code"]), ("held", "pixel.absent"))
        self.assert_goes_on(gateway, 2)

    def test_an_over_large_object_is_refused_with_a700(self):
        gateway = self.start_gateway(receive_extra="  max_object_size: 1 MiB\n")
        # Uncompressed, half a sample photo is 1.8 MB: over the limit, but not so far that the gateway hangs up.
        run("dcmdjpeg", make_photo(self.folder / "photo.dcm", scaled_jpeg(self.folder, "1/2")), self.folder / "large.dcm")
        done = gateway.send(self.folder / "large.dcm", check=False, extra=["-v", "-xe"])
        self.assertIn("Refused: OutOfResources", done.stdout + done.stderr)  # A700
        wait_until(lambda: self.events(gateway, "object.refused"), 10, "the audit row")
        self.assertEqual(gateway.status()["received"], 0)
        self.assertEqual(gateway.json("reconcile")["unknown_originals"], [])

    def test_an_original_that_changed_in_the_spool_goes_nowhere(self):
        gateway = self.start_gateway()
        gateway.send(self.dataset("empty", ["(0028,0010) US 10"]), extra=["-xe"])
        gateway.settle(received=1)
        [job] = gateway.json("review", "list")
        [original] = [path for path in gateway.folder.rglob("*") if path.is_file() and job["id"] in path.name and "originals" in path.parts]
        data = original.read_bytes()
        original.chmod(0o600)
        original.write_bytes(data.replace(PLANTED["name"].encode(), PLANTED["name"].upper().encode()[::-1]))
        gateway.cli("review", "requeue", job["id"], "--reviewer", "test")
        gateway.settle(received=1)
        [job] = gateway.json("review", "list", "--state", "quarantined")
        self.assertEqual(job["reason_code"], "spool.altered")
        self.assertTrue(gateway.json("reconcile")["adds_up"])

    def assert_goes_on(self, gateway, received):
        gateway.send(make_photo(self.folder / "fine.dcm"))
        self.assertEqual(gateway.settle(received=received)["states"]["forwarded"], 1, gateway.cli("review", "list", "--all").stdout)
        self.assertTrue(gateway.json("reconcile")["adds_up"])
        self.assert_no_phi_outside_spool(gateway)

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
        video = self.folder / "video.dcm"
        video.write_bytes(in_syntax(make_photo(self.folder / "photo.dcm").read_bytes(), "1.2.840.10008.1.2.4.106"))
        gateway.send(video, extra=["-xo"])  # -xo: propose MPEG-4 of two views
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
