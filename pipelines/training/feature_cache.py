"""Features of a manifest's clips in a file: heads are fitted without running the encoder again."""

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
from pipelines.training.fingerprint import clips_fingerprint, digest, encoding_fingerprint
from zoo.atomic_write import atomic_write
from zoo.features import Features, FeatureSpec
from zoo.hub.download import fetch
from zoo.model_store import ModelStore

BATCH = 16  # clips in one forward pass
ARRAYS = ("starts_s", "ends_s", "vectors", "tokens")  # of Features
ENCODER_FILES = ("*.safetensors", "preprocessor_config.json", "tokenizer.json")


def embed_rows(
    manifest: Path,
    rows: tuple[ClipRow, ...],
    spec: FeatureSpec,
    encoding: Encoding,
    store: ModelStore,
    folder: Path,
) -> Features:
    """Embed the clips of rows, or read their features from the folder.

    The file's name depends on the clips' content and times, the encoding, the encoder with its weights, and
    its question.  Raises what reading the clips and loading the encoder raise.
    """
    key = digest(clips_fingerprint(manifest, rows), *_spec_parts(spec), encoding_fingerprint(encoding.name))
    path = folder / f"{spec.weights.name}-{encoding.name}-{key}.npz"
    if not path.exists():
        arrays = _joined(list(_embed(manifest, rows, spec, encoding, store)))
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, "wb") as file:
            np.savez(file, **arrays)
    with np.load(path) as stored:
        captions = tuple(map(str, stored["captions"])) if "captions" in stored else None
        arrays = {name: stored.get(name) for name in ARRAYS}
    return Features(**arrays, captions=captions)


def _embed(
    manifest: Path, rows: tuple[ClipRow, ...], spec: FeatureSpec, encoding: Encoding, store: ModelStore
) -> Iterator[Features]:
    with closing(prefetch(labelled_clips(manifest, rows))) as clips:
        while batch := [encode(clip, encoding) for clip, _ in islice(clips, BATCH)]:
            yield store.embed(spec, batch)


def _joined(parts: list[Features]) -> dict[str, np.ndarray]:
    names = [name for name in ARRAYS if getattr(parts[0], name) is not None]
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    if parts[0].captions is not None:
        arrays["captions"] = np.array([caption for part in parts for caption in part.captions], dtype=str)
    return arrays


def _spec_parts(spec: FeatureSpec) -> tuple[object, ...]:
    folder = fetch(spec.weights)
    files = sorted(path for pattern in ENCODER_FILES for path in folder.glob(pattern))
    content = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return spec.encoder, spec.prompt, spec.sentences, content
