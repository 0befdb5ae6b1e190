"""The true object masks of rendered recordings, as `render --signals` writes them."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from encodings.clip import FRAMES, RATE_HZ
from pipelines.datasets.manifest import ClipRow

SIGNALS_NAME = "signals.npz"


def true_masks(manifest: Path, row: ClipRow) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Masks [16, h, w] uint8 at a clip's sample times, and the name of the object of each value in them.

    None for a recording without true masks, as every real one is.
    """
    path = (manifest.parent / row.video).with_name(SIGNALS_NAME)
    if not path.is_file():
        return None
    masks, objects, rate_hz = _read(path)
    numbers = ((row.start_s + np.arange(FRAMES) / RATE_HZ) * rate_hz + 1e-6).astype(int)
    return masks[numbers.clip(max=len(masks) - 1)], objects


@lru_cache(maxsize=1)  # rows of one recording follow each other
def _read(path: Path) -> tuple[np.ndarray, tuple[str, ...], float]:
    with np.load(path) as signals:  # never a pickle: numpy refuses one by itself
        return signals["masks"], tuple(map(str, signals["objects"])), float(signals["rate_hz"])
