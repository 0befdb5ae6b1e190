"""Shortcut probes: how much of a rendered dataset can be answered without seeing any motion.

A linear probe (Alain and Bengio 2016) on colours, and one on DINOv2's features of a single frame.  A high F1
says that a dataset can be solved by a shortcut (Geirhos et al. 2020).
"""

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
Extract = Callable[[list[Clip]], np.ndarray]  # clips to vectors [N, D]


def colour_f1(manifest: Path) -> float:
    """F1 on the testing split of a linear probe on the colour histogram of a clip."""
    return _probe_f1(manifest, lambda clips: np.stack([colour_histogram(clip.frames) for clip in clips]))


def frame_f1(manifest: Path, dinov2: Path) -> float:
    """The same on DINOv2's features of a clip's middle frame; dinov2 is a folder of its weights."""
    import torch

    from zoo.encoders.dinov2 import Dinov2Encoder

    encoder = Dinov2Encoder(dinov2, torch.device("cpu"))
    return _probe_f1(manifest, lambda clips: encoder.embed_images([c.frames[FRAMES // 2] for c in clips]))


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

    probes = [
        make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=400)).fit(*training)
        for strength in STRENGTHS
    ]
    best = max(probes, key=lambda each: weighted_f1(validation[1], each.predict(validation[0])))
    return weighted_f1(testing[1], best.predict(testing[0]))


def _probe_f1(manifest: Path, extract: Extract) -> float:
    return linear_f1(*(_features(manifest, split, extract) for split in SPLITS))


def _features(manifest: Path, split: str, extract: Extract) -> Labelled:
    vectors, labels = [], []
    for pairs in _batches(labelled_clips(manifest, rows_of(manifest, split))):
        vectors.append(extract([clip for clip, _ in pairs]))
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
