"""Searches a cleaned file for what identified somebody in its input; written apart from the engine.

What is searched, by kind (PROFILE's claims say which kinds stay):
  person       words over 2 letters (East Asian: 2 signs) of every value of VR PN, at any depth, and the whole name
  id           the attributes in IDS; contact: in CONTACTS; institution: in INSTITUTIONS; device: in DEVICES
  date         every DA and DT, with and without separators, unless the profile keeps dates
  uid          every instance UID
  private      text of private attributes, also where it was written as UN or OB
  pattern      e-mail addresses and telephone numbers inside any text
A find is excused only for a reason in EXCUSES.
"""
import collections
import dataclasses
import pathlib
import re

from pydicom.uid import UID_dictionary

import byte_search
import dicom_text

IDS = set("""PatientID OtherPatientIDs IssuerOfPatientID AccessionNumber StudyID RequestedProcedureID AdmissionID
ScheduledProcedureStepID PerformedProcedureStepID PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
ServiceEpisodeID IssuerOfAdmissionID InsurancePlanIdentification MilitaryRank MedicalRecordLocator ClinicalTrialSubjectID
ClinicalTrialSubjectReadingID SpecimenAccessionNumber SpecimenIdentifier ContainerIdentifier InterpretationID ResultsID
CurrentPatientLocation FillerOrderNumberProcedure PlacerOrderNumberProcedure ReferencedPatientID PersonIdentificationID""".split())
CONTACTS = set("""PatientAddress PatientTelephoneNumbers PatientTelecomInformation CountryOfResidence RegionOfResidence
ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers PersonAddress PersonTelephoneNumbers PersonTelecomInformation
ResponsibleOrganization OrderCallbackPhoneNumber OrderEntererLocation PatientInstitutionResidence""".split())
INSTITUTIONS = set("""InstitutionName InstitutionAddress InstitutionalDepartmentName ClinicalTrialSiteID ClinicalTrialSiteName
ClinicalTrialCoordinatingCenterName ClinicalTrialProtocolEthicsCommitteeName SourceOfPreviousValues""".split())
DEVICES = set("""StationName DeviceSerialNumber DeviceID PlateID GeneratorID CassetteID GantryID DetectorID LensSerialNumber LensMake
LensModel SecondaryCaptureDeviceID HardcopyCreationDeviceID ScheduledStationName PerformedStationName ModifyingSystem
ScheduledStudyLocation TreatmentMachineName DeviceDescription SourceSerialNumber XRaySourceID XRayDetectorID
UniqueDeviceIdentifier StationAETitle RetrieveAETitle ScheduledStationAETitle PerformedStationAETitle
SourceApplicationEntityTitle SendingApplicationEntityTitle""".split())
DEVICE_UIDS = {"DeviceUID", "ManufacturerDeviceClassUID"}
# UIDs that name kinds of things, not instances.
KIND_UIDS = re.compile(r"(Class|Syntax|CodingScheme|Context|MappingResource|Template|Creator)\w*UID$|SOPClasses")
# Not "git@host": an address of source code.
EMAIL = re.compile(r"(?<![\w.+-])(?!git@)[\w.+-]{2,}@[\w-]+(?:\.[\w-]+)+")
TELEPHONE = re.compile(r"(?<![\w.])(?:\+\d{1,3}[ /-]?)?\(?0?\d{2,5}\)?[ /-]\d{3,}(?:[ -]?\d{2,})*(?![\w.])")
PLACEHOLDER_DATES = {"00000000", "00010101", "19000101", "18000101", "19700101", "11111111", "20000101", "99991231"}

# Words of the standard's vocabularies, of body parts, and what anonymizers write instead of names: as a part of a name
# they tell nobody apart, and they stand in codes and types of every object.
COMMON = set("""anon anonymous anonymized anonymised none unknown test patient phantom name null demo sample dicom image study
series subject removed dr mr mrs md prof case first last volunteer anonymize the and for head chest abdomen brain pelvis foot hand
knee left right original primary secondary derived other axial breast skin eye lung spine heart body view standard multi frame
single color colour rgb jpeg lossy lossless compressed data set yes not man woman male female person""".split())

