"""X-CLIP learns from narrations alone, resumes to the same weights, and answers from the model store."""

import dataclasses
import json

import numpy as np
import pytest
from transformers import AutoTokenizer

from encodings.clip import Clip
from pipelines.datasets.manifest import read_manifest, write_manifest
from pipelines.training.narrations import NotNarrated, open_narrated, strip_narrator
from pipelines.training.presets import XCLIP_PRESETS
from pipelines.training.pretrain_xclip import pretrain
from tests.support.tiny_training import XCLIP, pretraining_run
from zoo.labels import LABEL_SETS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release


def test_resumes_to_the_same_weights(x_clip, everyday, pixels, tmp_path, stop_after):
    run = pretraining_run(everyday, tmp_path / "run", tmp_path / "out", cache=pixels)
    stop_after(2, lambda: pretrain(run))
    pretrain(run)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (x_clip, tmp_path / "out")]
    assert weights[0] == weights[1]


def test_the_folder_says_what_it_is_and_answers(x_clip):
    config = ReleaseConfig.read(x_clip)
    log = json.loads((x_clip / "log.json").read_text())
    assert [row["epoch"] for row in log] == list(range(1, config.epochs + 1))
    assert config.hours == round(sum(row["seconds"] for row in log) / 3600, 2)
    assert (config.backbone_name, config.encodings, config.object_masks) == ("x-clip", ("V",), True)
    assert "neither a clip nor a label" in config.notes
    rng = np.random.default_rng(0)
    clip = Clip(frames=rng.integers(0, 256, (16, 48, 64, 3), dtype=np.uint8), start_s=0.0, end_s=4.0)
    for labels in LABEL_SETS:
        release = find_release("x-clip", labels.key, "V", "hub", str(x_clip))
        store = ModelStore()
        (prediction,) = store.answer(release, store.embed(release.feature_spec, [clip]))
        assert prediction.label in labels.labels
        assert sum(prediction.scores.values()) == pytest.approx(1, abs=1e-5)


def test_loss_falls_on_a_few_clips(everyday, pixels, tmp_path, presets):
    training = dataclasses.replace(XCLIP.training, learning_rate=5e-3)
    presets.setitem(XCLIP_PRESETS, "tiny", dataclasses.replace(XCLIP, clips_seen=600, training=training))
    pretrain(pretraining_run(everyday, tmp_path / "run", tmp_path / "out", cache=pixels, seed=0))
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < 0.7 * log[0]["loss"]


def test_labels_are_refused(lab, tmp_path):
    with pytest.raises(NotNarrated, match="narrations") as caught:
        pretrain(pretraining_run(lab, tmp_path / "run", tmp_path / "out"))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_one_label_among_narrations_is_refused(everyday, tmp_path):
    rows = read_manifest(everyday)
    mixed = everyday.with_name("mixed.csv")
    write_manifest([dataclasses.replace(rows[0], label="rinsing"), *rows[1:]], mixed)
    with pytest.raises(NotNarrated, match="Lab Motion"):
        open_narrated(mixed, 32, 8, tmp_path)


def test_no_label_is_ever_read(everyday, pixels):
    """Neither the names of the label sets nor the texts that stand for them are narrations."""
    clips = open_narrated(everyday, 32, 8, pixels)
    named = {text for labels in LABEL_SETS for a in labels.activities for text in (a.name, a.title, a.text)}
    assert not named & set(clips.narrations.texts)
    assert clips.training.pixels.shape[2] == clips.training.objects.shape[1] == 8


def test_half_of_the_frames_are_those_the_encoder_reads(everyday, pixels):
    whole = open_narrated(everyday, 32, 16, pixels).training
    half = open_narrated(everyday, 32, 8, pixels).training
    assert (half.pixels == whole.pixels[:, :, ::2]).all()
    assert (half.objects == whole.objects[:, ::2]).all()
    assert half.objects.max() > 0


def test_every_word_of_the_labels_can_be_read(x_clip):
    tokenizer = AutoTokenizer.from_pretrained(x_clip)
    for labels in LABEL_SETS:
        for each in labels.activities:
            ids = tokenizer(each.text)["input_ids"]
            assert tokenizer.unk_token_id not in ids
            assert (ids[0], ids[-1]) == (tokenizer.bos_token_id, max(tokenizer.vocab.values()))
    assert tokenizer.unk_token_id in tokenizer("Xylophon ⌘")["input_ids"]


def test_the_narrator_does_not_matter():
    plain = "pours tea into a cup"
    assert strip_narrator(f"#C C {plain}.") == strip_narrator(f"C {plain}") == plain


def test_the_order_of_frames_matters(x_clip):
    """An encoder that ignores the order of frames cannot recognise motion."""
    release = find_release("x-clip", "lab-actions", "V", "hub", str(x_clip))
    frames = np.random.default_rng(0).integers(0, 256, (16, 48, 64, 3), dtype=np.uint8)
    swapped = frames[[14, 15, *range(2, 14), 0, 1]]
    clips = [Clip(frames=each, start_s=0.0, end_s=4.0) for each in (frames, swapped)]
    vectors = ModelStore().embed(release.feature_spec, clips).vectors
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
