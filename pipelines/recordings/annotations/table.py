"""A table of labels as it lies in a file, before it is known which layout it has."""

import csv
from dataclasses import dataclass
from pathlib import Path

from encodings.errors import UserError
from pipelines.limits import MAX_LABELS_BYTES
from zoo.labels import LabelSet, UnknownLabels, parse_label

EXPECTED = "expected a CSV with the columns start_s,end_s,label, or video,label as the clips were published"


class UnreadableLabels(UserError):
    """A file of true labels that cannot be used."""


@dataclass(frozen=True)
class Row:
    """One row of a table: its cells by column, and its line in the file for a message."""

    cells: dict[str, str | None]
    line: int


@dataclass(frozen=True)
class LabelTable:
    """The rows of a table of labels; name is its file's, for a message."""

    name: str
    columns: frozenset[str]
    rows: tuple[Row, ...]

    def error(self, row: Row, problem: str) -> UnreadableLabels:
        """An error that names the file and the line."""
        return UnreadableLabels(f"{self.name}, line {row.line}: {problem}")

    def label(self, row: Row, labels: LabelSet) -> str:
        """The label of a row in the spelling of its label set.  Raises UnreadableLabels."""
        try:
            return parse_label(row.cells["label"] or "", labels)
        except UnknownLabels as error:
            raise self.error(row, str(error)) from error


def read_table(path: Path) -> LabelTable:
    """Read a CSV with a header and rows.  Raises UnreadableLabels."""
    try:
        if path.stat().st_size > MAX_LABELS_BYTES:
            raise UnreadableLabels(f"{path.name} is larger than {MAX_LABELS_BYTES / 1e6:.0f} MB; {EXPECTED}.")
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            rows = tuple(
                Row({str(name).strip(): cell for name, cell in cells.items()}, reader.line_num)
                for cells in reader
            )
            columns = frozenset(str(name).strip() for name in reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableLabels(f"{path.name} cannot be read as a table of labels; {EXPECTED}.") from error
    if not rows:
        raise UnreadableLabels(f"{path.name} has no rows; {EXPECTED}.")
    return LabelTable(path.name, columns, rows)
