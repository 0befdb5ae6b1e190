"""X-CLIP learns from narrations alone, resumes to the same weights, and answers from the shelf."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from encodings.clip import Clip
from pipelines.datasets.rendered.output.render import render
from pipelines.training.architectures import xclip
from pipelines.training.narrations import NotNarrated, open_narrated, plain
from pipelines.training.objectives.contrastive import contrastive_loss, pretrain
from zoo.labels import LABEL_SETS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release

pytestmark = pytest.mark.usefixtures("tiny_presets")


def test_resumes_to_the_same_weights_and_answers(narrated, tmp_path, stop_after):
    pretrain(narrated, "tiny", 3, tmp_path / "whole", tmp_path / "x-clip")
    stop_after(2, lambda: pretrain(narrated, "tiny", 3, tmp_path / "broken", tmp_path / "again"))
    pretrain(narrated, "tiny", 3, tmp_path / "broken", tmp_path / "again")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("x-clip", "again")]
    assert weights[0] == weights[1]
    about = ReleaseConfig.read(tmp_path / "x-clip")
    log = json.loads((tmp_path / "x-clip" / "log.json").read_text())
    assert [row["epoch"] for row in log] == list(range(1, about.epochs + 1))
    assert about.hours == round(sum(row["seconds"] for row in log) / 3600, 2)
    assert (about.backbone_name, about.encodings, about.object_masks) == ("x-clip", ("V",), True)
    assert "neither a clip nor a label" in about.notes
    rng = np.random.default_rng(0)
    clip = Clip(frames=rng.integers(0, 256, (16, 48, 64, 3), dtype=np.uint8), start_s=0.0, end_s=4.0)
    for labels in LABEL_SETS:
        release = find_release("x-clip", labels.key, "V", "hub", str(tmp_path / "x-clip"))
        store = ModelStore()
        (said,) = store.answer(release, store.embed(release.feature_spec, [clip]))
        assert said.label in labels.labels
        assert sum(said.scores.values()) == pytest.approx(1, abs=1e-5)


def test_loss_falls_on_a_few_clips(narrated, tmp_path, monkeypatch):
    tiny = xclip.PRESETS["tiny"]
    eager = dataclasses.replace(
        tiny, passes=600, training=dataclasses.replace(tiny.training, learning_rate=5e-3)
    )
    monkeypatch.setitem(xclip.PRESETS, "tiny", eager)
    pretrain(narrated, "tiny", 0, tmp_path / "run", tmp_path / "out")
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < 0.7 * log[0]["loss"]


@pytest.mark.parametrize("labels", ["lab-actions", "lab-motion"])
def test_labels_are_refused(labels, tmp_path):
    manifest = render(
        labels, 12, 1, tmp_path / labels, rate_hz=4, width=64, height=48, workflow_s=4, clips=False
    )
    with pytest.raises(NotNarrated, match="narrations") as caught:
        pretrain(manifest, "tiny", 0, tmp_path / "run", tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_no_label_is_ever_read(narrated, tmp_path):
    """Neither the names of the label sets nor the texts that stand for them are narrations."""
    training, validation = open_narrated(narrated, 32, 8, tmp_path)
    named = {text for labels in LABEL_SETS for a in labels.activities for text in (a.name, a.title, a.text)}
    assert not named & {*training.texts, *validation.texts}
    assert training.cache.pixels.shape[2] == training.cache.objects.shape[1] == 8


def test_half_of_the_frames_are_those_the_encoder_looks_at(narrated, tmp_path):
    whole, _ = open_narrated(narrated, 32, 16, tmp_path)
    half, _ = open_narrated(narrated, 32, 8, tmp_path)
    assert (half.cache.pixels == whole.cache.pixels[:, :, ::2]).all()
    assert (half.cache.objects == whole.cache.objects[:, ::2]).all()
    assert half.cache.objects.max() > 0


def test_every_word_of_the_labels_can_be_read(narrated, tmp_path):
    pretrain(narrated, "tiny", 0, tmp_path / "run", tmp_path / "x-clip")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "x-clip")
    for labels in LABEL_SETS:
        for each in labels.activities:
            ids = tokenizer(each.text)["input_ids"]
            assert tokenizer.unk_token_id not in ids
            assert (ids[0], ids[-1]) == (tokenizer.bos_token_id, max(tokenizer.vocab.values()))
    assert tokenizer.unk_token_id in tokenizer("Xylophon ⌘")["input_ids"]


def test_the_narrator_does_not_matter():
    assert plain("#C C pours tea into a cup.") == plain("C pours tea into a cup") == "pours tea into a cup"


def test_contrastive_loss_of_narrations_alike():
    """Against loops: clips 0 and 2 share a narration, that of 1 is half like it, the last is nobody's."""
    logits = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    right = torch.tensor([[1.0, 0.5, 0], [0.5, 1, 0], [1, 0.5, 0]])
    to_text = to_clip = 0.0
    for clip in range(3):
        said = logits[clip].exp() / logits[clip].exp().sum()
        to_text -= sum(right[clip, text] / 1.5 * said[text].log() for text in range(3)) / 3
    for text in range(2):
        said = logits[:, text].exp() / logits[:, text].exp().sum()
        to_clip -= sum(right[clip, text] / right[:, text].sum() * said[clip].log() for clip in range(3)) / 2
    assert contrastive_loss(logits, right) == pytest.approx(float(to_text + to_clip) / 2)


def test_the_order_of_frames_matters(narrated, tmp_path):
    """Motion can only be told by who sees the order."""
    pretrain(narrated, "tiny", 0, tmp_path / "run", tmp_path / "x-clip")
    release = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path / "x-clip"))
    frames = np.random.default_rng(0).integers(0, 256, (16, 48, 64, 3), dtype=np.uint8)
    swapped = frames[[14, 15, *range(2, 14), 0, 1]]
    vectors = (
        ModelStore()
        .embed(
            release.feature_spec,
            [Clip(frames=frames, start_s=0, end_s=4), Clip(frames=swapped, start_s=0, end_s=4)],
        )
        .vectors
    )
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
