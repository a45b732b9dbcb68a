#!/usr/bin/env python3
"""Scores de-identified objects against an answer key, in the manner of the MIDI-B challenge.

  deid_score.py [--count 320] [--profile NAME]...     writes the objects, cleans them and prints the table

Actions: tag_retained, text_notnull, text_retained, text_removed, date_shifted, uid_changed, uid_consistent, patid_consistent.
A missing output fails every action of its file. date_shifted, where the profile does not shift: the date is gone, or kept
if the profile says so. The offset of a patient is what most of the patient's pairs of dates say.
"""
import argparse
import collections
import datetime
import pathlib
import sys
import tempfile

import byte_search
import dicom_text
import program
import synthetic_objects
from profile_claims import claims_of

ACTIONS = ["tag_retained", "text_notnull", "text_retained", "text_removed", "date_shifted", "uid_changed", "uid_consistent",
           "patid_consistent"]
GOAL = 99.9
# Their whole value stays where the profile keeps devices or institutions.
KEPT_WITH = ("StationName", "DeviceSerialNumber", "InstitutionName", "InstitutionalDepartmentName")


class Output:
    """A cleaned file: its values by path, and its bytes for the search."""

    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes()
        self.lower = self.bytes.lower()
        dataset = dicom_text.read(path)
        self.values, self.sequences = {}, set()
        for value in dicom_text.all_values(dataset):
            self.values[value.path] = value
        self.dataset = dataset

    def text(self, path):
        """Decoded, several values joined; None where the attribute is absent."""
        if path not in self.values:
            return None
        value = self.values[path]
        if value.vr in ("US", "SS", "UL") and len(value.raw) in (2, 4):
            return str(int.from_bytes(value.raw, "little"))
        return "\\".join(text.strip() for text in dicom_text.decodings(value.raw, value.charset)[0].split("\\"))

    def holds(self, needle):
        return any(True for _ in byte_search.positions(self.lower, needle, byte_search.boundary_of(needle)))

    def is_present(self, path):
        return path in self.values or path in self.dataset


class Score:
    def __init__(self):
        self.good, self.all, self.failures = collections.Counter(), collections.Counter(), []

    def add(self, action, good, file, what):
        self.all[action] += 1
        self.good[action] += bool(good)
        if not good:
            self.failures.append((action, file, what))

    def percent(self, action):
        return 100.0 * self.good[action] / self.all[action] if self.all[action] else 100.0


def day_of(text):
    return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def is_date(text):
    try:
        return bool(day_of(text))
    except (TypeError, ValueError):
        return False


def offsets(key, outputs):
    """The offset in days of each patient, by majority over all pairs (original, output)."""
    votes = collections.defaultdict(collections.Counter)
    for name, entry in key.items():
        if name in outputs:
            for path, original in entry["dates"].items():
                new = outputs[name].text(path)
                if is_date(new):
                    votes[entry["patient"]][(day_of(new) - day_of(original)).days] += 1
    return {patient: counter.most_common(1)[0][0] for patient, counter in votes.items()}


def date_is_right(claims, original, new, offset):
    if claims.dates == "keep":
        return new == original
    if claims.dates == "shift":
        # Only the day moves: the rest of a DT stays.
        return is_date(new) and offset not in (None, 0) and (day_of(new) - day_of(original)).days == offset and new[8:] == original[8:]
    return new is None or new[:8] != original[:8] or (claims.dates == "other" and original[4:8] == "0101")


def score_dates(score, name, entry, output, claims, offset):
    for path, original in entry["dates"].items():
        good = output is not None and date_is_right(claims, original, output.text(path), offset)
        score.add("date_shifted", good, name, path)


def score_text(score, name, entry, output, claims):
    for path in entry["present"]:
        score.add("tag_retained", output is not None and output.is_present(path), name, path)
    for path in entry["notnull"]:
        score.add("text_notnull", output is not None and output.text(path), name, path)
    for path, row in entry["retained"].items():
        if (row["kind"] not in ("always",) and row["kind"] not in claims.keeps) or path in claims.drops:
            continue
        want = "\\".join(row["value"]) if isinstance(row["value"], list) else row["value"]
        score.add("text_retained", output is not None and output.text(path) == want, name, path)


def score_removed(score, name, entry, output, claims):
    """Nowhere in the bytes, in no encoding: stronger than only at its place."""
    for row in entry["removed"]:
        if row["kind"] in claims.keeps:
            if row["path"] in KEPT_WITH:
                score.add("text_retained", output is not None and output.text(row["path"]) == row["needles"][0], name, row["path"])
            continue
        for needle in row["needles"]:
            score.add("text_removed", output is not None and not output.holds(needle), name, f"{row['path']}: {needle}")
    for row in entry["descriptors"] if claims.clean_text else []:
        text = (output.text(row["path"]) or "") if output is not None else ""
        for word in row["stay"]:
            score.add("text_retained", word in text, name, f"{row['path']}: {word}")


