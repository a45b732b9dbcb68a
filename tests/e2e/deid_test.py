#!/usr/bin/env python3
"""What `veilgate deid` says of each file."""
import json
import unittest

from harness import *


class DeidTest(GatewayTest):
    def deid(self, *arguments):
        return run(PROGRAM, "deid", "--no-faces", "--no-text", "--no-barcodes", "--key-file", self.folder / "key", "-q", "--out",
                   self.folder / "out", *arguments, check=False)

    def test_an_output_that_is_there_already_is_neither_held_nor_overwritten(self):
        photo = make_photo(self.folder / "a.dcm", scaled_jpeg(self.folder, "1/4"))
        other = make_photo(self.folder / "b.dcm", scaled_jpeg(self.folder, "1/4"))
        self.assertEqual(self.deid(photo).returncode, 0)
        [output] = (self.folder / "out").glob("*.dcm")
        before = output.read_bytes()
        again = self.deid(photo, "--json")
        self.assertEqual((again.returncode, json.loads(again.stdout)[0]["state"]), (0, "written"), "the same bytes are there")

        changed = self.deid(photo, other, "--mask", "0,0,16,16")
        self.assertEqual(changed.returncode, 3, changed.stdout + changed.stderr)
        self.assertIn(f"exists   {photo}  deid.exists: {output} is there with other bytes", changed.stdout)
        self.assertIn("name another --out", changed.stdout)
        self.assertIn("1 written, 0 held, 1 not written since another file is there", changed.stdout)
        items = json.loads(self.deid(photo, other, "--mask", "0,0,16,16", "--json").stdout)
        self.assertEqual([(one["state"], one["code"], bool(one["output"])) for one in items],
                         [("exists", "deid.exists", False), ("written", "", True)])
        self.assertEqual(output.read_bytes(), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
