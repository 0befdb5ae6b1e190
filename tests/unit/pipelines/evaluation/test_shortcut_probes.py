"""The rendered bench is not easy for the wrong reason: colours alone tell little of what is done."""

import numpy as np
import pytest

from pipelines.datasets.rendered.frames.frames import frames_at
from pipelines.datasets.rendered.output.files import label_at
from pipelines.datasets.rendered.scenes.scene import build_scene
from pipelines.evaluation.shortcut_probes import BINS, colour_histogram, linear_f1

WEARERS = {"training": range(14), "validation": range(14, 17), "testing": range(17, 23)}
MOST_F1 = 0.40


def coloured(wearers: range) -> tuple[np.ndarray, list[str]]:
    """A frame of every clip of a minute of each wearer's work, and what goes on."""
    vectors, labels = [], []
    for wearer in wearers:
        scene = build_scene("lab-actions", 31, wearer, wearer, total_s=60)
        starts_s = np.arange(0, 60, 4)
        drawn = frames_at(scene, starts_s + 2.0, 96, 72, truth=False)
        vectors += [colour_histogram(frame.rgb[None]) for frame in drawn]
        labels += [label_at(scene, start_s) for start_s in starts_s]
    return np.stack(vectors), labels


def test_colours_alone_stay_under_the_limit():
    f1 = linear_f1(*(coloured(WEARERS[split]) for split in ("training", "validation", "testing")))
    assert 0 < f1 < MOST_F1


def test_a_histogram_counts_every_pixel_where_its_colour_is():
    frames = np.zeros((2, 4, 4, 3), np.uint8)
    frames[1] = (255, 0, 0)
    histogram = colour_histogram(frames)
    assert histogram.shape == (BINS**3,)
    assert histogram[0] ** 2 == pytest.approx(0.5)
    assert histogram[(BINS - 1) * BINS * BINS] ** 2 == pytest.approx(0.5)


def test_a_linear_reader_finds_what_is_linear_and_nothing_in_noise():
    rng = np.random.default_rng(0)
    labels = rng.choice(["a", "b"], 600).tolist()
    separable = rng.normal(0, 0.1, (600, 3)) + np.array([[float(label == "a")] * 3 for label in labels])
    noise = rng.normal(size=(600, 3))
    parts = [slice(0, 300), slice(300, 400), slice(400, 600)]
    assert linear_f1(*((separable[part], labels[part]) for part in parts)) > 0.95
    assert linear_f1(*((noise[part], labels[part]) for part in parts)) < 0.65
