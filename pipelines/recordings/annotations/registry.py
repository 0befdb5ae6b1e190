"""The one table of layouts of labels.  A new layout is one file in this folder and one row here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.recordings.annotations import (
    boris,
    eaf,
    elan,
    epic,
    label_studio,
    published,
    pupil,
    segments,
)
from pipelines.recordings.annotations.entries import Annotations, UnreadableLabels
from pipelines.recordings.annotations.table import (
    LabelTable,
    find_header,
    read_text,
    unknown_columns,
    without_header,
)
from pipelines.recordings.source import Source


@dataclass(frozen=True)
class TextLayout:
    """A file that is no table: how its text is known, and read by its name."""

    matches: Callable[[str], bool]
    read: Callable[[str, str], Annotations]


@dataclass(frozen=True)
class TableLayout:
    """A table: how its header is known by its columns, and how it is read."""

    matches: Callable[[frozenset[str]], bool]
    read: Callable[[LabelTable], Annotations]


TEXTS = (TextLayout(eaf.is_eaf, eaf.read), TextLayout(label_studio.is_json, label_studio.read))
LABEL_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".eaf")  # of the files that hold labels
OURS = ("a table of segments", "the published table of clips")  # of these no note is needed
# The first that matches counts.
TABLES = (
    TableLayout(boris.is_aggregated, boris.read_aggregated),
    TableLayout(boris.is_tabular, boris.read_tabular),
    TableLayout(elan.matches, elan.read),
    TableLayout(epic.matches, epic.read),
    TableLayout(pupil.is_cloud, pupil.read_cloud),
    TableLayout(segments.matches, segments.read),
    TableLayout(pupil.is_player, pupil.read_player),
    TableLayout(published.matches, published.read),
)


def read_annotations(path: Path) -> Annotations:
    """What a file of labels holds, of all its videos, nothing checked yet.  Raises UnreadableLabels."""
    text, notes = open_labels(path)
    annotations = _read(text, path.name)
    if not annotations.entries:
        raise UnreadableLabels(
            f"{path.name} is {annotations.source} without a labelled interval; "
            f"{' '.join(annotations.notes) or 'label one, and export it again.'}"
        )
    return _with_notes(annotations, notes)


def open_labels(path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a file of labels, and notes on its encoding.  Raises UnreadableLabels."""
    if path.is_dir():
        raise UnreadableLabels(f"{path.name} is a folder; choose the file of labels inside it.")
    if not path.is_file():
        raise UnreadableLabels(f"There is no file {path.name}; check the name of the labels.")
    return read_text(Source(path, path.stat().st_size))


def _read(text: str, name: str) -> Annotations:
    for layout in TEXTS:
        if layout.matches(text):
            return layout.read(text, name)
    if label_studio.TIMELINE in text:
        raise UnreadableLabels(f"{name} is a table of Label Studio with JSON in it; {label_studio.REMEDY}.")
    table = find_header(text, name, lambda columns: any(each.matches(columns) for each in TABLES))
    if table is not None:
        columns = frozenset(table.columns)
        return next(each for each in TABLES if each.matches(columns)).read(table)
    bare = without_header(text, name)
    if elan.read_without_header(bare) is None:
        raise unknown_columns(bare)
    annotations = elan.read_without_header(without_header(text, name, whole=True))
    if annotations is None:
        raise unknown_columns(bare)
    return annotations


def _with_notes(annotations: Annotations, notes: tuple[str, ...]) -> Annotations:
    origin = () if annotations.source in OURS else (f"The true labels are {annotations.source}.",)
    return replace(annotations, notes=(*notes, *origin, *annotations.notes))
