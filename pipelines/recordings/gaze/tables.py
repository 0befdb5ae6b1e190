"""Tables of numbers from strangers: separators, decimal commas, byte order marks, spreadsheets."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd

from pipelines.recordings.gaze.files import DAMAGED_ZIP, NAMED, Source, UnreadableGaze

HEAD_BYTES = 65_536  # enough to see how a table is written
CHUNK_ROWS = 200_000  # bounds memory whatever the table's length
NO_TIME = np.iinfo(np.int64).min  # an int64 has no NaN
MIN_DISTINCT = 0.5  # trackers hardly ever repeat a time: if fewer than this share differ, they were rounded
_UNFIT = "“{}” has rows that do not fit its header: use the file as it was exported."

Convert = Callable[[pd.Series], np.ndarray]


@dataclass(frozen=True)
class Table:
    """A table whose header was read: what it takes to read its columns."""

    source: Source
    columns: tuple[str, ...]  # in lower case, without marks
    encoding: str
    separator: str
    decimal: str
    fits: bool  # no row seen so far has more cells than the header has names

    @property
    def described(self) -> str:
        """Its columns for a message, shortened."""
        shown = ", ".join(each[:40] for each in self.columns[:NAMED])
        return shown + (", …" if len(self.columns) > NAMED else "")


def open_table(source: Source) -> Table:
    """See how a table is written.  Raises UnreadableGaze if it is no text."""
    with reading(source), source.opened() as file:
        head = file.read(HEAD_BYTES)
        encoding = "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    if "\0" in text:
        raise UnreadableGaze(f"“{source.name}” is no table of text but binary data: choose a CSV file.")
    lines = [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
    if not lines:
        raise UnreadableGaze(f"“{source.name}” is empty: export it again.")
    separator = max("\t;,", key=lambda each: len(_split(lines[0], each)))
    columns = tuple(each.strip(" \"'#").casefold() for each in _split(lines[0], separator))
    commas = separator != "," and any(re.search(r"\d,\d", line) for line in lines[1:])
    fits = not any(_overfull(line, lines[0], separator) for line in lines[1:-1])
    return Table(source, columns, encoding, separator, "," if commas else ".", fits)


def read_columns(table: Table, wanted: dict[str, Convert]) -> dict[str, np.ndarray]:
    """Read some of a table's columns, each through its converter, a chunk at a time.

    Raises UnreadableGaze for a table without rows, and for one that breaks off or changes shape.
    """
    if not table.fits:
        raise UnreadableGaze(_UNFIT.format(table.source.name))
    at = {table.columns.index(name): name for name in wanted}
    read = {name: [] for name in wanted}
    with reading(table.source), table.source.opened() as file:
        chunks = pd.read_csv(
            file,
            sep=table.separator,
            decimal=table.decimal,
            encoding=table.encoding,
            header=0,
            index_col=False,
            usecols=sorted(at),
            dtype={position: str for position, name in at.items() if wanted[name] is nanoseconds},
            chunksize=CHUNK_ROWS,
        )
        for chunk in chunks:
            for position, (_, series) in zip(sorted(at), chunk.items(), strict=True):
                read[at[position]].append(wanted[at[position]](series))
    columns = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in read.items()}
    if not all(map(len, columns.values())):
        raise UnreadableGaze(f"“{table.source.name}” has a header but no rows: export it again.")
    return columns


def number(series: pd.Series) -> np.ndarray:
    """Float64; what is no finite number becomes NaN."""
    if not pd.api.types.is_numeric_dtype(series):
        series = pd.to_numeric(series.astype(str).str.strip().str.replace(",", "."), errors="coerce")
    values = series.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def nanoseconds(series: pd.Series) -> np.ndarray:
    """Int64, exact: a float64 would lose hundreds of nanoseconds.  NO_TIME where there is none."""
    text = series.fillna("").astype(str).str.strip()
    plain = text.str.fullmatch(r"\d{1,18}|[1-8]\d{18}").to_numpy(bool)
    stamps = np.full(len(text), NO_TIME, np.int64)
    stamps[plain] = text[plain].to_numpy(str).astype(np.int64)
    for row in np.flatnonzero(~plain):
        stamps[row] = _exact(text.iloc[row])
    return stamps


def is_no(series: pd.Series) -> np.ndarray:
    """Bool: where a flag says no."""
    return series.astype(str).str.strip().str.casefold().isin(["0", "0.0", "0,0", "false"]).to_numpy(bool)


def is_given(series: pd.Series) -> np.ndarray:
    """Bool: where a cell is not empty."""
    return series.notna().to_numpy(bool)


def check_distinct(source: Source, stamps: np.ndarray) -> None:
    """Refuse times that a spreadsheet has rounded until they are equal.  Raises UnreadableGaze."""
    if len(np.unique(stamps)) < MIN_DISTINCT * len(stamps):
        raise UnreadableGaze(
            f"The times in “{source.name}” are rounded until most are equal, as a spreadsheet does when it "
            "saves 19-digit numbers: use the file as it was exported, unopened."
        )


def _exact(text: str) -> int:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return NO_TIME
    return int(value) if value.is_finite() and 0 <= value < 2**63 else NO_TIME


def _overfull(line: str, header: str, separator: str) -> bool:
    """Whether a row has more filled cells than the header has names, as decimal commas make it."""
    names = len(_split(header, separator))
    return line.count(separator) >= names and any(_split(line, separator)[names:])


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turn what goes wrong while reading a stranger's table into one sentence."""
    try:
        yield
    except UnicodeError as error:
        raise UnreadableGaze(f"“{source.name}” is not text in UTF-8: save it as CSV (UTF-8).") from error
    except DAMAGED_ZIP as error:
        raise UnreadableGaze(f"“{source.name}” cannot be read to its end: download it again.") from error
    except (pd.errors.ParserError, csv.Error) as error:
        raise UnreadableGaze(_UNFIT.format(source.name)) from error
