"""Training really trains, resumes to the same weights, and leaves an honest release behind."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard

from pipelines import evaluate
from pipelines.datasets.bench.render import render
from pipelines.datasets.manifest import ClipRow, read_manifest, write_manifest
from pipelines.training import loop
from pipelines.training.augment import augment
from pipelines.training.cache import Batch, open_cache, with_objects
from pipelines.training.finetune import finetune
from pipelines.training.loop import objects_in_patches
from pipelines.training.presets import PRESETS, UnknownPreset
from zoo.hub import describe
from zoo.labels import LAB_ACTIONS
from zoo.pixels import PixelSettings, normalise
from zoo.releases import find_release
from zoo.shelf import Shelf

TINY = dataclasses.replace(
    PRESETS["embedded"], side=32, patch=8, hidden=16, layers=1, heads=1, dropout=0.0, epochs=3, batch=4
)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    return render(
        "lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False, signals=True
    )


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setitem(PRESETS, "tiny", TINY)


def train(manifest, run, out):
    finetune(manifest, LAB_ACTIONS, ("V", "VG"), "tiny", 7, run, out)


def test_resumes_to_the_same_weights(manifest, tmp_path, monkeypatch):
    train(manifest, tmp_path / "whole", tmp_path / "one")

    class Interrupted(Exception):
        pass

    keep = loop.Run._keep

    def keep_and_stop(run, entry):
        keep(run, entry)
        if entry["epoch"] == 2:
            raise Interrupted

    monkeypatch.setattr(loop.Run, "_keep", keep_and_stop)
    with pytest.raises(Interrupted):
        train(manifest, tmp_path / "broken", tmp_path / "two")
    assert not (tmp_path / "two").exists()
    monkeypatch.setattr(loop.Run, "_keep", keep)
    train(manifest, tmp_path / "broken", tmp_path / "two")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]
    log = json.loads((tmp_path / "broken" / "log.json").read_text())
    assert [entry["epoch"] for entry in log] == [1, 2, 3]


def test_the_release_answers_and_says_what_it_is(manifest, tmp_path):
    out = tmp_path / "vi-cl-lab-actions"
    train(manifest, tmp_path / "run", out)
    about = describe(out)
    clips = sum(row.split == "training" for row in read_manifest(manifest))
    assert (about["variant"], about["labels"], about["encodings"]) == ("vi-cl", "lab-actions", ["V", "VG"])
    assert about["training_clips"] == clips
    assert "rendered" in about["trained_on"]
    assert about["object_masks"] is True
    release = find_release("vi-cl", "lab-actions", "V", "hub", str(out))
    Shelf().load(release)
    results = json.loads((out / "evaluation.json").read_text())
    card = (out / "README.md").read_text()
    assert [each["encoding"] for each in results] == ["V", "VG"]
    for each in results:
        testing = [row.label for row in read_manifest(manifest) if row.split == "testing"]
        assert each["clips"] == len(testing) == sum(sum(row.values()) for row in each["confusion"].values())
        assert f"| {each['encoding']} | {each['clips']} | {each['f1']:.2f} |" in card
    stated = {
        each.dataset_config: each.metric_value for each in ModelCard.load(out / "README.md").data.eval_results
    }
    assert stated == {f"lab-actions-{each['encoding']}": round(each["f1"], 4) for each in results}
    for name in ("learning-curve", "confusion-vi-cl-lab-actions-VG", "errors-vi-cl-lab-actions-V"):
        assert 1000 < (out / "figures" / f"{name}.png").stat().st_size < 300_000
        assert f"figures/{name}.png" in card
    assert "real laboratory" in card


def test_the_random_draw_draws_as_often_as_the_training_split_has_a_label(monkeypatch):
    splits = {"training": ["Add"] * 5, "testing": ["Add", "Stir"] * 4}
    rows = {
        split: [ClipRow("v.mp4", 0, 4, label, split, split, split) for label in labels]
        for split, labels in splits.items()
    }
    monkeypatch.setattr(evaluate, "rows_of", lambda manifest, split: rows[split])
    # Always Add: precision 1/2 and recall 1 give 2/3, for half of the clips; Stir is never found.
    assert evaluate.random_draw(Path(), "testing", LAB_ACTIONS) == pytest.approx(1 / 3)
    rows["training"] += [ClipRow("v.mp4", 0, 4, "Stir", "training", "w", "w")] * 5
    assert 0.2 < evaluate.random_draw(Path(), "testing", LAB_ACTIONS) < 0.8


def test_loss_falls_on_a_few_clips(manifest, tmp_path, monkeypatch):
    monkeypatch.setitem(PRESETS, "tiny", dataclasses.replace(TINY, epochs=30, learning_rate=3e-3))
    train(manifest, tmp_path / "run", tmp_path / "out")
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < log[0]["loss"] - 0.2


def test_an_unknown_preset_lists_those_there_are(manifest, tmp_path):
    with pytest.raises(UnknownPreset, match="embedded"):
        finetune(manifest, LAB_ACTIONS, ("V",), "huge", 0, tmp_path, tmp_path)


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


def test_without_true_masks_training_goes_on_without_them(tmp_path):
    out = tmp_path / "bench"
    bare = render("lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=4, clips=False)
    train(bare, tmp_path / "run", tmp_path / "release")
    assert describe(tmp_path / "release")["object_masks"] is False
    assert "true\nmasks" not in (tmp_path / "release" / "README.md").read_text()


def test_objects_in_patches():
    objects = torch.zeros(1, 2, 16, 16, dtype=torch.uint8)
    objects[0, 1, :8, 8:] = 2  # all of the upper right patch, in the second tubelet
    objects[0, 0, 15, 15] = 1  # one pixel of 64: under three in a hundred
    seen = objects_in_patches(objects, 8, 3)
    assert seen.shape == (1, 2 * 2 * 2, 3)
    assert seen[0, :, 0].tolist() == [1, 1, 1, 1, 1, 0, 1, 1]
    assert seen[0, :, 1].sum() == 0
    assert seen[0, :, 2].tolist() == [0, 0, 0, 0, 0, 1, 0, 0]


SETTINGS = PixelSettings(32, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3))


def augmented(batch: Batch, seed: int = 1) -> Batch:
    return augment(batch, SETTINGS, torch.Generator().manual_seed(seed))


def test_augmentation_treats_all_frames_of_a_clip_alike():
    still = torch.randint(0, 256, (3, 1, 3, 32, 32), dtype=torch.uint8).repeat(1, 16, 1, 1, 1)
    batch = Batch(still, torch.zeros(3, dtype=torch.long))
    moved = augmented(batch).squares
    assert moved.shape == still.shape
    assert (moved == moved[:, :1]).all()
    assert (augmented(batch).squares == moved).all()
    assert (augmented(batch, seed=2).squares != moved).any()


def test_masks_move_with_the_picture():
    """A picture that is its own mask stays its own mask, but for the edge that came from outside."""
    block = torch.zeros(8, 1, 1, 32, 32, dtype=torch.uint8)
    block[..., 8:24, 4:16] = 255
    batch = Batch(block.repeat(1, 16, 3, 1, 1), torch.zeros(8, dtype=torch.long), (block[:, :, 0] > 0).byte())
    moved = augmented(batch)
    bright = moved.squares[:, 0, 0] > moved.squares[:, 0, 0].amin(dim=(1, 2), keepdim=True) + 1
    assert (bright == moved.objects[:, 0].bool()).float().mean() > 0.97
    assert moved.objects.bool().float().mean() > 0.1


def test_augmentation_with_every_range_closed_is_normalisation(monkeypatch):
    for name, value in {"SCALE": (1, 1), "SHIFT": 0, "GAIN": 0, "TINT": 0, "CONTRAST": 0}.items():
        monkeypatch.setattr(f"pipelines.training.augment.{name}", value)
    clips = torch.randint(0, 256, (20, 16, 3, 32, 32), dtype=torch.uint8)
    found = augmented(Batch(clips, torch.zeros(20, dtype=torch.long))).squares
    want = normalise(clips, SETTINGS)
    for one, plain, other in zip(found, want, want.flip(-1), strict=True):
        assert torch.allclose(one, plain, atol=1e-3) or torch.allclose(one, other, atol=1e-3)
