"""Training really trains, resumes to the same weights, and leaves an honest release behind."""

import dataclasses
import json

import pytest
import torch

from pipelines.datasets.bench.render import render
from pipelines.datasets.manifest import read_manifest
from pipelines.training import loop
from pipelines.training.augment import augment
from pipelines.training.cache import open_cache
from pipelines.training.finetune import finetune
from pipelines.training.presets import PRESETS, UnknownPreset
from zoo.labels import LAB_ACTIONS
from zoo.pixels import PixelSettings, normalise
from zoo.releases import describe, find_release
from zoo.shelf import Shelf

TINY = dataclasses.replace(
    PRESETS["embedded"], side=32, patch=16, hidden=16, layers=1, heads=1, dropout=0.0, epochs=3, batch=4
)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    return render("lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False)


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
    release = find_release("vi-cl", "lab-actions", "V", "hub", str(out))
    assert Shelf().head(release).labels == LAB_ACTIONS.labels
    results = json.loads((out / "evaluation.json").read_text())
    card = (out / "README.md").read_text()
    assert [each["encoding"] for each in results] == ["V", "VG"]
    for each in results:
        testing = [row.label for row in read_manifest(manifest) if row.split == "testing"]
        assert each["clips"] == len(testing) == sum(sum(row.values()) for row in each["confusion"].values())
        assert f"| {each['encoding']} | {each['clips']} | {each['f1']:.2f} |" in card
    assert "real laboratory" in card


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
    seen = torch.cat([labels for _, labels in cache.batches(4, torch.Generator().manual_seed(0))])
    assert sorted(seen) == sorted(cache.labels)
    assert sum(len(labels) for _, labels in cache.in_order(4)) == 2 * clips
    again = open_cache(manifest, "training", LAB_ACTIONS, ("V", "VG"), 32, tmp_path)
    assert (again.pixels == cache.pixels).all()


SETTINGS = PixelSettings(32, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3))


def test_augmentation_treats_all_frames_of_a_clip_alike():
    still = torch.randint(0, 256, (3, 1, 3, 32, 32), dtype=torch.uint8).repeat(1, 16, 1, 1, 1)
    moved = augment(still, SETTINGS, torch.Generator().manual_seed(1))
    assert moved.shape == still.shape
    assert (moved == moved[:, :1]).all()
    assert (augment(still, SETTINGS, torch.Generator().manual_seed(1)) == moved).all()
    assert (augment(still, SETTINGS, torch.Generator().manual_seed(2)) != moved).any()


def test_augmentation_with_every_range_closed_is_normalisation(monkeypatch):
    for name, value in {"SCALE": (1, 1), "SHIFT": 0, "GAIN": 0, "TINT": 0, "CONTRAST": 0}.items():
        monkeypatch.setattr(f"pipelines.training.augment.{name}", value)
    clips = torch.randint(0, 256, (20, 16, 3, 32, 32), dtype=torch.uint8)
    found, want = augment(clips, SETTINGS, torch.Generator().manual_seed(1)), normalise(clips, SETTINGS)
    mirrored = want.flip(-1)
    for one, plain, other in zip(found, want, mirrored, strict=True):
        assert torch.allclose(one, plain, atol=1e-3) or torch.allclose(one, other, atol=1e-3)
