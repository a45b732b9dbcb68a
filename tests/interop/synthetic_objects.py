#!/usr/bin/env python3
"""Writes synthetic photographs with planted identifiers, and the answer key: synthetic_objects.py FOLDER [COUNT] [SEED]

Everything is invented. Kinds of what is planted: person, id, contact, date, institution, device, text.
"""
import datetime
import json
import pathlib
import random
import sys
import warnings

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")
ROOT = "1.2.826.0.1.3680043.10.999"  # of no one; instances hang below
CLASSES = {"photo": ("1.2.840.10008.5.1.4.1.1.77.1.4", "XC"), "dermoscopic": ("1.2.840.10008.5.1.4.1.1.77.1.7", "DMS"),
           "endoscopic": ("1.2.840.10008.5.1.4.1.1.77.1.1", "ES"), "ophthalmic": ("1.2.840.10008.5.1.4.1.1.77.1.5.1", "OP"),
           "capture": ("1.2.840.10008.5.1.4.1.1.7", "OT"), "multi": ("1.2.840.10008.5.1.4.1.1.7.4", "OT")}
# character sets, family, given, ideographic and phonetic groups, another person, town
PEOPLE = [
    (["ISO_IR 100"], "Möllenbrück", "Jörgine", "", "", "Überscheer^Günthild", "Köttelwesch"),
    (["ISO_IR 192"], "Quilfeðsdóttir", "Þórhildr", "", "", "Łęczyńska^Żaneta", "Šventupė"),
    (["", "ISO 2022 IR 87"], "Yamabuki", "Tarohei", "山吹^太郎平", "やまぶき^たろうへい", "Inokuma^Kojirou=猪熊^小次郎", "白樺町"),
    (["GB18030"], "Ouyangxi", "Xiaodongmei", "欧阳^晓冬梅", "", "Zhugeliao=诸葛^辽远", "临潢县"),
    (["", "ISO 2022 IR 149"], "Namgungseo", "Gildongah", "남궁^길동아", "", "Hwangbo^Seonu=황보^선우", "곡성읍리"),
    (["ISO_IR 144"], "Вышнеградцев", "Любомудр", "", "", "Краснопевцева^Аполлинария", "Верхнеозёрск"),
    (["ISO_IR 126"], "Παπαθεμελής", "Ξενοφώντας", "", "", "Κοντογιάννης^Θρασύβουλος", "Καλλιθεούπολη"),
    ([], "Zwiebelhorst", "Kunigard", "", "", "Obermeislin^Balthus", "Quellenhofen"),
    (["ISO_IR 101"], "Wiśniowczyk", "Świętosława", "", "", "Ždárský^Květoň", "Głogowczyn"),
    (["ISO_IR 13", "ISO 2022 IR 87"], "Kiritsubo", "Hanagiku", "桐壺^花菊乃", "きりつぼ^はなぎくの", "Utsusemi^Kaworu", "藤壺村"),
]
CREATOR = "VG SYNTHETIC CAMERA 1"


class Case:
    """One object and its part of the answer key."""

    def __init__(self, ds, patient):
        self.ds, self.patient, self.implicit = ds, patient, False
        self.key = {"removed": [], "dates": {}, "uids": {}, "retained": {}, "present": [], "notnull": [], "descriptors": [],
                    "patient": patient["number"]}

    def plant(self, path, value, kind, needles=None):
        """Sets a value that must go; needles: what of it identifies (else the whole)."""
        put(self.ds, path, value)
        self.key["removed"].append({"path": path, "kind": kind, "needles": needles or [value]})

    def note(self, path, kind, needles):
        self.key["removed"].append({"path": path, "kind": kind, "needles": needles})

    def retain(self, path, value, kind="always"):
        put(self.ds, path, value)
        self.key["retained"][path] = {"value": value if isinstance(value, list) else str(value), "kind": kind}

    def date(self, path, value):
        put(self.ds, path, value)
        self.key["dates"][path] = value

    def uid(self, path, value):
        put(self.ds, path, value)
        self.key["uids"][path] = value

    def descriptor(self, path, value, gone, stay):
        self.plant(path, value, "text", gone)
        self.key["descriptors"].append({"path": path, "gone": gone, "stay": stay})


