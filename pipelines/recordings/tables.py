"""Tables of numbers in any dialect of CSV: separators, decimal commas, byte order marks, spreadsheets."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import takewhile

import numpy as np
import pandas as pd

from pipelines.limits import TABLE_HEAD_BYTES
from pipelines.recordings.source import DAMAGED_ZIP, Source, UnreadableTable

MAX_COLUMNS_NAMED = 4  # how many columns a message lists
CHUNK_ROWS = 200_000  # bounds memory whatever the table's length
NO_TIME = np.iinfo(np.int64).min  # an int64 has no NaN
MIN_DISTINCT = 0.5  # trackers hardly ever repeat a time: if fewer than this share differ, they were rounded
SEPARATORS = "\t;,|"
REMARK = re.compile("#|sep=.?$", re.IGNORECASE)
SPACES = r"\s+"  # pandas reads any number of spaces as one separator
SPACED_LINES, LEAST_SPACED = 5, 3  # lines that show whether spaces separate cells, and cells they must have
MARKLESS_BYTES = 64  # that show whether it is UTF-16 without a byte order mark
# Numbers with marks between thousands for certain, and those that may have three decimals instead.
GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}([.,]\d{3}){2,}")
GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
LEAST_GROUPED = 20
ROWS_DO_NOT_FIT = (
    "“{}” has rows that do not fit its header: use the file as it was exported, or, if its numbers have "
    "decimal commas, save it with semicolons or tabs between them."
)

Convert = Callable[[pd.Series], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of text and its dialect (separator, decimal mark, encoding), sniffed from its first bytes.

    columns  its header in lower case, without quotes, spaces and # around the names
    preamble  the lines before its header: blank ones, and those of remarks, which start with ##
    fits     whether no row of the first bytes has more cells than the header has names
    grouped  whether numbers of the first bytes have marks between thousands
    """

    source: Source
    columns: tuple[str, ...]
    preamble: tuple[str, ...] = ()
    encoding: str
    separator: str
    decimal: str
    fits: bool
    grouped: bool = False

    @property
    def described(self) -> str:
        """Its columns for a message, shortened."""
        names = ", ".join(name[:40] for name in self.columns[:MAX_COLUMNS_NAMED])
        return names + (", …" if len(self.columns) > MAX_COLUMNS_NAMED else "")


def open_table(source: Source) -> Table:
    """Read a table's header and sniff its dialect.  Raises UnreadableTable if it is not text."""
    with reading(source), source.opened() as file:
        head = file.read(TABLE_HEAD_BYTES)
        encoding = encoding_of(head)
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    if "\0" in text:
        raise UnreadableTable(f"“{source.name}” is binary data, not a table of text: choose a CSV file.")
    lines = re.split(r"\r\n|\r|\n", text)
    preamble = _preamble(lines)
    lines = [line for line in lines[len(preamble) :] if line.strip()]
    if not lines:
        raise UnreadableTable(f"“{source.name}” is empty: export it again.")
    separator = _separator(lines)
    columns = tuple(each.strip(" \"'#").casefold() for each in _split(lines[0], separator))
    decimal_commas = separator != "," and any(re.search(r"\d,\d", line) for line in lines[1:])
    return Table(
        source=source,
        columns=columns,
        preamble=preamble,
        encoding=encoding,
        separator=separator,
        decimal="," if decimal_commas else ".",
        fits=not any(_overfull(line, lines[0], separator) for line in lines[1:-1]),
        grouped=_has_groups([_split(line, separator) for line in lines[1:-1]]),
    )


def read_columns(table: Table, converters: dict[str, Convert]) -> dict[str, np.ndarray]:
    """Read the columns that have a converter, a chunk of rows at a time.

    Raises UnreadableTable for a table without rows, and for one that breaks off or changes shape.
    """
    if not table.fits:
        raise UnreadableTable(ROWS_DO_NOT_FIT.format(table.source.name))
    if table.grouped:
        raise UnreadableTable(
            f"“{table.source.name}” has numbers with marks between thousands, as in 1,234.5: save it "
            "without them."
        )
    for name in converters:
        if table.columns.count(name) > 1:
            raise UnreadableTable(
                f"“{table.source.name}” has more than one column called {name}: keep the right one."
            )
    names = {table.columns.index(name): name for name in converters}  # by position in the header
    parts = {name: [] for name in converters}
    with reading(table.source), table.source.opened() as file:
        chunks = pd.read_csv(
            file,
            sep=SPACES if table.separator == " " else table.separator,
            decimal=table.decimal,
            encoding=table.encoding,
            header=0,
            skiprows=len(table.preamble),
            index_col=False,
            usecols=sorted(names),
            dtype={position: str for position, name in names.items() if converters[name] is nanoseconds},
            chunksize=CHUNK_ROWS,
        )
        for chunk in chunks:
            for position, (_, series) in zip(sorted(names), chunk.items(), strict=True):
                parts[names[position]].append(converters[names[position]](series))
    columns = {name: np.concatenate(arrays) if arrays else np.empty(0) for name, arrays in parts.items()}
    if not all(map(len, columns.values())):
        raise UnreadableTable(f"“{table.source.name}” has a header but no rows: export it again.")
    return columns


def number(series: pd.Series) -> np.ndarray:
    """Convert to float64; what is not a finite number becomes NaN."""
    if not pd.api.types.is_numeric_dtype(series):
        series = pd.to_numeric(series.astype(str).str.strip().str.replace(",", "."), errors="coerce")
    values = series.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def nanoseconds(series: pd.Series) -> np.ndarray:
    """Convert to int64, exact where a float64 would lose hundreds of nanoseconds; NO_TIME for no number."""
    stamps, given = np.full(len(series), NO_TIME, np.int64), series.notna().to_numpy(bool)
    try:
        stamps[given] = series.to_numpy(object)[given].astype(np.int64)  # fast, if all are whole numbers
    except (ValueError, OverflowError):
        return _nanoseconds_of_any(series)
    return np.where(stamps < 0, NO_TIME, stamps)


