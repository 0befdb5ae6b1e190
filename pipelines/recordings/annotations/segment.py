"""Segment, the noun a true label is read into: an interval of a recording and what is done in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A labelled interval of a recording, in seconds after its first frame."""

    label: str
    start_s: float
    end_s: float
