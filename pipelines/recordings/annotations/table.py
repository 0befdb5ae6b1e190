"""A table of labels as it lies in a file: its text, its dialect, its header wherever that stands."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import nan

from pipelines.limits import MAX_LABELS, MAX_LABELS_BYTES
from pipelines.recordings.annotations.entries import Entry, Unit, UnreadableLabels
from pipelines.recordings.annotations.times import parse_time
from pipelines.recordings.source import Source, UnreadableTable
from pipelines.recordings.tables import encoding_of

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
EXCEL_SEPARATOR = re.compile(r'"?sep=(?P<mark>[,;\t|])"?', re.IGNORECASE)
MAX_HEADER_ROWS = 120  # BORIS writes its media, its remarks and its variables before the header
MAX_COLUMNS = 2_000  # BORIS has a column a modifier
MAX_SHOWN = 6  # how many columns a message lists
THOUSANDS = re.compile(r"\d{1,3},\d{3}")  # in a table with commas: 1.5 or 1500?
# What is no text, by its first bytes, and what to do with it.
OTHER_FILES = {
    b"PK\x03\x04": "a workbook or zip: save its sheet as CSV (UTF-8), or unpack it",
    b"\xd0\xcf\x11\xe0": "an Excel workbook: save its sheet as CSV (UTF-8)",
    b"%PDF": "a PDF: export a table as CSV",
    b"\x7fELF": "a program: choose a CSV",
}
OURS = "expected start_s,end_s,label in seconds, or video,label as the clips were published"
TOOLS = (
    "or an export of BORIS (aggregated or tabular events), ELAN (.eaf, or tab-delimited text), Label "
    "Studio (JSON), EPIC-KITCHENS, Pupil Cloud (events.csv) or Pupil Player (annotations.csv)"
)
EXPECTED = f"{OURS}, {TOOLS}"


@dataclass(frozen=True)
class Row:
    """One row of a table: its cells, and its line in the file for a message."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class LabelTable:
    """The rows of a table of labels.

    name      its file's, for a message
    columns   the names in its header, in lower case and with single spaces
    titles    the same as they are written
    before    the rows before its header
    separator what stands between its cells
    """

    name: str
    columns: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    before: tuple[Row, ...] = ()
    separator: str = ","

    def first(self, *names: str) -> str | None:
        """The first of some columns that the table has."""
        return next((name for name in names if name in self.columns), None)

    def cell(self, row: Row, column: str | None) -> str:
        """The text in a column, "" where there is none."""
        place = self.columns.index(column) if column in self.columns else len(row.cells)
        return row.cells[place].strip() if place < len(row.cells) else ""

    def error(self, row: Row, problem: str) -> UnreadableLabels:
        """An error that names the file and the line."""
        return UnreadableLabels(f"{self.name}, line {row.line}: {problem}")

    def entry(self, row: Row, start: str, end: str, unit: Unit = Unit.SECONDS, **fields) -> Entry:
        """The entry of a row whose times stand in two columns; minutes and seconds are always seconds."""
        written = [self.cell(row, column) for column in (start, end)]
        if any(":" in text for text in written):
            unit = Unit.SECONDS
        times = [self._time(text) for text in written]
        return Entry(
            start=times[0],
            end=times[1],
            unit=unit,
            line=row.line,
            written=f"“{written[0]}” to “{written[1]}”",
            **fields,
        )

    def _time(self, text: str) -> float:
        """A time; a comma that may part thousands or decimals is neither."""
        return nan if self.separator == "," and THOUSANDS.fullmatch(text) else parse_time(text)

    def text(self, row: Row, *columns: str) -> str:
        """The first text that is not empty in some columns."""
        return next(filter(None, (self.cell(row, column) for column in columns)), "")


def column_name(text: str) -> str:
    """A column's name in lower case, without quotes, # and spaces around it, and with single spaces."""
    return " ".join(text.strip(" \t\"'#\ufeff").casefold().split())


def read_text(source: Source) -> tuple[str, tuple[str, ...]]:
    """A file's text, in any encoding of spreadsheets, and notes on it.  Raises UnreadableLabels."""
    try:
        with source.opened() as file:
            data = file.read(MAX_LABELS_BYTES + 1)
    except UnreadableTable as error:
        raise UnreadableLabels(str(error)) from error
    except (OSError, EOFError, ValueError) as error:
        raise UnreadableLabels(f"{source.name} cannot be read; check its name and permissions.") from error
    if len(data) > MAX_LABELS_BYTES:
        raise UnreadableLabels(f"{source.name} is larger than {MAX_LABELS_BYTES / 1e6:.0f} MB; {EXPECTED}.")
    for magic, what in OTHER_FILES.items():
        if data.startswith(magic):
            raise UnreadableLabels(f"{source.name} is {what}; {OURS}.")
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        raise UnreadableLabels(f"{source.name} is empty; {EXPECTED}.")
    return _decoded(data, source.name)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    encoding, notes = encoding_of(data), ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            raise UnreadableLabels(f"{name} is damaged text; save it as CSV (UTF-8).") from error
        text = data.decode("cp1252", errors="replace")
        notes = (f"{name} is not in UTF-8 and was read as Windows-1252: check names with accents.",)
    if any(each < " " and each not in "\t\r\n\f\v\x1a" for each in text[:4096]) or "\0" in text:
        raise UnreadableLabels(f"{name} is binary data, not text; {EXPECTED}.")
    return text, notes


