"""The weighted random baseline of the paper: labels drawn as often as the training split has them."""

from collections.abc import Mapping

import numpy as np

SEED = 0


def weighted_draw(frequencies: Mapping[str, int], clips: int, seed: int = SEED) -> tuple[str, ...]:
    """Draw a label for every clip; frequencies counts the clips of each label in a training split."""
    counts = np.array(list(frequencies.values()), float)
    labels = np.random.default_rng(seed).choice(list(frequencies), clips, p=counts / counts.sum())
    return tuple(labels.tolist())
