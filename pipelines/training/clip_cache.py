"""Painted clips as a file of pixels, so that decoding and painting happen once, not once an epoch."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from encodings.clip import FRAMES
from encodings.names import encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.datasets.true_masks import true_masks
from pipelines.evaluation.perturbations import relative_gaze
from zoo.labels import LabelSet, parse_label
from zoo.pixels import square


@dataclass(frozen=True, eq=False)
class Batch:
    """squares [B, 16, 3, S, S], labels [B] int, objects [B, T, S, S] uint8, gaze [B, 16, 2] from -1 to 1."""

    squares: torch.Tensor
    labels: torch.Tensor
    objects: torch.Tensor | None = None
    gaze: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class PixelCache:
    """N clips in each of E encodings, as memory maps.

    pixels   [E, N, 16, 3, S, S] uint8
    labels   [N] int, places in the label set
    gaze     [N, 16, 2] float32, from -1 to 1 across the frame, NaN where it was not seen
    objects  [N, T, S, S] uint8, places in `kinds`, one picture for each of T tubelets; or None
    kinds    what objects there are to see; "background" first
    """

    pixels: np.ndarray
    labels: torch.Tensor
    gaze: torch.Tensor
    objects: np.ndarray | None = None
    kinds: tuple[str, ...] = ()

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Every clip once in random order, each in an encoding drawn at random."""
        kinds, clips = self.pixels.shape[:2]
        for places in torch.randperm(clips, generator=generator).split(size):
            drawn = torch.randint(kinds, (len(places),), generator=generator)
            squares = torch.from_numpy(self.pixels[drawn.numpy(), places.numpy()])
            objects = None if self.objects is None else torch.from_numpy(self.objects[places.numpy()])
            yield Batch(squares, self.labels[places], objects, self.gaze[places])

    def in_order(self, size: int) -> Iterator[Batch]:
        """Every clip in every encoding, as it stands."""
        for block in self.pixels:
            for places in torch.arange(len(block)).split(size):
                yield Batch(torch.from_numpy(block[places.numpy()]), self.labels[places])


def open_cache(
    manifest: Path, split: str, labels: LabelSet | None, encodings: tuple[str, ...], side: int, folder: Path
) -> PixelCache:
    """Open the cache of a split in a folder, painting it first if it is not there.

    Without a label set the manifest's labels are not read, whatever they are, and every label is 0.
    """
    rows = rows_of(manifest, split)
    places = [labels.labels.index(parse_label(row.label, labels)) if labels else 0 for row in rows]
    path = folder / f"{split}-{_digest(rows)}-{'-'.join(encodings)}-{side}.npy"
    gaze_path = path.with_suffix(".gaze.npy")
    if not path.exists():
        shape = (len(encodings), len(rows), FRAMES, 3, side, side)
        gaze = np.full((len(rows), FRAMES, 2), np.nan, np.float32)
        _fill(path, shape, _painted(manifest, rows, encodings, side, gaze), {gaze_path: gaze})
    gaze = torch.from_numpy(np.load(gaze_path))
    return PixelCache(np.load(path, mmap_mode="r"), torch.tensor(places), gaze)


def with_objects(cache: PixelCache, manifest: Path, split: str, tubelet: int, folder: Path) -> PixelCache:
    """The same cache with the true object masks beside it, where every recording carries them."""
    rows = rows_of(manifest, split)
    if any(true_masks(manifest, row) is None for row in rows):
        return cache
    side, tubelets = cache.pixels.shape[-1], FRAMES // tubelet
    path = folder / f"{split}-{_digest(rows)}-objects-{side}-{tubelet}.npy"
    names = path.with_suffix(".json")
    if not path.exists():
        kinds = sorted({name for row in rows for name in true_masks(manifest, row)[1]} - {"background"})
        names.write_text(json.dumps(["background", *kinds]))
        looked = _looked(manifest, rows, ("background", *kinds), side, tubelet)
        _fill(path, (len(rows), tubelets, side, side), looked)
    kinds = tuple(json.loads(names.read_text()))
    return replace(cache, objects=np.load(path, mmap_mode="r"), kinds=kinds)


def _digest(rows: tuple[ClipRow, ...]) -> str:
    """Tells the caches of different manifests apart."""
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:8]


def _fill(
    path: Path,
    shape: tuple[int, ...],
    parts: Iterator[tuple[object, np.ndarray]],
    beside: dict[Path, np.ndarray] | None = None,
) -> None:
    """Write (place, values) into an array file that has its name only when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    values = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
    for place, value in parts:
        values[place] = value
    values.flush()
    for other, array in (beside or {}).items():
        np.save(other, array)
    part.rename(path)


def _painted(
    manifest: Path, rows: tuple[ClipRow, ...], encodings: tuple[str, ...], side: int, gaze: np.ndarray
) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Every clip in every encoding; its gaze is noted in `gaze` on the way."""
    for number, (clip, _) in enumerate(labelled_clips(manifest, rows)):
        if (looked := relative_gaze(clip)) is not None:
            gaze[number] = 2 * looked - 1
        for kind, name in enumerate(encodings):
            yield (kind, number), square(encode(clip, encoding(name)).frames, side).numpy()


def _looked(
    manifest: Path, rows: tuple[ClipRow, ...], kinds: tuple[str, ...], side: int, tubelet: int
) -> Iterator[tuple[int, np.ndarray]]:
    """The middle picture of every tubelet, with numbers that mean the same in all recordings."""
    for number, row in enumerate(rows):
        masks, objects = true_masks(manifest, row)
        places = np.array([kinds.index(name) for name in objects], np.uint8)
        middle = places[masks[tubelet // 2 :: tubelet]]
        yield number, np.stack([cv2.resize(m, (side, side), interpolation=cv2.INTER_NEAREST) for m in middle])