IsHeader = Callable[[frozenset[str]], bool]


def find_header(text: str, name: str, is_header: IsHeader) -> LabelTable | None:
    """The table whose header is the first row that `is_header` takes, in the first dialect that has one."""
    lines = list(_lines(text))
    for separator in _separators(lines):
        for place, row in enumerate(_rows(lines[:MAX_HEADER_ROWS], separator, name, whole=False)):
            columns = tuple(map(column_name, row.cells))
            if len(columns) <= MAX_COLUMNS and is_header(frozenset(columns)):
                rows = list(_rows(lines, separator, name))
                return _table(name, row, rows[:place], rows[place + 1 :], separator)
    return None


def without_header(text: str, name: str, whole: bool = False) -> LabelTable:
    """The table as if it had no header, in the dialect that gives its first row most cells.

    Unless it is to be whole, only its first rows are read.
    """
    lines = list(_lines(text))
    rows = list(_rows(lines if whole else lines[:MAX_HEADER_ROWS], _separators(lines)[0], name, whole))
    if not rows:
        raise UnreadableLabels(f"{name} has no rows that can be read; {EXPECTED}.")
    return LabelTable(name=name, columns=(), titles=(), rows=tuple(rows), separator=_separators(lines)[0])


def unknown_columns(table: LabelTable) -> UnreadableLabels:
    """The error of a table in none of the layouts: its first row, and what was expected."""
    cells = [" ".join(cell.split())[:40] for cell in table.rows[0].cells]
    if len(cells) > MAX_COLUMNS:
        return UnreadableLabels(
            f"{table.name} has {len(cells)} columns, and at most {MAX_COLUMNS} are read; {OURS}."
        )
    shown = ", ".join(filter(None, cells[:MAX_SHOWN])) + (", …" if len(cells) > MAX_SHOWN else "")
    parted = f", parted by {SEPARATORS[table.separator]}" if len(cells) > 1 else ""
    return UnreadableLabels(
        f"{table.name} begins with the columns {shown or 'without names'}{parted}; {EXPECTED}: rename its "
        "columns, or export it again."
    )


def _table(name: str, header: Row, before: Sequence[Row], rows: Sequence[Row], separator: str) -> LabelTable:
    if not rows:
        raise UnreadableLabels(f"{name} has a header and no rows; {EXPECTED}.")
    names = len(header.cells)
    for row in rows:
        if any(cell.strip() for cell in row.cells[names:]):
            raise UnreadableLabels(
                f"{name}, line {row.line}: {len(row.cells)} cells, and the header has {names}; if its "
                "numbers have decimal commas, save it with semicolons or tabs between the cells."
            )
    columns = tuple(map(column_name, header.cells))
    return LabelTable(
        name=name,
        columns=columns,
        titles=tuple(" ".join(each.split()) for each in header.cells),
        rows=tuple(rows),
        before=tuple(before),
        separator=separator,
    )


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; one that tells Excel the separator is blank, as if it were not there."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    for number, line in enumerate(lines):
        is_separator = number == 0 and EXCEL_SEPARATOR.fullmatch(line.strip("\r\n"))
        yield "\n" if is_separator else line


def _separators(lines: Sequence[str]) -> list[str]:
    """Separators, the one with most in the first lines that hold something first."""
    first = "".join([line for line in lines if line.strip()][:3])
    return sorted(SEPARATORS, key=first.count, reverse=True)


def _rows(lines: Sequence[str], separator: str, name: str, whole: bool = True) -> Iterator[Row]:
    """The rows that hold something; of a part of a table, as far as they can be read."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader):
            if number > MAX_LABELS:
                raise UnreadableLabels(
                    f"{name} has more than {MAX_LABELS} rows; give those of one recording."
                )
            if any(cell.strip() for cell in cells):
                yield Row(tuple(cells), reader.line_num)
    except csv.Error as error:
        if whole:
            raise UnreadableLabels(
                f"{name}, line {reader.line_num}: the quotation marks cannot be read ({error}); save it "
                "again as CSV."
            ) from error
