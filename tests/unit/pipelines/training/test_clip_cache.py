"""Encoded clips on disk: every clip, in every encoding, beside its targets."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import torch

from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import read_manifest, write_manifest
from pipelines.training.clip_cache import open_cache, with_objects
from zoo.labels import LAB_ACTIONS


def test_the_cache_holds_every_clip_in_every_encoding(lab, tmp_path):
    cache = open_cache(lab, "training", LAB_ACTIONS, ("V", "VG"), 32, tmp_path)
    clips = len(cache.labels)
    assert cache.pixels.shape == (2, clips, 16, 3, 32, 32)
    assert (cache.pixels[0] != cache.pixels[1]).any(axis=(1, 2, 3, 4)).mean() > 0.8  # the dot is there
    draws = cache.draws(4, torch.Generator().manual_seed(0))
    seen = torch.cat([cache.read(draw).labels for draw in draws])
    assert sorted(seen) == sorted(cache.labels)
    assert sum(len(batch.labels) for batch in cache.in_order(4)) == 2 * clips
    again = open_cache(lab, "training", LAB_ACTIONS, ("V", "VG"), 32, tmp_path)
    assert (again.pixels == cache.pixels).all()


def test_another_manifest_gets_another_cache(lab, tmp_path):
    """A cache must never lend its pixels to the labels of other clips."""
    first = open_cache(lab, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    fewer = lab.with_name("fewer.csv")
    write_manifest([row for row in read_manifest(lab) if row.start_s == 0], fewer)
    second = open_cache(fewer, "training", LAB_ACTIONS, ("V",), 32, tmp_path)
    assert second.pixels.shape[1] == len(second.labels) < len(first.labels) == first.pixels.shape[1]


def other_videos(lab: Path, folder: Path) -> Path:
    """A manifest with the same rows as another, whose first and last recording have changed places."""
    copytree(lab.parent, folder)
    manifest = folder / lab.name
    rows = [row for row in read_manifest(manifest) if row.split == "training"]
    first, last = (folder / row.video for row in (rows[0], rows[-1]))
    first, last = first.parent, last.parent
    spare = folder / "spare"
    for source, target in ((first, spare), (last, first), (spare, last)):
        source.rename(target)
    return manifest


def test_the_same_rows_of_other_videos_get_another_cache(lab, tmp_path):
    """Pixels, gaze and true masks are those of the videos beside a manifest, not of its rows."""
    other = other_videos(lab, tmp_path / "other")
    assert other.read_text() == lab.read_text()
    caches = [open_cache(each, "training", LAB_ACTIONS, ("VG",), 32, tmp_path) for each in (lab, other)]
    caches = [
        with_objects(cache, manifest, "training", 4, tmp_path)
        for cache, manifest in zip(caches, (lab, other), strict=True)
    ]
    one, two = (cache.pixels[0] for cache in caches)
    assert (one[0] != two[0]).any()
    assert (one[4] == two[4]).all()  # that of a recording that stayed
    assert (caches[0].objects[0] != caches[1].objects[0]).any()
    assert not torch.equal(caches[0].gaze[0], caches[1].gaze[0])


def test_a_copy_of_the_recordings_shares_the_cache(lab, tmp_path):
    copytree(lab.parent, tmp_path / "copy")
    for manifest in (lab, tmp_path / "copy" / lab.name):
        open_cache(manifest, "validation", LAB_ACTIONS, ("V",), 32, tmp_path / "pixels")
    assert len([*(tmp_path / "pixels").glob("*-V-32.npy")]) == 1


def test_objects_stand_beside_the_pixels_they_are_of(lab, pixels):
    cache = open_cache(lab, "training", LAB_ACTIONS, ("V",), 32, pixels)
    cache = with_objects(cache, lab, "training", 4, pixels)
    assert cache.objects.shape == (len(cache.labels), 4, 32, 32)
    assert cache.object_names[0] == "background"
    assert {"left hand", "right hand", "beaker", "funnel"} <= set(cache.object_names)
    assert cache.objects.max() < len(cache.object_names)
    seen = {cache.object_names[number] for number in np.unique(cache.objects)}
    assert len(seen) > 8


def test_gaze_stands_beside_the_pixels_from_one_edge_to_the_other(lab, pixels):
    cache = open_cache(lab, "training", LAB_ACTIONS, ("V",), 32, pixels)
    clips = labelled_clips(lab, rows_of(lab, "training"))
    for (clip, _), gaze in zip(clips, cache.gaze, strict=True):
        np.testing.assert_allclose((gaze + 1) / 2 * torch.tensor([64, 48]), clip.gaze_px, atol=1e-3)


def test_pretraining_reads_no_labels(lab, tmp_path):
    rows = [replace(row, label="pours tea") for row in read_manifest(lab)]
    narrated = lab.with_name("narrated.csv")
    write_manifest(rows, narrated)
    cache = open_cache(narrated, "validation", None, ("V",), 32, tmp_path)
    assert cache.labels.tolist() == [0] * cache.pixels.shape[1]
