"""Other people's readers as judges: dciodvfy, DCMTK, GDCM, pydicom."""
import functools
import shutil

import pydicom

import program

READERS = {"dcmdump": ["dcmdump", "-q", "+L", "-M"], "gdcm": ["gdcmdump"]}


def missing():
    """Tools that are not installed."""
    return [tool for tool in ("dciodvfy", "dcmdump", "gdcmdump") if shutil.which(tool) is None]


@functools.cache
def errors_of(path):
    """dciodvfy's error lines without the values it quotes: ours differ rightly."""
    done = program.run("dciodvfy", "-new", path)
    text = (done.stdout + done.stderr).decode("ascii", "replace")
    return frozenset(line.split(" = <")[0] for line in text.splitlines() if line.startswith("Error"))


# The table demands that these go (X) although they are Type 2C for animals.
REMOVED_BY_THE_STANDARD = ("ResponsiblePerson(0010,2297)", "ResponsibleOrganization(0010,2299)")


def new_errors(before, after):
    new = errors_of(str(after)) - errors_of(str(before))
    return sorted(error for error in new if not any(f"</{name}>" in error for name in REMOVED_BY_THE_STANDARD))


def unreadable(path):
    """Readers that refuse the file."""
    refused = [name for name, words in READERS.items() if program.run(*words, path).returncode != 0]
    try:
        for _ in pydicom.dcmread(str(path)).iterall():
            pass
    except Exception as error:  # whatever a reader says is a refusal
        refused.append(f"pydicom ({type(error).__name__})")
    return refused
