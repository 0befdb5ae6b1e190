"""Painted clips as a file of pixels, so that decoding and painting happen once, not once an epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from encodings.clip import FRAMES
from encodings.names import encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import ClipRow
from zoo.labels import LabelSet, parse_label
from zoo.pixels import square


@dataclass(frozen=True, eq=False)
class PixelCache:
    """pixels [E, N, 16, 3, S, S] uint8, a memory map: N clips in each of E encodings; labels [N] int."""

    pixels: np.ndarray
    labels: torch.Tensor

    def batches(self, size: int, generator: torch.Generator) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Every clip once in random order, each in an encoding drawn at random."""
        kinds, clips = self.pixels.shape[:2]
        for places in torch.randperm(clips, generator=generator).split(size):
            drawn = torch.randint(kinds, (len(places),), generator=generator)
            yield torch.from_numpy(self.pixels[drawn.numpy(), places.numpy()]), self.labels[places]

    def in_order(self, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Every clip in every encoding, as it stands."""
        for block in self.pixels:
            for places in torch.arange(len(block)).split(size):
                yield torch.from_numpy(block[places.numpy()]), self.labels[places]


def open_cache(
    manifest: Path, split: str, labels: LabelSet, encodings: tuple[str, ...], side: int, folder: Path
) -> PixelCache:
    """Open the cache of a split in a folder, painting it first if it is not there."""
    rows = rows_of(manifest, split)
    places = [labels.labels.index(parse_label(row.label, labels)) for row in rows]
    path = folder / f"{split}-{'-'.join(encodings)}-{side}.npy"
    if not path.exists():
        _fill(path, manifest, rows, encodings, side)
    return PixelCache(np.load(path, mmap_mode="r"), torch.tensor(places))


def _fill(
    path: Path, manifest: Path, rows: tuple[ClipRow, ...], encodings: tuple[str, ...], side: int
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    shape = (len(encodings), len(rows), FRAMES, 3, side, side)
    pixels = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
    for number, (clip, _) in enumerate(labelled_clips(manifest, rows)):
        for kind, name in enumerate(encodings):
            pixels[kind, number] = square(encode(clip, encoding(name)).frames, side).numpy()
    pixels.flush()
    part.rename(path)
