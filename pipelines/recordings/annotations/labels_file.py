"""The true labels of one recording, from a table in any of the layouts listed here."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pipelines.recordings.annotations import published, segments
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.annotations.table import EXPECTED, UnreadableLabels, read_table
from zoo.labels import LabelSet

# The first layout whose columns are all there counts.
LAYOUTS = ((segments.COLUMNS, segments.read), (published.COLUMNS, published.read))
OVERLAP_S = 0.001  # segments may overlap by so much: times are rounded


def read_labels(path: Path, recording: str, labels: LabelSet) -> tuple[Segment, ...]:
    """The labelled segments of a recording, in order of time.

    Layouts: start_s,end_s,label, with a column video if it lists more than one recording; or one row a
    4 s clip, video,label, as in the published tables, where the name <recording>_<part>_<index>.mp4 gives
    its time.  recording is the name of the video.  Raises UnreadableLabels.
    """
    table = read_table(path)
    read = next((read for columns, read in LAYOUTS if columns <= table.columns), None)
    if read is None:
        raise UnreadableLabels(f"{path.name} has the columns {', '.join(sorted(table.columns))}; {EXPECTED}.")
    ordered = sorted(read(table, recording, labels), key=lambda segment: segment.start_s)
    for segment, following in pairwise(ordered):
        if following.start_s < segment.end_s - OVERLAP_S:
            raise UnreadableLabels(
                f"{path.name} gives two labels to {following.start_s:g} s; give every moment at most one."
            )
    return tuple(ordered)


def labels_at(truth: Sequence[Segment], spans: Sequence[tuple[float, float]]) -> tuple[str | None, ...]:
    """The true label of each span: the one that covers most of it, if together that is half of it or more."""
    return tuple(_label_at(truth, *span) for span in spans)


def _label_at(truth: Sequence[Segment], start_s: float, end_s: float) -> str | None:
    covered_s: dict[str, float] = {}
    for segment in truth:
        shared_s = min(end_s, segment.end_s) - max(start_s, segment.start_s)
        if shared_s > 0:
            covered_s[segment.label] = covered_s.get(segment.label, 0.0) + shared_s
    best = max(covered_s, key=lambda label: covered_s[label], default=None)
    return best if best and 2 * covered_s[best] >= end_s - start_s - OVERLAP_S else None