def _nanoseconds_of_any(series: pd.Series) -> np.ndarray:
    text = series.fillna("").astype(str).str.strip()
    digits = text.str.fullmatch(r"\d{1,18}|[1-8]\d{18}").to_numpy(bool)
    stamps = np.full(len(text), NO_TIME, np.int64)
    stamps[digits] = text[digits].to_numpy(str).astype(np.int64)
    for row in np.flatnonzero(~digits):
        stamps[row] = _int64(text.iloc[row])
    return stamps


def clock_seconds(series: pd.Series) -> np.ndarray:
    """Convert clock times, as in 01:02:03.5 or 2024-05-31T01:02:03.5Z, to seconds; NaN for others.

    Those with a date count from 1970.
    """
    text = series.fillna("").astype(str).str.strip().str.replace(",", ".")
    parts = text.str.extract(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$").astype(float)
    dates = pd.to_datetime(
        text.where(text.str.contains(r"\d-\d")), format="ISO8601", utc=True, errors="coerce"
    )
    since_s = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(1, "s")
    return (parts[0].fillna(0) * 3600 + parts[1] * 60 + parts[2]).fillna(since_s).to_numpy(np.float64)


def is_no(series: pd.Series) -> np.ndarray:
    """Convert to bool: where a flag is 0 or false."""
    codes, values = pd.factorize(series)
    no = [str(value).strip().casefold() in ("0", "0.0", "0,0", "false") for value in values]
    return np.array([*no, False])[codes]  # an empty cell has the code -1


def is_given(series: pd.Series) -> np.ndarray:
    """Convert to bool: where a cell is not empty."""
    return series.notna().to_numpy(bool)


def check_distinct(source: Source, stamps: np.ndarray) -> None:
    """Refuse times that a spreadsheet has rounded until they are equal.  Raises UnreadableTable."""
    steps = np.diff(stamps)
    distinct = np.count_nonzero(steps) + 1 if (steps >= 0).all() else len(np.unique(stamps))
    if distinct < MIN_DISTINCT * len(stamps):
        raise UnreadableTable(
            f"The times in “{source.name}” are rounded until most are equal, as a spreadsheet does when it "
            "saves 19-digit numbers: use the file as it was exported, unopened."
        )


def _int64(text: str) -> int:
    """A number in any notation, as in 1.7E+18, without its fraction; NO_TIME if it is none."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return NO_TIME
    return int(value) if value.is_finite() and 0 <= value < 2**63 else NO_TIME


def _overfull(line: str, header: str, separator: str) -> bool:
    """Whether a row has filled cells beyond the header's names, as decimal commas would give it."""
    names = len(_split(header, separator))
    return line.count(separator) >= names and any(_split(line, separator)[names:])


def encoding_of(head: bytes) -> str:
    """UTF-16 by its byte order mark, or without one if every second byte of the first ones is 0."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    start = head[:MARKLESS_BYTES]
    if len(start) > 2 and not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    if len(start) > 2 and not any(start[::2]) and all(start[1::2]):
        return "utf-16-be"
    return "utf-8-sig"


def _preamble(lines: list[str]) -> tuple[str, ...]:
    """The lines before the header: blank ones, sep=; as Excel reads it, and remarks.

    A remark starts with ##, or with # if a line with more cells follows the remarks.
    """
    skipped = tuple(takewhile(lambda line: not line.strip() or REMARK.match(line), lines))
    header = next((line for line in lines[len(skipped) :] if line.strip()), "")
    names = max(map(len, (_split(header, each) for each in SEPARATORS)))
    while skipped and skipped[-1].startswith("#") and not skipped[-1].startswith("##"):
        if max(map(len, (_split(skipped[-1], each) for each in SEPARATORS))) < names:
            break
        skipped = skipped[:-1]
    return skipped


def _separator(lines: list[str]) -> str:
    """What separates most names of the header; spaces only if rows have as many cells as it has names."""
    separator = max(SEPARATORS, key=lambda each: len(_split(lines[0], each)))
    counts = {len(_split(line, " ")) for line in lines[:SPACED_LINES]}
    if len(_split(lines[0], separator)) == 1 and len(counts) == 1 and counts.pop() >= LEAST_SPACED:
        return " "
    return separator


def _has_groups(rows: list[list[str]]) -> bool:
    """Whether a column has marks between thousands: beside a decimal mark, twice, or beside bare numbers."""
    for column in zip(*rows, strict=False):
        cells = [cell.strip() for cell in column]
        if any(GROUPS.fullmatch(cell) for cell in cells):
            return True
        for mark in ",.":
            marked = [cell for cell in cells if mark in cell]
            bare = sum(cell.isdecimal() for cell in cells)
            if bare and len(marked) >= LEAST_GROUPED and all(GROUP.fullmatch(cell) for cell in marked):
                return True
    return False


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line.strip(" ")], delimiter=separator, skipinitialspace=separator == " "), [])


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turn the errors of reading a table into an UnreadableTable of one sentence."""
    try:
        yield
    except UnicodeError as error:
        raise UnreadableTable(f"“{source.name}” is not text in UTF-8: save it as CSV (UTF-8).") from error
    except DAMAGED_ZIP as error:
        raise UnreadableTable(f"“{source.name}” cannot be read to its end: download it again.") from error
    except (pd.errors.ParserError, csv.Error) as error:
        raise UnreadableTable(ROWS_DO_NOT_FIT.format(source.name)) from error
