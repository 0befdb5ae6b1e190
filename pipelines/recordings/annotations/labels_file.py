"""The true labels of one recording, from a file in any of the layouts of the registry."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from pipelines.recordings.annotations.entries import Annotations, UnreadableLabels, listed
from pipelines.recordings.annotations.labelled_video import LabelledVideo, entries_of_video
from pipelines.recordings.annotations.names import LabelNames, with_labels
from pipelines.recordings.annotations.registry import read_annotations
from pipelines.recordings.annotations.segment import Segment, TrueLabels
from pipelines.recordings.annotations.times import check_times, in_seconds
from zoo.labels import LabelSet

OVERLAP_S = 0.001  # segments may overlap by so much: times are rounded


def read_labels(
    path: Path, video: LabelledVideo, labels: LabelSet, mapping: Mapping[str, str] | None = None
) -> TrueLabels:
    """The labelled segments of a video, in order of time, and notes on what was inferred.

    mapping gives labels of the set, or "" for none, by other names.  Raises UnreadableLabels, and its child
    UnknownNames for names that are no labels of the set; BadMapping for a mapping to no label.
    """
    names = LabelNames(labels, mapping or {})
    annotations = entries_of_video(read_annotations(path), video.name)
    annotations = with_labels(annotations, names)
    if not annotations.entries:
        raise UnreadableLabels(
            f"{path.name} has no labelled interval for {video.name}: "
            f"{' '.join(annotations.notes) or 'label one.'}"
        )
    annotations = check_times(in_seconds(annotations, video), video)
    return TrueLabels(_segments(annotations), tuple(dict.fromkeys(annotations.notes)))


def _segments(annotations: Annotations) -> tuple[Segment, ...]:
    """The entries in order of time; no two may overlap.  Raises UnreadableLabels."""
    ordered = sorted(annotations.entries, key=lambda entry: entry.start)
    for entry, following in pairwise(ordered):
        if following.start < entry.end - OVERLAP_S:
            tiers = list(dict.fromkeys(filter(None, (entry.tier, following.tier))))
            remedy = (
                f"export one of the tiers {listed(tiers)} alone"
                if len(tiers) > 1
                else "give every moment at most one"
            )
            raise UnreadableLabels(
                f"{annotations.file} gives two labels to {following.start:g} s, {entry.label} and "
                f"{following.label}; {remedy}."
            )
    return tuple(Segment(entry.label, entry.start, entry.end) for entry in ordered)


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
