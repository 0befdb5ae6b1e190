"""Segment, the noun a true label becomes: a stretch of a recording and what is done in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A labelled stretch of a recording, in seconds after its first frame."""

    label: str
    start_s: float
    end_s: float
