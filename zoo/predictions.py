"""What a head says of a clip."""

from dataclasses import dataclass
from typing import Protocol

from zoo.features import Features


@dataclass(frozen=True, kw_only=True)
class ClipPrediction:
    """The activity named for one clip.  scores sum to 1 but are not calibrated probabilities."""

    start_s: float
    end_s: float
    label: str
    scores: dict[str, float] | None = None
    caption: str | None = None


class Head(Protocol):
    """What turns features into labels; it is swapped without touching the encoder."""

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        ...

    def parameters(self) -> int:
        """How many weights it holds; for trees, how many nodes."""
        ...

    def memory(self) -> int:
        """How many bytes they take."""
        ...
