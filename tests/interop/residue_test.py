#!/usr/bin/env python3
"""Real files through every ready profile: nothing that identified somebody is in the output, other readers accept it, no new
dciodvfy error, and a second run gives the same bytes."""
import collections
import concurrent.futures
import filecmp
import pathlib
import re
import shutil
import tempfile
import unittest

import pydicom
from pydicom.data import get_charset_files, get_testdata_files

import peers
import program
import residue_search
from profile_claims import claims_of

INDEX = re.compile(r"\[\d+\]")  # of an item: the same mistake in many items counts once


def real_files():
    files = [pathlib.Path(name) for name in get_testdata_files() + get_charset_files()
             if name.endswith(".dcm") or "dicomdirtests" in name]
    if program.CORPUS.is_dir():
        files += [path for path in program.CORPUS.rglob("*") if path.is_file() and path.suffix != ".csv"]
    else:
        print("notice: the reference corpus is not here; only the files of python3-pydicom are searched")
    return sorted(path for path in set(files) if path.is_file() and path.suffix not in (".py", ".pyc", ".txt", ".csv", ".json"))


def rounds(files):
    """Batches without two objects of one SOP Instance UID: their outputs have the same name."""
    batches, seen = collections.defaultdict(list), collections.Counter()
    for path in files:
        try:
            uid = str(pydicom.dcmread(str(path), force=True, stop_before_pixels=True).get("SOPInstanceUID", path))
        except Exception:  # broken files go through as well
            uid = str(path)
        batches[seen[uid]].append(path)
        seen[uid] += 1
    return list(batches.values())


def check(before, after, again, profile, known_errors):
    """(what was found, what else is wrong) of one file; known_errors: dciodvfy's, of the input."""
    wrong = [f"refused by {reader}" for reader in peers.refused_by(after)]
    wrong += [f"new dciodvfy error: {error}" for error in peers.new_errors(known_errors, after, before)]
    if not filecmp.cmp(after, again, shallow=False):
        wrong.append("two runs differ")
    try:
        return residue_search.search(before, after, claims_of(profile)), wrong
    except Exception as error:  # a file that cannot be searched is not proven clean
        return [], wrong + [f"cannot be searched: {type(error).__name__}: {error}"]


class ResidueTest(unittest.TestCase):
    def setUp(self):
        if peers.missing():
            self.skipTest(f"not installed: {', '.join(peers.missing())}")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="veilgate-residue-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        program.write_key(self.folder / "key")
        self.pool = concurrent.futures.ProcessPoolExecutor()
        self.addCleanup(self.pool.shutdown)

    def test_nothing_of_the_input_is_left(self):
        files, bad = real_files(), []
        batches = rounds(files)
        errors = dict(zip(files, self.pool.map(peers.errors_of, files, chunksize=8)))
        for profile in program.profiles():
            with self.subTest(profile=profile):
                bad += self.one_profile(profile, files, batches, errors)
        self.assertEqual(0, len(bad), "findings, listed above")

    def clean(self, profile, batches, turn):
        """{input: item}"""
        items = {}
        for i, batch in enumerate(batches):
            for item in program.deid(profile, self.folder / "key", self.folder / f"{profile}-{turn}-{i}", batch):
                items[item["input"]] = item
        return items

    def one_profile(self, profile, files, batches, errors):
        first, second = self.clean(profile, batches, 1), self.clean(profile, batches, 2)
        written = [path for path in files if first[str(path)]["output"]]
        self.assertEqual(written, [path for path in files if second[str(path)]["output"]])
        outputs = [first[str(path)]["output"] for path in written]
        results = self.pool.map(check, written, outputs, [second[str(path)]["output"] for path in written],
                                [profile] * len(written), [errors[path] for path in written], chunksize=4)
        refused = peers.refused_by_dcmtk(outputs)
        results = {path: (found, wrong + ["refused by DCMTK"] * (output in refused))
                   for path, output, (found, wrong) in zip(written, outputs, results)}
        for folder in self.folder.glob(f"{profile}-[12]-*"):
            shutil.rmtree(folder)
        return self.report(profile, files, first, results)

    def report(self, profile, files, items, results):
        held = collections.Counter(item["code"] for item in items.values() if not item["output"])
        excused = sum((residue_search.count_excuses(found) for found, _ in results.values()), collections.Counter())
        kinds = collections.defaultdict(set)
        for path, (found, wrong) in results.items():
            texts = [f"{one.needle.kind} of {one.needle.path} stands in {', '.join(one.places) or 'no attribute'}"
                     for one in found if not one.excuse]
            for text in texts + wrong:
                kinds[INDEX.sub("[]", text)].add(pathlib.Path(path).name)
        bad = [f"{profile}: {len(names)} files, {min(names)}: {kind}" for kind, names in sorted(kinds.items())]
        print(f"\n{profile}: {len(files)} files, {len(results)} cleaned, {sum(held.values())} held, {len(bad)} kinds of findings")
        for code, count in held.most_common():
            print(f"  held    {count:>4}  {code}")
        for reason, count in excused.most_common():
            print(f"  excused {count:>4}  {reason}: {residue_search.EXCUSES[reason]}")
        for line in bad:
            print(f"  finding {line}")
        return bad


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
