"""Perturbations: clips that lost one thing a model may use, so that its part in the score is seen.

Gaze shuffled among clips, or frames shuffled within each (permutation importance, Breiman 2001).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from encodings.clip import FRAMES, Clip
from encodings.errors import UserError

SHUFFLES = ("gaze", "frames")


class UnknownShuffle(UserError):
    """Something that cannot be shuffled."""


@dataclass(frozen=True)
class Perturbation:
    """What is shuffled, one of SHUFFLES, and the seed of its order.  Raises UnknownShuffle."""

    shuffled: str
    seed: int = 0

    def __post_init__(self) -> None:
        if self.shuffled not in SHUFFLES:
            raise UnknownShuffle(
                f"“{self.shuffled}” cannot be shuffled; expected one of {', '.join(SHUFFLES)}."
            )


def shuffle_gaze(clips: Iterable[Clip], gazes: Sequence[np.ndarray | None], seed: int) -> Iterator[Clip]:
    """Give every clip the gaze of another: the dots stay as many and as lively, and mean nothing.

    gazes are the clips' own, in order, as `relative_gaze` makes them; no clip keeps its own.
    """
    others = _others(len(gazes), np.random.default_rng(seed))
    for clip, other in zip(clips, others, strict=True):
        gaze = gazes[other]
        size = clip.frames.shape[2], clip.frames.shape[1]
        yield replace(clip, gaze_px=None if gaze is None else gaze * size)


def relative_gaze(clip: Clip) -> np.ndarray | None:
    """A clip's gaze [16, 2] in widths and heights of its frames."""
    return None if clip.gaze_px is None else clip.gaze_px / (clip.frames.shape[2], clip.frames.shape[1])


def shuffle_frames(clips: Iterable[Clip], seed: int) -> Iterator[Clip]:
    """Put each clip's frames, and what belongs to each frame, in an order drawn at random."""
    rng = np.random.default_rng(seed)
    for clip in clips:
        order = rng.permutation(FRAMES)
        kept = {name: getattr(clip, name) for name in ("gaze_px", "depth", "masks")}
        moved = {name: value[order] for name, value in kept.items() if value is not None}
        yield replace(clip, frames=clip.frames[order], **moved)


def _others(count: int, rng: np.random.Generator) -> np.ndarray:
    """For each place another one, all different: one cycle through all places in random order."""
    order = rng.permutation(count)
    others = np.empty(count, int)
    others[order] = np.roll(order, 1)
    return others
