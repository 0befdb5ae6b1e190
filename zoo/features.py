"""Features, which pass from an encoder to a head, and FeatureSpec, the identity of one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from encodings.clip import Clip
from zoo.weights import Weights

VECTOR_DECIMALS = 3  # of caption vectors that trees are fitted on


@dataclass(frozen=True, kw_only=True)
class FeatureSpec:
    """The identity of one forward pass: variants that agree on it share it."""

    encoder: str  # a module of zoo.encoders
    weights: Weights
    prompt: str | None = None  # the question of a captioner
    sentences: Weights | None = None  # of the model that embeds its captions

    @property
    def model(self) -> tuple[str, Weights, Weights | None]:
        """The identity of the encoder alone, whatever it is asked."""
        return self.encoder, self.weights, self.sentences


@dataclass(frozen=True, eq=False, kw_only=True)
class Features:
    """An encoder's output for N clips.

    starts_s, ends_s  [N] seconds
    vectors           [N, D] float32, one a clip
    tokens            [N, L, D'] float32, for heads with cross-attention; or None
    captions          N texts of a captioner; or None
    """

    starts_s: np.ndarray
    ends_s: np.ndarray
    vectors: np.ndarray
    tokens: np.ndarray | None = None
    captions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or not len(self.vectors) == len(self.starts_s) == len(self.ends_s):
            raise ValueError(f"features of {len(self.starts_s)} clips cannot be {self.vectors.shape}")

    def part(self, clips: slice) -> "Features":
        """Those of some of the clips."""
        return Features(
            starts_s=self.starts_s[clips],
            ends_s=self.ends_s[clips],
            vectors=self.vectors[clips],
            tokens=None if self.tokens is None else self.tokens[clips],
            captions=None if self.captions is None else self.captions[clips],
        )


def join(parts: Sequence[Features]) -> Features:
    """The features of several forward passes of one encoder, as those of one."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    return Features(
        starts_s=np.concatenate([part.starts_s for part in parts]),
        ends_s=np.concatenate([part.ends_s for part in parts]),
        vectors=np.concatenate([part.vectors for part in parts]),
        tokens=None if first.tokens is None else np.concatenate([part.tokens for part in parts]),
        captions=None if first.captions is None else tuple(text for part in parts for text in part.captions),
    )


def quantise(features: Features, decimals: int | None) -> Features:
    """Round vectors to a number of decimals, so that trees see the same numbers on every processor.

    The same caption has the same vector only up to 1e-7: instruction sets add in different orders, and trees
    fitted on many copies of few captions split on that noise.  Heads are fitted on, and answer for,
    quantised vectors; None leaves the vectors as they are.
    """
    return features if decimals is None else replace(features, vectors=features.vectors.round(decimals))


class Encoder(Protocol):
    """A neural encoder: embeds clips, whichever visual encoding their frames have."""

    def embed(self, clips: Sequence[Clip], prompt: str | None = None) -> Features:
        """One forward pass over N clips.  Encoders that are no captioner ignore the prompt."""
        ...

    def parameters(self) -> int:
        """How many weights it has."""
        ...

    def memory(self) -> int:
        """How many bytes its weights take."""
        ...

    def clip_bytes(self) -> int:
        """About how many bytes each clip of a forward pass takes beside the weights."""
        ...
