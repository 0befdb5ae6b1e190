"""Segment and TrueLabels, the nouns that true labels are read into."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A labelled interval of a recording, in seconds after its first frame."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class TrueLabels(Sequence[Segment]):
    """The labelled segments of a recording in order of time, as a sequence.

    notes  sentences on what was inferred or left out when they were read
    """

    segments: tuple[Segment, ...] = ()
    notes: tuple[str, ...] = ()

    def __getitem__(self, place):
        return self.segments[place]

    def __len__(self) -> int:
        return len(self.segments)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)


NO_LABELS = TrueLabels()
