"""What passes from an encoder to a head, and what identifies one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from encodings.clip import Clip


@dataclass(frozen=True)
class Weights:
    """Where weights are: a folder, or a Hub id with its pinned 40-hex revision."""

    source: str
    revision: str | None = None  # None for a folder

    @property
    def name(self) -> str:
        """What the page and the JSON call them; a folder by its own name alone."""
        return self.source if self.revision else Path(self.source).name


@dataclass(frozen=True)
class FeatureSpec:
    """The identity of one forward pass: variants that agree on it share it."""

    encoder: str
    weights: Weights
    prompt: str | None = None


@dataclass(frozen=True, eq=False)
class Features:
    """What an encoder saw in N clips.

    starts_s, ends_s  [N] seconds
    vectors           [N, D] float32, one a clip
    """

    starts_s: np.ndarray
    ends_s: np.ndarray
    vectors: np.ndarray

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or not len(self.vectors) == len(self.starts_s) == len(self.ends_s):
            raise ValueError(f"features of {len(self.starts_s)} clips cannot be {self.vectors.shape}")


class Encoder(Protocol):
    """A neural encoder: embeds clips, blind to which visual encoding they were painted in."""

    def embed(self, clips: Sequence[Clip]) -> Features:
        """One forward pass over N clips."""
        ...
