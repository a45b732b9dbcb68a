"""Other people's readers as judges: dciodvfy, DCMTK, GDCM, pydicom."""
import re
import shutil

import gdcm
import pydicom

import program

# The table demands that these go (X) although they are Type 2C for animals.
REMOVED_BY_THE_STANDARD = ("ResponsiblePerson(0010,2297)", "ResponsibleOrganization(0010,2299)")
# In some IODs NO is the only answer dciodvfy takes, and attributes alone cannot make it true.
ONLY_NO = re.compile(r"</BurnedInAnnotation\(0028,0301\)(\[\])?> - Unrecognized enumerated value")
BATCH = 50


def missing():
    """Tools that are not installed."""
    return [tool for tool in ("dciodvfy", "dcmdump") if shutil.which(tool) is None]


def errors_of(path):
    """dciodvfy's error lines without the values it quotes: ours differ rightly."""
    done = program.run("dciodvfy", "-new", path)
    text = (done.stdout + done.stderr).decode("ascii", "replace")
    return frozenset(line.split(" = <")[0] for line in text.splitlines() if line.startswith("Error"))


def new_errors(before, after, received):
    """before: errors of the input, the file `received`."""
    new = errors_of(after) - before
    if all_unknown(received):
        return []
    return sorted(error for error in new if not ONLY_NO.search(error)
                  and not any(f"</{name}>" in error for name in REMOVED_BY_THE_STANDARD))


def all_unknown(path, most=0.5):
    """Written as UN throughout: what reads numbers or items out of unread bytes cannot be kept."""
    dataset = pydicom.dcmread(str(path), force=True, stop_before_pixels=True)
    unknown = sum(dataset.get_item(tag).VR == "UN" for tag in dataset.keys())
    return unknown > most * len(dataset)


def refused_by_dcmtk(paths):
    """Files that dcmdump cannot read whole."""
    refused = set()
    for at in range(0, len(paths), BATCH):
        batch = paths[at:at + BATCH]
        if program.run("dcmdump", "-q", "-M", *batch).returncode != 0:
            refused |= {path for path in batch if program.run("dcmdump", "-q", "-M", path).returncode != 0}
    return refused


def refused_by(path):
    """GDCM and pydicom, in this process."""
    refused = []
    reader = gdcm.Reader()
    reader.SetFileName(str(path))
    if not reader.Read():
        refused.append("GDCM")
    try:
        for _ in pydicom.dcmread(str(path)).iterall():
            pass
    except Exception as error:  # whatever a reader says is a refusal
        refused.append(f"pydicom ({type(error).__name__})")
    return refused