def even(raw):
    return raw + b" " * (len(raw) % 2)


def put(ds, path, value):
    """Sets the element at a path of keywords, Sequence[index].Keyword; makes the items."""
    *parents, last = path.split(".")
    for step in parents:
        name, index = step[:-1].split("[")
        if name not in ds:
            setattr(ds, name, [])
        while len(ds[name].value) <= int(index):
            ds[name].value.append(Dataset())
        ds = ds[name].value[int(index)]
    setattr(ds, last, value)


def person(number, rng):
    """A patient; the number makes names and IDs unique."""
    charset, family, given, ideographic, phonetic, other, town = PEOPLE[number % len(PEOPLE)]
    suffix = ["", "ova", "enko", "escu"][number // len(PEOPLE) % 4] if charset in ([], ["ISO_IR 100"], ["ISO_IR 192"]) else ""
    name = f"{family}{suffix}^{given}" + (f"={ideographic}" if ideographic else "") + (f"={phonetic}" if phonetic else "")
    day = datetime.date(1935, 1, 1) + datetime.timedelta(days=rng.randrange(25000))
    mrn = f"QX{rng.randrange(10**6, 10**7)}{number:02d}"
    return {"number": number, "charset": charset, "name": name, "family": family + suffix, "given": given, "other": other,
            "ideographic": ideographic, "town": town, "mrn": mrn, "birth": day,
            "phone": f"0{rng.randrange(200, 999)} {rng.randrange(10**6, 10**7)}",
            "mail": f"kontakt{rng.randrange(10**5)}@posteo-{number}.example", "street": f"{town} {rng.randrange(100, 999)}",
            "serial": f"SNR{rng.randrange(10**7, 10**8)}", "clinic": f"Klinik {town} Haus {number}", "sex": rng.choice("FM"),
            "study_days": sorted(rng.sample(range(0, 900), 4)),
            "base": datetime.date(2019, 1, 1) + datetime.timedelta(days=rng.randrange(800))}


def native(patient):
    """How the patient's name stands in a comment of the patient's own character set."""
    return patient["ideographic"].replace("^", "") or patient["family"]


def base(patient, kind, study, number, study_uid):
    ds = Dataset()
    case = Case(ds, patient)
    sop_class, modality = CLASSES[kind]
    if patient["charset"]:
        ds.SpecificCharacterSet = patient["charset"]
    case.retain("SOPClassUID", sop_class)
    case.retain("Modality", modality)
    case.retain("BodyPartExamined", "ARM")
    case.retain("InstanceNumber", number + 1)
    case.retain("SeriesNumber", study + 1)
    case.uid("SOPInstanceUID", f"{study_uid}.3.{number + 1}")
    case.uid("StudyInstanceUID", study_uid)
    case.uid("SeriesInstanceUID", f"{study_uid}.2")
    if kind in ("photo", "dermoscopic", "endoscopic", "ophthalmic"):
        case.retain("AnatomicRegionSequence[0].CodeValue", "14975008")
        case.retain("AnatomicRegionSequence[0].CodingSchemeDesignator", "SCT")
        case.retain("AnatomicRegionSequence[0].CodeMeaning", "Forearm")
        case.uid("SourceImageSequence[0].ReferencedSOPInstanceUID", f"{study_uid}.3.1")
        put(ds, "SourceImageSequence[0].ReferencedSOPClassUID", sop_class)
        case.ds.AcquisitionContextSequence = []
        case.retain("LossyImageCompression", "00")
    if kind == "dermoscopic":
        case.uid("FrameOfReferenceUID", f"{study_uid}.4")
        case.ds.PositionReferenceIndicator = ""
        case.retain("ManufacturerModelName", "Model 4")
        case.retain("SoftwareVersions", "4.2")
        put(case.ds, "RecognizableVisualFeatures", "NO")  # what the output says depends on the detectors
        for keyword in ("LightSourcePolarization", "EmitterColorTemperature", "ContactMethod", "OpticalMagnificationFactor"):
            put(case.ds, keyword, None)
    case.ds.PatientOrientation = ""
    case.retain("Laterality", "L")
    if kind in ("capture", "multi"):
        case.retain("ConversionType", "WSD")
    if kind == "ophthalmic":
        case.retain("ImageLaterality", "L")
    return case


def add_patient(case, p, rng):
    case.plant("PatientName", p["name"], "person", name_needles(p["name"]))
    case.plant("PatientID", p["mrn"], "id")
    case.key["notnull"] += ["PatientName", "PatientID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"]
    case.key["present"] += ["PatientName", "PatientID", "PatientBirthDate", "StudyDate", "PatientSex", "Rows", "Columns", "PixelData",
                            "SpecificCharacterSet" if p["charset"] else "SOPClassUID", "DeidentificationMethod"]
    birth = p["birth"].strftime("%Y%m%d")
    case.plant("PatientBirthDate", birth, "birth")
    case.retain("PatientSex", p["sex"], "patient")
    case.plant("IssuerOfPatientID", f"ORG{p['mrn']}", "id")
    case.plant("PatientMotherBirthName", p["other"], "person", name_needles(p["other"]))
    case.plant("OtherPatientIDsSequence[0].PatientID", f"ALT-{p['mrn'][2:]}", "id")
    put(case.ds, "OtherPatientIDsSequence[0].TypeOfPatientID", "TEXT")
    case.plant("PatientAddress", p["street"], "contact")
    case.plant("PatientTelephoneNumbers", p["phone"], "contact", [p["phone"], p["phone"].replace(" ", "")])
    case.plant("PatientComments", f"{native(p)} {p['phone']} {p['mail']}", "text", [native(p), p["phone"], p["mail"]])
    case.plant("AdditionalPatientHistory", f"seen with {p['given']} {p['family']}", "text", [p["family"], p["given"]])


def name_needles(name):
    """Whole groups and their parts over 2 letters (2 signs in East Asian scripts)."""
    out = []
    for group in name.split("="):
        out += [group, group.replace("^", " ")] + [part for part in group.split("^") if len(part) > (1 if part > "\u2e80" else 2)]
    return sorted(set(out))


def add_people_and_places(case, p, rng):
    for keyword in ("ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName", "RequestingPhysician"):
        case.plant(keyword, p["other"], "person", name_needles(p["other"]))
    case.key["present"].append("ReferringPhysicianName")
    case.plant("InstitutionName", p["clinic"], "institution")
    case.plant("InstitutionAddress", f"Hafenstern {p['mail'][7:12]} B", "institution")
    case.plant("InstitutionalDepartmentName", f"Dep {p['town']}", "institution")
    case.plant("StationName", f"CAM{p['mrn'][-6:]}", "device")
    case.plant("DeviceSerialNumber", p["serial"], "device")
    case.plant("AccessionNumber", f"AC{rng.randrange(10**8, 10**9)}", "id")
    case.plant("StudyID", f"ST{rng.randrange(10**6, 10**7)}", "id")
    case.plant("ContributingEquipmentSequence[0].InstitutionName", p["clinic"], "institution")
    case.plant("ContributingEquipmentSequence[0].OperatorsName", p["other"], "person", name_needles(p["other"]))
    put(case.ds, "ContributingEquipmentSequence[0].Manufacturer", "Synthetic Optics")
    code(case.ds, "ContributingEquipmentSequence[0].PurposeOfReferenceCodeSequence[0]", "109101", "DCM", "Acquisition Equipment")


def code(ds, path, value, scheme, meaning):
    for keyword, text in (("CodeValue", value), ("CodingSchemeDesignator", scheme), ("CodeMeaning", meaning)):
        put(ds, f"{path}.{keyword}", text)


def add_dates(case, p, study, number):
    day = p["base"] + datetime.timedelta(days=p["study_days"][study])
    next_day = day + datetime.timedelta(days=1)
    text, later = day.strftime("%Y%m%d"), next_day.strftime("%Y%m%d")
    case.date("StudyDate", text)
    case.date("SeriesDate", text)
    case.date("ContentDate", later)
    case.date("AcquisitionDateTime", f"{later}10{number:02d}30.25+0100")
    case.date("ContributingEquipmentSequence[0].ContributionDateTime", f"{text}101500")
    for keyword in ("StudyTime", "ContentTime"):
        put(case.ds, keyword, f"10{number:02d}30")
    if case.ds.Modality == "DMS":
        case.date("AcquisitionDate", later)


def add_descriptions(case, p):
    """Free text: the medical words are worth keeping, the rest is not."""
    doctor = p["other"].split("^")[0].split("=")[0]
    day = datetime.date(2020, 3, 14)
    case.descriptor("StudyDescription", f"lesion left forearm {p['family']}"[:64], [p["family"]], ["lesion", "left forearm"])
    case.descriptor("SeriesDescription", f"dermatitis, ID {p['mrn']}", [p["mrn"]], ["dermatitis"])
    case.descriptor("ImageComments", f"{native(p)}: ulcer healing, Dr. {doctor}, {day:%d.%m.%Y}, {p['mail']}",
                    [native(p), doctor, f"{day:%d.%m.%Y}", p["mail"]], ["ulcer healing"])
    case.descriptor("DerivationDescription", f"cropped around lesion, call {p['phone']}", [p["phone"]], ["cropped around lesion"])
    case.plant("RequestedProcedureDescription", f"Photo {p['given']}", "text", [p["given"]])


def add_camera(case, p, rng):
    """What cameras and phones write into EXIF."""
    case.plant("CameraOwnerName", p["other"].split("=")[0], "person", name_needles(p["other"].split("=")[0]))
    case.plant("LensSerialNumber", f"L{p['serial']}", "device")
    seconds = [f"{rng.randrange(10, 60)}.{rng.randrange(10**5, 10**6)}" for _ in range(2)]
    case.plant("GPSLatitude", ["48", "12", seconds[0]], "contact", [seconds[0]])
    case.plant("GPSLongitude", ["16", "22", seconds[1]], "contact", [seconds[1]])
    case.plant("GPSAreaInformation", even(f"ASCII {p['mail']}".encode()), "contact", [p["mail"]])
    case.plant("MakerNote", even(f"owner {p['mrn']}".encode()), "text", [p["mrn"]])
    case.retain("FNumber", "2.8")
    case.retain("FocalLength", "50")


def add_private(case, p):
    block = case.ds.private_block(0x0009, CREATOR, create=True)
    block.add_new(0x01, "LO", f"{p['family']} {p['given']}")
    block.add_new(0x02, "DA", p["birth"].strftime("%Y%m%d"))
    block.add_new(0x03, "UN", even(f"id={p['mrn']};".encode()))
    block.add_new(0x04, "UT", f"sent by {p['other'].split('=')[0]}, {p['mail']}")
    inner = Dataset()
    inner.add_new(0x00091001, "LO", p["mrn"])
    inner.add_new(0x00100010, "PN", p["name"])
    block.add_new(0x05, "SQ", [inner])
    case.note(f"(0009,0010) {CREATOR}", "text", [p["family"], p["mrn"], p["mail"]] + name_needles(p["other"].split("=")[0])[:1])


def add_nested(case, p):
    """Three levels deep, through sequences of the standard."""
    deep = "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0].ProtocolContextSequence[0]"
    code(case.ds, "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0]", "SYN1", "99SYN", "Photo protocol")
    put(case.ds, f"{deep}.ValueType", "PNAME")
    code(case.ds, f"{deep}.ConceptNameCodeSequence[0]", "121036", "DCM", "Mother of fetus")
    case.plant(f"{deep}.PersonName", p["name"], "person", name_needles(p["name"]))
    case.plant("RequestAttributesSequence[0].RequestedProcedureID", f"RP{p['mrn']}", "id")
    case.plant("RequestAttributesSequence[0].ScheduledProcedureStepDescription", f"for {p['family']}", "text", [p["family"]])
    case.plant("ReferencedStudySequence[0].ReferencedSOPInstanceUID", f"{ROOT}.77.{p['number']}.1", "id")
    put(case.ds, "ReferencedStudySequence[0].ReferencedSOPClassUID", "1.2.840.10008.3.1.2.3.1")


# Odd places, one per object in turn: each gets the case, the patient, and the file's parts outside the dataset.
def odd_padding(case, p, file):
    case.ds.add_new(0xFFFCFFFC, "OB", even(f"pad {p['mrn']} ".encode() + p["family"].encode("utf-8")))


def odd_pixel_padding(case, p, file):
    file["pixel_tail"] = f"{p['mrn']} {p['serial']}".encode()


def odd_preamble(case, p, file):
    file["preamble"] = p["mrn"].encode() + b" " + p["family"].encode("utf-8")


def odd_meta(case, p, file):
    file["meta_private"] = even(f"{p['mrn']} {p['phone']}".encode())
    case.note("SourceApplicationEntityTitle", "device", [f"AE{p['mrn'][:10]}"])


def odd_image_type(case, p, file):
    put(case.ds, "ImageType", ["ORIGINAL", "PRIMARY", p["mrn"]])


def odd_code_meaning(case, p, file):
    code(case.ds, "PrimaryAnatomicStructureSequence[0]", "39937001", "SCT", f"Skin of {p['family']}")


def odd_device_text(case, p, file):
    put(case.ds, "ManufacturerModelName", f"Camera of {p['family']}")


def odd_software(case, p, file):
    put(case.ds, "SoftwareVersions", ["4.2", f"licensed {p['mrn']}"])


def odd_overlay(case, p, file):
    for element, vr, value in ((0x22, "LO", p["family"]), (0x1500, "LO", p["mrn"]), (0x4000, "LT", p["given"])):
        case.ds.add_new(0x60000000 + element, vr, value)


def odd_unknown_vr(case, p, file):
    case.ds.add_new(0x00104000, "UN", even(f"{p['mrn']} called".encode()))
    case.ds.add_new(0x0018FFF1, "UN", even(f"serial {p['serial']} {p['mrn']}".encode()))


def odd_un_sequence(case, p, file):
    """A private sequence that a relay wrote as UN with its bytes."""
    inner = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x10\x00\x20\x00" + (10).to_bytes(4, "little") + p["mrn"][:10].encode()
    inner += b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    case.ds.private_block(0x0011, CREATOR, create=True).add_new(0x01, "UN", inner)
    case.note("(0011,1001) UN", "text", [p["mrn"][:10]])


def odd_icon(case, p, file):
    icon = Dataset()
    icon.Rows, icon.Columns, icon.BitsAllocated, icon.BitsStored, icon.HighBit = 8, 8, 8, 8, 7
    icon.SamplesPerPixel, icon.PhotometricInterpretation, icon.PixelRepresentation = 1, "MONOCHROME2", 0
    icon.PixelData = (p["mrn"].encode() * 8)[:64]
    case.ds.IconImageSequence = [icon]


def odd_numbers_as_text(case, p, file):
    case.ds.add_new(0x0018A003, "ST", f"contributed for {p['family']} {p['mrn']}")
    case.ds.add_new(0x00280301, "CS", "YES")
    put(case.ds, "LossyImageCompression", "00")


def odd_curve(case, p, file):
    case.ds.add_new(0x50002500, "LO", p["family"])
    case.ds.add_new(0x50000040, "CS", "TACT")
    case.ds.add_new(0x50003000, "OB", even(p["mrn"].encode()))


def odd_colour_profile(case, p, file):
    case.ds.ICCProfile = even(b"\0" * 128 + f"desc {p['mrn']} {p['family'] if p['family'].isascii() else ''}".encode())


def raw(case, tag, vr, value):
    """Bytes as a careless sender writes them: not what the VR or the character set allows."""
    case.ds[tag] = RawDataElement(Tag(tag), vr, len(even(value)), even(value), 0, case.implicit, True)


def odd_broken_number(case, p, file):
    raw(case, 0x00160024, "DS", b"by Wagenknechtler")
    case.note("ExposureBiasValue", "text", ["Wagenknechtler"])


def odd_broken_code(case, p, file):
    raw(case, 0x00180015, "CS", b"arm of Wagenknechtler")
    case.key["retained"].pop("BodyPartExamined")
    case.note("BodyPartExamined", "text", ["Wagenknechtler"])


def declares_no_latin(p):
    """Bytes beyond ASCII say nothing, or nothing valid, in the patient's character set."""
    return not p["charset"] or p["charset"][0] in ("", "ISO_IR 192")


def odd_undeclared_bytes(case, p, file):
    raw(case, 0x00081090, "LO", "Wägenknöchtler".encode("latin-1"))
    case.key["retained"].pop("ManufacturerModelName", None)
    case.note("ManufacturerModelName", "text", ["Wägenknöchtler"] if declares_no_latin(p) else [])


ODD = [odd_padding, odd_pixel_padding, odd_preamble, odd_meta, odd_image_type, odd_code_meaning, odd_device_text, odd_software,
       odd_overlay, odd_unknown_vr, odd_un_sequence, odd_icon, odd_numbers_as_text, odd_curve, odd_colour_profile,
       odd_broken_number, odd_broken_code, odd_undeclared_bytes]


def add_pixels(case, kind, number):
    """A flat picture: nothing in it can be mistaken for a face or for text."""
    frames = 2 if kind == "multi" else 1
    for keyword, value in (("SamplesPerPixel", 3), ("PhotometricInterpretation", "RGB"), ("Rows", 64), ("Columns", 64),
                           ("BitsAllocated", 8), ("BitsStored", 8), ("HighBit", 7), ("PixelRepresentation", 0)):
        case.retain(keyword, value)
    case.ds.PlanarConfiguration = 0
    if frames > 1:
        case.retain("NumberOfFrames", frames)
        case.ds.FrameIncrementPointer = 0x00181063
        case.ds.FrameTime = "40"
    if "ImageType" not in case.ds:
        case.retain("ImageType", ["ORIGINAL", "PRIMARY"])
    case.ds.PixelData = bytes((200, 160, 140 + number)) * (64 * 64 * frames)
    case.ds["PixelData"].VR = "OB"


def write(case, path, file):
    ds, implicit = case.ds, case.implicit
    ds.is_little_endian, ds.is_implicit_VR = True, implicit
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    meta.SourceApplicationEntityTitle = f"AE{case.patient['mrn'][:10]}"
    if "meta_private" in file:
        meta.PrivateInformationCreatorUID = f"{ROOT}.5.{case.patient['number']}"
        meta.PrivateInformation = file["meta_private"]
    ds.file_meta = meta
    if "pixel_tail" in file:
        tail = file["pixel_tail"]
        ds.PixelData += tail + b"\0" * (len(tail) % 2)
    ds.preamble = file.get("preamble", b"").ljust(128, b"\0")[:128]
    ds.save_as(str(path), write_like_original=False)


def make(p, kind, study, number, index, rng):
    study_uid = f"{ROOT}.{p['number'] + 1}.{study + 1}.{p['mrn'][2:9].lstrip('0')}"
    case, file = base(p, kind, study, number, study_uid), {}
    case.implicit = index % 7 == 0
    add_patient(case, p, rng)
    add_people_and_places(case, p, rng)
    add_dates(case, p, study, number)
    add_descriptions(case, p)
    if kind in ("photo", "dermoscopic") and rng.random() < 0.5:
        add_camera(case, p, rng)
    if rng.random() < 0.6:
        add_private(case, p)
    if rng.random() < 0.4:
        add_nested(case, p)
    put(case.ds, "Manufacturer", "Synthetic Optics")
    odd = ODD[index % (2 * len(ODD))] if index % (2 * len(ODD)) < len(ODD) else None
    if odd:
        before = {path: case.ds.get(path) for path in ("ManufacturerModelName", "SoftwareVersions")}
        odd(case, p, file)
        for path, value in before.items():
            if case.ds.get(path) != value:  # planted over
                case.key["retained"].pop(path, None)
        case.key["odd"] = odd.__name__[4:]
        case.note(odd.__name__, "text", [p["mrn"]])
    add_pixels(case, kind, number)
    return case, file


def generate(folder, count=320, seed=20260302):
    """Writes `count` objects of 40 patients; returns the answer key."""
    rng = random.Random(seed)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    per_patient = -(-count // 40)
    key, index = {}, 0
    for p in (person(number, rng) for number in range(40)):
        for i in range(per_patient):
            study, number = i % 2, i // 2
            # The study's class stays, as a camera's does; the patient's second study has another.
            kind = list(CLASSES)[(p["number"] * 2 + study + number // 3) % len(CLASSES)]
            case, file = make(p, kind, study, number, index, rng)
            name = f"object{index:04d}.dcm"
            write(case, folder / name, file)
            key[name] = case.key
            index += 1
    return key


if __name__ == "__main__":
    made = generate(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
    (pathlib.Path(sys.argv[1]) / "key.json").write_text(json.dumps(made, ensure_ascii=False, indent=1))
    print(len(made), "objects")
