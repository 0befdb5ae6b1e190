"""ClipPrediction, a head's answer for one clip."""

from dataclasses import dataclass
from typing import Protocol

from zoo.features import Features


@dataclass(frozen=True, kw_only=True)
class ClipPrediction:
    """The label of one clip.  scores sum to 1 but are not calibrated probabilities."""

    start_s: float
    end_s: float
    label: str
    scores: dict[str, float] | None = None
    caption: str | None = None


class Head(Protocol):
    """Turns features into labels; it is replaced without touching the encoder."""

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        ...

    def parameters(self) -> int:
        """How many weights it has; for trees, how many nodes."""
        ...

    def memory(self) -> int:
        """How many bytes they take."""
        ...
