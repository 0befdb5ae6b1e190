"""Painted clips on disk: every clip, in every encoding, beside its truth."""

import numpy as np
import pytest
import torch

from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import read_manifest, write_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.training.clip_cache import open_cache, with_objects
from zoo.labels import LAB_ACTIONS


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    return render(
        "lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False, signals=True
    )


def test_the_cache_holds_every_clip_in_every_encoding(manifest, tmp_path):
    cache = open_cache(manifest, "training", LAB_ACTIONS, ("V", "VG"), 32, tmp_path)
    clips = len(cache.labels)
    assert cache.pixels.shape == (2, clips, 16, 3, 32, 32)
    assert (cache.pixels[0] != cache.pixels[1]).any(axis=(1, 2, 3, 4)).mean() > 0.8  # the dot is there
    seen = torch.cat([batch.labels for batch in cache.batches(4, torch.Generator().manual_seed(0))])
    assert sorted(seen) == sorted(cache.labels)
    assert sum(len(batch.labels) for batch in cache.in_order(4)) == 2 * clips
    again = open_cache(manifest, "training", LAB_ACTIONS, ("V", "VG"), 32, tmp_path)
    assert (again.pixels == cache.pixels).all()


def test_another_manifest_gets_another_cache(manifest, tmp_path):
    """A cache must never lend its pixels to the labels of other clips."""
    first = open_cache(manifest, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    fewer = manifest.with_name("fewer.csv")
    write_manifest([row for row in read_manifest(manifest) if row.start_s == 0], fewer)
    second = open_cache(fewer, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    assert second.pixels.shape[1] == len(second.labels) < len(first.labels) == first.pixels.shape[1]


def test_objects_stand_beside_the_pixels_they_are_of(manifest, tmp_path):
    cache = open_cache(manifest, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    cache = with_objects(cache, manifest, "training", 4, tmp_path)
    assert cache.objects.shape == (len(cache.labels), 4, 32, 32)
    assert cache.kinds[0] == "background"
    assert {"left hand", "right hand", "beaker", "funnel"} <= set(cache.kinds)
    assert cache.objects.max() < len(cache.kinds)
    seen = {cache.kinds[number] for number in np.unique(cache.objects)}
    assert len(seen) > 8


def test_gaze_stands_beside_the_pixels_from_one_edge_to_the_other(manifest, tmp_path):
    cache = open_cache(manifest, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    for (clip, _), gaze in zip(
        labelled_clips(manifest, rows_of(manifest, "training")), cache.gaze, strict=True
    ):
        np.testing.assert_allclose((gaze + 1) / 2 * torch.tensor([64, 48]), clip.gaze_px, atol=1e-3)


def test_pretraining_reads_no_labels(manifest, tmp_path):
    rows = [row.__class__(**row.__dict__ | {"label": "pours tea"}) for row in read_manifest(manifest)]
    spoken = manifest.with_name("spoken.csv")
    write_manifest(rows, spoken)
    cache = open_cache(spoken, "validation", None, ("V",), 32, tmp_path)
    assert cache.labels.tolist() == [0] * cache.pixels.shape[1]