EXCUSES = {
    "vocabulary": "private text that stands in a code or type (CS, code value or meaning) that the input has unchanged at the same place",
    "option": "words of an institution that the profile keeps",
    "shifted": "another date of the object moved onto it: the attribute's own date was a different one",
    "year": "the first of January, where the profile keeps the year only",
    "safe": "a private attribute, where the profile keeps safe ones",
    "public": "a private value that a public attribute with device or picture data also says, unchanged, at the same place",
    "maker": "an institution or device name that is a word of the device's maker or model name, which are kept",
    "constant": "a word that the program itself writes into every output",
    "number": "a short number; it stands in a numeric or kept coded attribute that has the same value in the input",
    "pixels": "under 9 bytes and only inside the pixel data, where any bytes come up by chance",
}
CONSTANTS = "anonymized veilgate vg- dcm yes no basic application confidentiality profile clean option modified dates retain " \
            "longitudinal temporal information removed unmodified recognizable visual features pixel data descriptors " \
            "hardcopy device identity institution patient characteristics safe private uids full 19000101 000000"
VALUE_TYPES = {"TEXT", "NUM", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME", "COMPOSITE", "IMAGE", "WAVEFORM", "SCOORD",
               "SCOORD3D", "TCOORD", "CONTAINER", "TABLE"}
MAKER = ("Manufacturer", "ManufacturerModelName")
NUMERIC = {"DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", "TM", "AS"}


@dataclasses.dataclass(frozen=True)
class Needle:
    kind: str
    text: str
    path: str


@dataclasses.dataclass(frozen=True)
class Finding:
    needle: Needle
    places: tuple
    excuse: str  # "" when there is none


def words_of_name(text):
    for word in re.split(r"[\^=\s,.;/\\()_-]+", text):
        east_asian = bool(word) and word[0] >= "\u2e80"
        if len(word) > (1 if east_asian else 2) and not word.isdigit() and word.lower() not in COMMON and len(set(word.lower())) > 1:
            yield word


def date_forms(text):
    match = re.match(r"(\d{4})[.:/-]?(\d{2})[.:/-]?(\d{2})", text)
    if not match or "".join(match.groups()) in PLACEHOLDER_DATES:
        return
    year, month, day = match.groups()
    if not ("01" <= month <= "12" and "01" <= day <= "31"):
        return
    for separator in ("", "-", ".", "/"):
        yield separator.join((year, month, day))
        if separator:
            yield separator.join((day, month, year))
            yield separator.join((month, day, year))


def is_instance_uid(value, text):
    return (re.fullmatch(r"[0-9.]{8,64}", text) and text.count(".") > 2 and text not in UID_dictionary
            and not text.startswith("1.2.840.10008.") and not KIND_UIDS.search(value.keyword))


def is_telling(text):
    """Long and varied enough that finding it again means something."""
    return len(text) >= (2 if text[0] >= "\u2e80" else 4) and len(set(text)) > 2 and text.lower() not in COMMON


def is_number(text):
    return bool(re.fullmatch(r"[0-9.+\-eE ]+", text))


def needles_of(value, text, claims):
    """(kind, text) of one value."""
    if value.vr == "PN":
        yield from (("person", word) for word in words_of_name(text))
        if is_telling(text) and any(words_of_name(text)):
            yield from (("person", form) for form in {text, text.replace("^", " ").strip()})
    elif value.vr == "UI":
        if is_instance_uid(value, text):
            yield ("device" if value.keyword in DEVICE_UIDS else "uid"), text
    elif value.vr in ("DA", "DT"):
        if claims.dates != "keep":
            yield from (("date", form) for form in date_forms(text))
    elif value.private:
        if len(text) >= 6 and is_telling(text) and not is_number(text) and value.vr not in NUMERIC and value.tag.element >= 0x1000:
            yield ("uid" if is_instance_uid(value, text) else "private"), text[:200]
    else:
        for kind, keywords in (("id", IDS), ("contact", CONTACTS), ("institution", INSTITUTIONS), ("device", DEVICES)):
            if value.keyword in keywords and is_telling(text):
                yield kind, text
    if value.vr in ("LO", "LT", "SH", "ST", "UC", "UN", "UT", "OB"):
        yield from (("pattern", match.group()) for match in EMAIL.finditer(text))
        yield from (("pattern", match.group()) for match in TELEPHONE.finditer(text) if sum(c.isdigit() for c in match.group()) > 6)


