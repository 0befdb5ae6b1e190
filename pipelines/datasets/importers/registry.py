"""The one table of sources of labelled video.  A new source is one file in this folder and one row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.datasets.importers import ego4d, folder, published
from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.manifest import ClipRow
from pipelines.recordings.annotations.names import LabelNames

HELD_OUT_SHARE = 0.15  # of the clips go to validation, and to testing, where no split was given
EGO4D_SHARE = 0.01  # the paper keeps 3324 and 3325 of 337 k

Read = Callable[[Path, Path | None, LabelNames, Skipped], list[ClipRow]]
"""(source, folder of the videos, names of labels, what was left out) to rows with absolute paths."""


@dataclass(frozen=True)
class Importer:
    """How one kind of source is read.

    held_out_share  of the clips without a split, for validation and for testing each
    one_label       whether an interval has one right label; narrations may differ and both be right
    """

    read: Read
    held_out_share: float
    one_label: bool = True


KINDS = {
    "published": Importer(published.read, HELD_OUT_SHARE),
    "ego4d": Importer(ego4d.read, EGO4D_SHARE, one_label=False),
    "folder": Importer(folder.read, HELD_OUT_SHARE),
}
