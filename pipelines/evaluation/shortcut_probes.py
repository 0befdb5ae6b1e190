"""Is a rendered dataset easy for the wrong reason?  Two readers that see no motion try it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from encodings.clip import FRAMES, Clip
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import SPLITS
from pipelines.evaluation.metrics import weighted_f1

BINS = 6  # of each colour channel
STRENGTHS = (0.01, 0.1, 1.0)  # of a logistic regression, chosen on the validation split
BATCH = 32
Labelled = tuple[np.ndarray, list[str]]  # vectors [N, D], their labels
Reader = Callable[[list[Clip]], np.ndarray]


def colour_f1(manifest: Path) -> float:
    """F1 on the testing split of a logistic regression on the colours of a clip, wherever they are."""
    return _read_f1(manifest, lambda clips: np.stack([colour_histogram(clip.frames) for clip in clips]))


def frame_f1(manifest: Path, dinov2: Path) -> float:
    """The same on DINOv2's features of a clip's middle frame; dinov2 is a folder of its weights."""
    import torch

    from zoo.encoders.dinov2 import Dinov2Encoder

    encoder = Dinov2Encoder(dinov2, torch.device("cpu"))
    return _read_f1(manifest, lambda clips: encoder.embed_images([c.frames[FRAMES // 2] for c in clips]))


def colour_histogram(frames: np.ndarray) -> np.ndarray:
    """Shares [BINS ** 3] of the pixels of [T, H, W, 3] in each cell of the RGB cube, as square roots."""
    cells = frames[:, ::2, ::2].astype(np.uint16) * BINS // 256
    numbers = (cells[..., 0] * BINS + cells[..., 1]) * BINS + cells[..., 2]
    counts = np.bincount(numbers.ravel(), minlength=BINS**3)
    return np.sqrt(counts / counts.sum())


def linear_f1(training: Labelled, validation: Labelled, testing: Labelled) -> float:
    """F1 on the testing vectors of a logistic regression, its strength chosen on the validation vectors."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = [
        make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=400)).fit(*training)
        for strength in STRENGTHS
    ]
    best = max(fitted, key=lambda each: weighted_f1(validation[1], each.predict(validation[0])))
    return weighted_f1(testing[1], best.predict(testing[0]))


def _read_f1(manifest: Path, read: Reader) -> float:
    return linear_f1(*(_features(manifest, split, read) for split in SPLITS))


def _features(manifest: Path, split: str, read: Reader) -> Labelled:
    vectors, labels = [], []
    for pairs in _batches(labelled_clips(manifest, rows_of(manifest, split))):
        vectors.append(read([clip for clip, _ in pairs]))
        labels += [row.label for _, row in pairs]
    return np.concatenate(vectors), labels


def _batches(pairs: Iterable[tuple]) -> Iterable[list[tuple]]:
    batch = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