def collect(input_values, claims):
    kept = claims.keeps | ({"uid"} if "uids" in claims.keeps else set())
    seen = {}
    for value in input_values:
        for text in value.texts():
            for kind, part in needles_of(value, text, claims):
                if kind not in kept and "\ufffd" not in part:
                    seen.setdefault((kind, part), Needle(kind, part, value.path))
    return list(seen.values())


class Output:
    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes().lower()
        self.values = list(dicom_text.all_values(dicom_text.read(path)))
        self.pixels = [value for value in self.values if value.tag in (0x7FE00010, 0x7FE00008, 0x7FE00009)]
        # A word that must stand alone is looked for inside values: bytes of headers look like letters.
        self.others = [(value, value.raw.lower()) for value in self.values if value not in self.pixels]
        self.joined = b"\0".join(raw for _, raw in self.others)

    def holds(self, text):
        boundary = byte_search.boundary_of(text)
        haystack = self.bytes if boundary is None and len(text) > 5 else self.joined
        return any(True for _ in byte_search.positions(haystack, text, boundary))

    def places(self, text):
        boundary = byte_search.boundary_of(text)
        found = [value for value, raw in self.others if any(True for _ in byte_search.positions(raw, text, boundary))]
        if not found:
            found = [value for value in self.pixels if any(True for _ in byte_search.positions(value.raw.lower(), text, boundary))]
        return found


def is_maker(text, before):
    makers = [words for path, value in before.items() if path in MAKER for words in value.texts()]
    return any(re.search(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])", maker, re.I) for maker in makers)


def excuse_of(needle, place, before, claims):
    """Why this find at this place tells nothing; before: path -> value of the input."""
    original = before.get(place.path)
    unchanged = original is not None and original.raw.strip(b" \0") == place.raw.strip(b" \0")
    if place.tag == 0x7FE00010:
        return "pixels" if len(needle.text.encode()) < 9 else ""
    if needle.kind == "date" and claims.dates == "other" and place.vr in ("DA", "DT") and needle.text[4:] == "0101":
        return "year"
    if needle.kind == "private" and place.private and "safe_private" in claims.keeps:
        return "safe"
    if needle.kind == "date" and place.vr in ("DA", "DT"):
        return "shifted" if original is None or needle.text.encode()[:8] not in original.raw else ""
    if needle.text.lower() in CONSTANTS.split():
        return "constant"
    if unchanged and place.keyword == "ValueType" and place.raw.strip(b" \0").decode("ascii", "replace") in VALUE_TYPES:
        return "vocabulary"
    if unchanged and needle.kind in ("contact", "id") and place.keyword in INSTITUTIONS and "institution" in claims.keeps:
        return "option"
    if unchanged and (place.vr == "CS" or place.keyword in ("CodeMeaning", "CodeValue", "CodingSchemeDesignator")):
        return "vocabulary" if needle.kind == "private" else ""
    if unchanged and place.keyword in MAKER and needle.kind in ("institution", "device") and is_maker(needle.text, before):
        return "maker"
    if unchanged and needle.kind == "private" and not place.private:
        return "public"
    if unchanged and is_number(needle.text) and len(needle.text) < 8 and place.vr in NUMERIC:
        return "number"
    return ""


def search(input_path, output_path, claims):
    """Everything of the input that stands in the output, excused or not."""
    inputs = list(dicom_text.all_values(dicom_text.read(input_path)))
    before = {value.path: value for value in inputs}
    output, findings = Output(output_path), []
    for needle in collect(inputs, claims):
        if not output.holds(needle.text):
            continue
        places = output.places(needle.text)
        excuses = [excuse_of(needle, place, before, claims) for place in places]
        excuse = excuses[0] if places and all(excuses) else ""
        findings.append(Finding(needle, tuple(place.path for place in places), excuse))
    return findings


def count_excuses(findings):
    return collections.Counter(finding.excuse for finding in findings if finding.excuse)
