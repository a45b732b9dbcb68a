"""Other people's readers as judges: dciodvfy, DCMTK, GDCM, pydicom."""
import re
import shutil
import tempfile

import gdcm
import pydicom

import program

# The table demands that these go (X) although they are Type 2C for animals,
# and presentation states need the date and time that it takes.
REMOVED_BY_THE_STANDARD = ("ResponsiblePerson(0010,2297)", "ResponsibleOrganization(0010,2299)",
                           "PresentationCreationDate(0070,0082)", "PresentationCreationTime(0070,0083)")
NAMED = re.compile(r"\(([0-9a-f]{4}),([0-9a-f]{4})\)(?:\[\d*\])?>")
# In some IODs NO is the only answer dciodvfy takes, and attributes alone cannot make it true.
ONLY_NO = re.compile(r"</BurnedInAnnotation\(0028,0301\)(\[\d*\])?> - Unrecognized enumerated value")
BATCH = 50


def missing():
    """Tools that are not installed."""
    return [tool for tool in ("dciodvfy", "dcmconv", "dcmdump") if shutil.which(tool) is None]


def errors_of(path):
    """dciodvfy's error lines without the values it quotes: ours differ rightly."""
    with tempfile.TemporaryDirectory(prefix="veilgate-inflated-") as folder:
        done = program.run("dciodvfy", "-new", inflated(path, folder))
    text = (done.stdout + done.stderr).decode("ascii", "replace")
    return frozenset(line.split(" = <")[0] for line in text.splitlines() if line.startswith("Error"))


def inflated(path, folder):
    """The file, or a copy without deflate: how dicom3tools 1.00 seeks in a deflated dataset depends on the compressed bytes,
    which every project key makes anew."""
    try:
        meta = pydicom.filereader.read_file_meta_info(str(path))
    except Exception:  # pydicom lets whatever its parser raises through
        return path
    if meta.get("TransferSyntaxUID") != pydicom.uid.DeflatedExplicitVRLittleEndian:
        return path
    copy = f"{folder}/inflated.dcm"
    return copy if program.run("dcmconv", "+te", path, copy).returncode == 0 else path


def new_errors(before, after, received):
    """before: errors of the input, the file `received`."""
    new = errors_of(after) - before
    before_file, after_file = attributes_of(received), attributes_of(after)
    if before_file is not None and all_unknown(before_file):
        return []
    return sorted(error for error in new if not ONLY_NO.search(error) and not is_untouched(error, before_file, after_file)
                  and not any(f"</{name}>" in error for name in REMOVED_BY_THE_STANDARD))


def attributes_of(path):
    """The dataset, or None where pydicom cannot read the file."""
    try:
        return pydicom.dcmread(str(path), force=True, stop_before_pixels=True)
    except Exception:  # pydicom lets whatever its parser raises through
        return None


def values_of(dataset, tag):
    """Every value of the attribute, at any depth."""
    found = []
    for element in dataset:
        if element.tag == tag:
            found.append(str(element.value))
        if element.VR == "SQ":
            for item in element.value:
                found += values_of(item, tag)
    return found


def is_untouched(error, received, written):
    """The attribute it names is as it was (or missing in both): dciodvfy only came further than in the input."""
    named = NAMED.search(error)
    if not named or received is None or written is None:
        return False
    tag = pydicom.tag.Tag(int(named.group(1), 16), int(named.group(2), 16))
    try:
        return values_of(received, tag) == values_of(written, tag)
    except Exception:  # a value that pydicom cannot read is no excuse
        return False


def all_unknown(dataset, most=0.5):
    """Written as UN throughout: what reads numbers or items out of unread bytes cannot be kept."""
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
