"""What a ready profile claims to keep, for the tests: told here for the settled ones, read from its file for the others."""
import dataclasses
import re

import program

# option of PS3.15 Annex E: what it keeps
OPTION_KEEPS = {"retain_device_identity": "device", "retain_institution_identity": "institution", "retain_uids": "uids",
                "retain_patient_characteristics": "patient", "retain_safe_private": "safe_private"}


@dataclasses.dataclass(frozen=True)
class Claims:
    name: str
    dates: str  # "remove", "shift", "keep" or "other" (changed in some way)
    keeps: frozenset = frozenset()
    clean_text: bool = False
    drops: frozenset = frozenset()  # keywords that the Basic Profile keeps


SETTLED = {"basic": Claims("basic", "remove"), "research-photo": Claims("research-photo", "shift", frozenset({"patient"}))}


def chain(name):
    """The text of the profile's file and of its parents, the child first."""
    text = (program.SOURCE / "profiles" / f"{name}.yaml").read_text()
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    parent = re.search(r"^extends:\s*([\w-]+)", text, re.M)
    return [text] + (chain(parent.group(1)) if parent else [])


def claims_of(name):
    if name in SETTLED:
        return SETTLED[name]
    texts = chain(name)
    words = set(re.findall(r"[a-z_]+", "\n".join(texts).replace("-", "_").lower()))
    policies = [m.group(1) for text in texts if (m := re.search(r"^\s+policy:\s*(\w+)", text, re.M))]
    dates = policies[0] if policies and policies[0] in ("remove", "shift", "keep") else "other"
    dates = "other" if "truncate_date" in words else dates
    keeps = frozenset(kept for option, kept in OPTION_KEEPS.items() if option in words)
    drops = frozenset({"Manufacturer", "ManufacturerModelName", "SoftwareVersions"}) if name == "gdpr-strict" else frozenset()
    return Claims(name, dates, keeps, "clean_descriptors" in words, drops)
