"""What an encoder sees in clips of a manifest, kept in a file: heads are fitted without looking again."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips
from pipelines.datasets.manifest import ClipRow
from pipelines.recognition.clip_source import prefetch
from zoo.atomic_write import atomic_write
from zoo.features import Features, FeatureSpec
from zoo.hub.download import fetch
from zoo.model_store import ModelStore

TOGETHER = 16  # clips in one forward pass
ARRAYS = ("starts_s", "ends_s", "vectors", "tokens")  # of Features


def embed_rows(
    manifest: Path,
    rows: tuple[ClipRow, ...],
    spec: FeatureSpec,
    painted: Encoding,
    store: ModelStore,
    folder: Path,
) -> Features:
    """Embed the clips of rows, or read what was embedded before.

    The file's name tells rows, encoding, encoder, its weights and its question apart.  Raises what reading
    the clips and loading the encoder raise.
    """
    path = folder / f"{spec.weights.name}-{painted.name}-{_digest(rows, spec, painted)}.npz"
    if not path.exists():
        parts = list(_embedded(manifest, rows, spec, painted, store))
        _write(path, _joined(parts))
    with np.load(path) as held:
        captions = tuple(map(str, held["captions"])) if "captions" in held else None
        arrays = {name: held.get(name) for name in ARRAYS}
    return Features(**arrays, captions=captions)


def _embedded(
    manifest: Path, rows: tuple[ClipRow, ...], spec: FeatureSpec, painted: Encoding, store: ModelStore
) -> Iterator[Features]:
    with closing(prefetch(labelled_clips(manifest, rows))) as clips:
        while some := [encode(clip, painted) for clip, _ in islice(clips, TOGETHER)]:
            yield store.embed(spec, some)


def _joined(parts: list[Features]) -> dict[str, np.ndarray]:
    names = [name for name in ARRAYS if getattr(parts[0], name) is not None]
    held = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    if parts[0].captions is not None:
        held["captions"] = np.array([caption for part in parts for caption in part.captions], dtype=str)
    return held


def _write(path: Path, held: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, "wb") as file:
        np.savez(file, **held)


def _digest(rows: tuple[ClipRow, ...], spec: FeatureSpec, painted: Encoding) -> str:
    files = sorted(fetch(spec.weights).glob("*.safetensors"))
    weights = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    told = (rows, spec.encoder, spec.prompt, spec.sentences, painted.name, weights)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
