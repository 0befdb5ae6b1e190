"""ELAN's own files, .eaf, read with pympi once nothing in them can name or unfold anything else."""

import tempfile
from pathlib import Path
from xml.parsers import expat

from pipelines.recordings.annotations.entries import Annotations, Entry, Unit, UnreadableLabels, left_out

ROOT = "ANNOTATION_DOCUMENT"
MAX_DEPTH = 64  # of elements in one another; ELAN's are five deep
MAX_REFERENCES = 32  # from an annotation to the one that has its times
REMEDY = "save it again in ELAN, or export it with “File > Export As > Tab-delimited Text”"


def is_eaf(text: str) -> bool:
    """Whether a text is XML, which of all layouts only ELAN's files are."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def read(text: str, name: str) -> Annotations:
    """Every annotation of every tier, in milliseconds of the video.  Raises UnreadableLabels."""
    _check(text, name)
    eaf = _parsed(text, name)
    if eaf.header.get("TIME_UNITS", "milliseconds") != "milliseconds":
        raise UnreadableLabels(
            f"{name} counts in {eaf.header['TIME_UNITS']}; expected milliseconds: {REMEDY}."
        )
    video = ";".join(filter(None, (_media_name(each) for each in eaf.media_descriptors)))
    origin = _origin(eaf.media_descriptors, name)
    aligned = {key: times for tier in eaf.tiers.values() for key, times in tier[0].items()}
    refers = {key: values[0] for tier in eaf.tiers.values() for key, values in tier[1].items()}
    entries, timeless = [], 0
    for tier, (own, references, *_) in eaf.tiers.items():
        labels = {key: values[2] for key, values in own.items()} | {k: v[1] for k, v in references.items()}
        for key, label in labels.items():
            span = _span(key, aligned, refers, eaf.timeslots)
            if span is None:
                timeless += bool(label.strip())
                continue
            start, end = (time + origin for time in span)
            entries.append(
                Entry(label=label, start=start, end=end, unit=Unit.MILLISECONDS, video=video, tier=tier)
            )
    notes = left_out(timeless, "annotation", "without a time of its own")
    if origin:
        notes += (f"ELAN counts from {origin / 1000:g} s into the video: that is added to every time.",)
    return Annotations(file=name, source="an .eaf file of ELAN", entries=tuple(entries), notes=notes)


def _check(text: str, name: str) -> None:
    """Refuse a document type, whose entities may name files or unfold without end, and what is no EAF."""
    parser, depth = expat.ParserCreate(), 0

    def refuse(*_) -> None:
        raise UnreadableLabels(
            f"{name} has a document type or entities, which ELAN never writes and which are not followed; "
            f"{REMEDY}."
        )

    def begin(tag: str, _attributes: dict) -> None:
        nonlocal depth
        if depth == 0 and tag != ROOT:
            raise UnreadableLabels(f"{name} is XML with <{tag[:40]}> in it, not ELAN's <{ROOT}>; {REMEDY}.")
        depth += 1
        if depth > MAX_DEPTH:
            raise UnreadableLabels(f"{name} has elements more than {MAX_DEPTH} deep; {REMEDY}.")

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(_plain(text).encode("utf-8"), True)
    except expat.ExpatError as error:
        raise UnreadableLabels(f"{name} is damaged XML ({error}); {REMEDY}.") from error


def _plain(text: str) -> str:
    """A text without the declaration of its encoding, which it no longer has."""
    text = text.lstrip("\ufeff \t\r\n")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


def _parsed(text: str, name: str):
    """The file as pympi reads it.  What it raises for a file that is not whole is not one kind of error."""
    from pympi.Elan import Eaf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.eaf"
        # pympi takes the place of the schema to be there always.
        path.write_text(_with_schema(_plain(text)), encoding="utf-8")
        try:
            return Eaf(str(path), suppress_version_warning=True)
        except Exception as error:
            raise UnreadableLabels(
                f"{name} lacks a part of an .eaf file ({error!r:.60}); {REMEDY}."
            ) from error


def _with_schema(text: str) -> str:
    if "noNamespaceSchemaLocation" in text:
        return text
    schema = (
        f'<{ROOT} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd"'
    )
    return text.replace(f"<{ROOT}", schema, 1)


def _media_name(descriptor: dict) -> str:
    return descriptor.get("MEDIA_URL") or descriptor.get("RELATIVE_MEDIA_URL") or ""


def _origin(descriptors: list[dict], name: str) -> int:
    """The time of the video at ELAN's 0, in milliseconds.  Raises UnreadableLabels if videos differ in it."""
    videos = [each for each in descriptors if each.get("MIME_TYPE", "").startswith("video")] or descriptors
    try:
        origins = {int(each.get("TIME_ORIGIN") or 0) for each in videos}
    except ValueError:
        origins = set()
    if len(origins) > 1 or (descriptors and not origins):
        raise UnreadableLabels(
            f"{name} gives its videos different or unreadable offsets; set them to 0 in ELAN and save it "
            "again."
        )
    return origins.pop() if origins else 0


def _span(key: str, aligned: dict, refers: dict, slots: dict) -> tuple[int, int] | None:
    """The times of an annotation or of the one it refers to; None if it has none."""
    for _ in range(MAX_REFERENCES):
        if key in aligned:
            start, end = (slots.get(slot) for slot in aligned[key][:2])
            return None if start is None or end is None else (start, end)
        key = refers.get(key, "")
    return None
