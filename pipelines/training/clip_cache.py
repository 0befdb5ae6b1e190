"""Encoded clips in a file of pixels, so that decoding and encoding happen once, not once an epoch."""

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
from pipelines.datasets.true_masks import SIGNALS_NAME, true_masks
from pipelines.evaluation.perturbations import relative_gaze
from pipelines.training.distributed import processes
from pipelines.training.fingerprint import clips_fingerprint, digest, encoding_fingerprint, file_fingerprint
from zoo.labels import LabelSet, parse_label
from zoo.pixels import square

BACKGROUND = "background"


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """squares [B, 16, 3, S, S], labels [B] int, objects [B, T, S, S] uint8, gaze [B, 16, 2] from -1 to 1."""

    squares: torch.Tensor
    labels: torch.Tensor
    objects: torch.Tensor | None = None
    gaze: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class BatchDraw:
    """The clips [B] of a batch, and the encoding [B] that each is shown in."""

    clips: torch.Tensor
    encodings: torch.Tensor

    def __getitem__(self, rows: slice) -> "BatchDraw":
        """Some clips of the batch."""
        return BatchDraw(self.clips[rows], self.encodings[rows])


@dataclass(frozen=True, kw_only=True, eq=False)
class PixelCache:
    """N clips in each of E encodings, as memory maps.

    pixels        [E, N, 16, 3, S, S] uint8
    labels        [N] int, places in the label set
    gaze          [N, 16, 2] float32, from -1 to 1 across the frame, NaN where it was not measured
    objects       [N, T, S, S] uint8, places in `object_names`, one mask for each of T tubelets; or None
    object_names  "background" first
    """

    pixels: np.ndarray
    labels: torch.Tensor
    gaze: torch.Tensor
    objects: np.ndarray | None = None
    object_names: tuple[str, ...] = ()

    def draws(self, size: int, generator: torch.Generator) -> Iterator[BatchDraw]:
        """Every clip once in random order, each in an encoding drawn at random."""
        encodings, clips = self.pixels.shape[:2]
        for places in torch.randperm(clips, generator=generator).split(size):
            yield BatchDraw(places, torch.randint(encodings, (len(places),), generator=generator))

    def read(self, draw: BatchDraw) -> Batch:
        """The pixels and targets of a batch, or of a shard of it."""
        places = draw.clips.numpy()
        objects = None if self.objects is None else torch.from_numpy(self.objects[places])
        return Batch(
            squares=torch.from_numpy(self.pixels[draw.encodings.numpy(), places]),
            labels=self.labels[draw.clips],
            objects=objects,
            gaze=self.gaze[draw.clips],
        )

    def in_order(self, size: int) -> Iterator[Batch]:
        """Every clip in every encoding, in the order of the manifest."""
        for block in self.pixels:
            for places in torch.arange(len(block)).split(size):
                yield Batch(squares=torch.from_numpy(block[places.numpy()]), labels=self.labels[places])


def open_cache(
    manifest: Path, split: str, labels: LabelSet | None, encodings: tuple[str, ...], side: int, folder: Path
) -> PixelCache:
    """Open the cache of a split in a folder; encode its clips first if they are not there.

    Without a label set the manifest's labels are not read, and every label is 0.  Raises what reading the
    manifest and its recordings raises.
    """
    rows = rows_of(manifest, split)
    places = [labels.labels.index(parse_label(row.label, labels)) if labels else 0 for row in rows]
    key = digest(clips_fingerprint(manifest, rows), *map(encoding_fingerprint, encodings))
    path = folder / f"{split}-{key}-{'-'.join(encodings)}-{side}.npy"
    gaze_path = path.with_suffix(".gaze.npy")
    with processes().main_process_first():
        if not path.exists():
            shape = (len(encodings), len(rows), FRAMES, 3, side, side)
            gaze = np.full((len(rows), FRAMES, 2), np.nan, np.float32)
            _write_pixels(path, shape, _encoded(manifest, rows, encodings, side, gaze), {gaze_path: gaze})
    gaze = torch.from_numpy(np.load(gaze_path))
    return PixelCache(pixels=np.load(path, mmap_mode="r"), labels=torch.tensor(places), gaze=gaze)


def with_objects(cache: PixelCache, manifest: Path, split: str, tubelet: int, folder: Path) -> PixelCache:
    """The same cache with the true object masks, if every recording has them."""
    rows = rows_of(manifest, split)
    if any(true_masks(manifest, row) is None for row in rows):
        return cache
    side, tubelets = cache.pixels.shape[-1], FRAMES // tubelet
    path = folder / f"{split}-{_masks_key(manifest, rows)}-objects-{side}-{tubelet}.npy"
    names_path = path.with_suffix(".json")
    with processes().main_process_first():
        if not path.exists():
            found = {name for row in rows for name in true_masks(manifest, row)[1]}
            names = (BACKGROUND, *sorted(found - {BACKGROUND}))
            folder.mkdir(parents=True, exist_ok=True)
            names_path.write_text(json.dumps(names))
            masks = _middle_masks(manifest, rows, names, side, tubelet)
            _write_pixels(path, (len(rows), tubelets, side, side), masks)
    names = tuple(json.loads(names_path.read_text()))
    return replace(cache, objects=np.load(path, mmap_mode="r"), object_names=names)


def _masks_key(manifest: Path, rows: tuple[ClipRow, ...]) -> str:
    videos = {row.video for row in rows}
    signals = {video: (manifest.parent / video).with_name(SIGNALS_NAME) for video in videos}
    content = {video: file_fingerprint(path) for video, path in signals.items()}
    return digest(clips_fingerprint(manifest, rows), [content[row.video] for row in rows])


def _write_pixels(
    path: Path,
    shape: tuple[int, ...],
    parts: Iterator[tuple[object, np.ndarray]],
    companions: dict[Path, np.ndarray] | None = None,
) -> None:
    """Write (place, values) into an array file that has its name only when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    values = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
    for place, value in parts:
        values[place] = value
    values.flush()
    for other, array in (companions or {}).items():
        np.save(other, array)
    part.rename(path)


def _encoded(
    manifest: Path, rows: tuple[ClipRow, ...], encodings: tuple[str, ...], side: int, gaze: np.ndarray
) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Every clip in every encoding; writes the clips' gaze into `gaze` [N, 16, 2]."""
    for number, (clip, _) in enumerate(labelled_clips(manifest, rows)):
        if (relative := relative_gaze(clip)) is not None:
            gaze[number] = 2 * relative - 1
        for kind, name in enumerate(encodings):
            yield (kind, number), square(encode(clip, encoding(name)).frames, side).numpy()


def _middle_masks(
    manifest: Path, rows: tuple[ClipRow, ...], names: tuple[str, ...], side: int, tubelet: int
) -> Iterator[tuple[int, np.ndarray]]:
    """The masks of the middle frame of every tubelet, with the same numbers in all recordings."""
    for number, row in enumerate(rows):
        masks, objects = true_masks(manifest, row)
        places = np.array([names.index(name) for name in objects], np.uint8)
        middle = places[masks[tubelet // 2 :: tubelet]]
        yield number, np.stack([cv2.resize(m, (side, side), interpolation=cv2.INTER_NEAREST) for m in middle])