def score_uids(score, name, entry, output, claims, mapped):
    for path, original in entry["uids"].items():
        new = output.text(path) if output is not None else None
        if output is not None and new is None and "[" in path:
            continue  # a removed reference says nothing
        changed = new == original if "uids" in claims.keeps else bool(new) and new != original
        score.add("uid_changed", changed, name, path)
        score.add("uid_consistent", bool(new) and mapped[original][new] == sum(mapped[original].values()), name, path)


def mappings(key, outputs):
    """original UID: {new UID: how often}; two originals that share a new one count as inconsistent."""
    mapped, owners = collections.defaultdict(collections.Counter), collections.defaultdict(set)
    for name, output in outputs.items():
        for path, original in key[name]["uids"].items():
            if new := output.text(path):
                mapped[original][new] += 1
                owners[new].add(original)
    for new, originals in owners.items():
        for original in originals if len(originals) > 1 else ():
            mapped[original]["shared"] += 1
    return mapped


def patient_ids(key, outputs):
    """patient: the one pseudonym of all its objects, or None when there are several or it is another's too."""
    found = collections.defaultdict(set)
    for name, output in outputs.items():
        found[key[name]["patient"]].add(output.text("PatientID"))
    taken = collections.Counter(one for ids in found.values() for one in ids)
    return {patient: ids.copy().pop() if len(ids) == 1 and taken[min(ids, key=str)] == 1 else None for patient, ids in found.items()}


def score_all(key, outputs, claims):
    """outputs: name in the key -> Output; a name that is missing there was not delivered."""
    score, shift, mapped, ids = Score(), offsets(key, outputs), mappings(key, outputs), patient_ids(key, outputs)
    for name, entry in key.items():
        output = outputs.get(name)
        score_text(score, name, entry, output, claims)
        score_removed(score, name, entry, output, claims)
        score_dates(score, name, entry, output, claims, shift.get(entry["patient"]))
        score_uids(score, name, entry, output, claims, mapped)
        own = ids.get(entry["patient"])
        score.add("patid_consistent", output is not None and own and output.text("PatientID") == own, name, "PatientID")
    return score


# Where attributes alone are cleaned, an identifier in a colour profile or behind the last frame can only be held: those
# objects must not be delivered, and are not scored.
HELD_RIGHTLY = {"colour_profile", "pixel_padding"}


def run_profile(profile, key, inputs, folder):
    """(score, held items) of those that should be delivered, and the objects that should not but were."""
    items = program.deid(profile, folder / "keys/project.key", folder / f"out-{profile}", sorted(inputs.glob("*.dcm")))
    outputs = {pathlib.Path(item["input"]).name: Output(item["output"]) for item in items if item["output"]}
    rightly = {name for name, entry in key.items() if entry.get("odd") in HELD_RIGHTLY}
    scored = {name: entry for name, entry in key.items() if name not in rightly}
    held = [item for item in items if not item["output"] and pathlib.Path(item["input"]).name in scored]
    return score_all(scored, outputs, claims_of(profile)), held, sorted(rightly & outputs.keys())


def print_profile(profile, score, held, key, shown=12):
    missing = {pathlib.Path(item["input"]).name for item in held}
    print(f"\n{profile}: {len(key)} objects, {len(held)} not delivered")
    for action in ACTIONS:
        lost = sum(one == action and file in missing for one, file, _ in score.failures)
        delivered = 100.0 * score.good[action] / max(1, score.all[action] - lost)
        print(f"  {action:<17} {score.good[action]:>6} of {score.all[action]:>6}  {score.percent(action):7.3f} %"
              f"  (of what was delivered {delivered:7.3f} %)")
    reasons = collections.Counter((item["code"], key[pathlib.Path(item["input"]).name].get("odd", "-")) for item in held)
    for (code, odd), count in sorted(reasons.items()):
        print(f"  held {count:>4}  {code}, odd place: {odd}")
    rest = collections.Counter((action, what.split(":")[0], key[file].get("odd", "-")) for action, file, what in score.failures
                               if file not in missing)
    for (action, what, odd), count in rest.most_common(shown):
        print(f"  fail {count:>4}  {action} {what} (odd place: {odd})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--profile", action="append")
    options = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory(prefix="veilgate-score-") as name:
        folder = pathlib.Path(name)
        key = synthetic_objects.generate(folder / "in", options.count)
        for profile in options.profile or program.profiles():
            score, held, let_through = run_profile(profile, key, folder / "in", folder)
            print_profile(profile, score, held, key)
            missed |= any(score.percent(action) < GOAL for action in ACTIONS)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
