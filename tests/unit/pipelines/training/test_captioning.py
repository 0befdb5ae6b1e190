"""The captioner: many questions behind one video are as good as each alone; it learns, resumes, answers."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from transformers import XCLIPModel

from encodings.clip import Clip
from pipelines.training.architectures import video_llava as captioner
from pipelines.training.architectures.tokenizers import llama_tokenizer
from pipelines.training.architectures.video_llava import make_model, video_tokens
from pipelines.training.objectives import contrastive as contrast
from pipelines.training.objectives.captioning import pretrain
from pipelines.training.objectives.dialogues import IGNORED, NONE, Dialogues, sentence
from zoo.hub.download import PACKAGED
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.prompts import WHAT, question_text
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

pytestmark = pytest.mark.usefixtures("tiny_presets")

TEXTS = (
    "pours milk from a jug into a cup",
    "tips a jug of milk and fills a cup",
    "cuts bread with a knife",
    "types on the keyboard",
    "moves the plate in circles",
    "wipes the table with a cloth",
)


def dialogues(lists: int = 2) -> Dialogues:
    tokens = llama_tokenizer(map(sentence, TEXTS))
    return Dialogues(tokens, TEXTS, torch.arange(len(TEXTS)), video_tokens(captioner.PRESETS["tiny"]), lists)


def test_questions_behind_one_video_are_answered_as_if_alone():
    """Against one sequence a question, with nothing but a causal mask."""
    asked, generator = dialogues(), torch.Generator().manual_seed(0)
    packed = asked.pack([0, 3], generator)
    torch.manual_seed(0)
    model = make_model(captioner.PRESETS["tiny"], asked.tokenizer).eval()
    pixels = torch.randn(2, 8, 3, 32, 32)
    with torch.inference_mode():
        together = model(
            input_ids=packed.ids,
            pixel_values_videos=pixels,
            attention_mask=packed.hidden,
            position_ids=packed.positions,
        ).logits
    for row in range(2):
        start = int((packed.ids[row] == asked.video_id).nonzero()[-1]) + 1
        parts = (packed.positions[row] == start).nonzero()[:, 0].tolist()
        assert len(parts) == 3
        for first, after in zip(parts, [*parts[1:], int((packed.ids[row] != 0).sum())], strict=True):
            alone = torch.cat([packed.ids[row, :start], packed.ids[row, first:after]])[None]
            with torch.inference_mode():
                logits = model(input_ids=alone, pixel_values_videos=pixels[row : row + 1]).logits[0, start:]
            torch.testing.assert_close(together[row, first:after], logits, atol=2e-4, rtol=1e-3)


def test_only_answers_are_learnt_and_they_end():
    asked = dialogues(lists=1)
    packed = asked.pack([2], torch.Generator().manual_seed(1))
    learnt = packed.ids[0][packed.answers[0] != IGNORED]
    assert (packed.answers[packed.answers != IGNORED] == learnt).all()
    said = asked.tokenizer.decode(learnt)
    assert said.startswith("the person cuts bread with a knife.</s>") or "knife. </s>" in said
    assert said.endswith("</s>")


def test_lists_hold_what_is_done_or_none_of_them():
    asked, generator = dialogues(), torch.Generator().manual_seed(0)
    none = 0
    for _ in range(200):
        question, answer = asked.choose(0, generator)
        assert TEXTS[1] not in question  # the same act in other words is no wrong choice
        listed = question.removeprefix("Which of these actions is performed in this video: ").split("; ")
        assert listed[-1] == "or none of them?"
        assert (answer == NONE) == (TEXTS[0] not in listed)
        assert answer in (NONE, TEXTS[0])
        none += answer == NONE
    assert 15 < none < 75


def test_questions_are_those_that_the_zoo_asks():
    asked = dialogues()
    ids = asked.pack([0], torch.Generator().manual_seed(0)).ids[0]
    text = asked.tokenizer.decode([n for n in ids.tolist() if n != asked.video_id])
    assert (
        asked.tokenizer.decode(
            asked.tokenizer(question_text(WHAT, LAB_ACTIONS), add_special_tokens=False)["input_ids"]
        )
        in text
    )


def test_resumes_to_the_same_weights_and_answers(narrated, tmp_path, stop_after):
    pretrain(narrated, "tiny", 3, tmp_path / "whole", tmp_path / "video-llava")
    stop_after(1, lambda: pretrain(narrated, "tiny", 3, tmp_path / "broken", tmp_path / "again"))
    pretrain(narrated, "tiny", 3, tmp_path / "broken", tmp_path / "again")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("video-llava", "again")]
    assert weights[0] == weights[1]
    assert ReleaseConfig.read(tmp_path / "again").backbone_name == "video-llava"
    frames = np.random.default_rng(0).integers(0, 256, (16, 48, 64, 3), dtype=np.uint8)
    own = Weights(str(tmp_path / "again"))
    release = Release(
        variant=variant("video-llava"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=own,
        sentences=PACKAGED,
    )
    store = ModelStore()
    features = store.embed(release.feature_spec, [Clip(frames=frames, start_s=0.0, end_s=4.0)])
    (said,) = store.answer(release, features)
    assert said.label in LAB_ACTIONS.labels
    assert features.vectors.shape == (1, 384)


def test_loss_falls_on_a_few_clips(narrated, tmp_path, monkeypatch):
    tiny = captioner.PRESETS["tiny"]
    training = dataclasses.replace(tiny.training, learning_rate=1e-2)
    eager = dataclasses.replace(tiny, passes=400, text_hidden=32, training=training)
    monkeypatch.setitem(captioner.PRESETS, "tiny", eager)
    pretrain(narrated, "tiny", 0, tmp_path / "run", tmp_path / "out")
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < 0.6 * log[0]["loss"]
    assert log[-1]["validation_token_accuracy"] > log[0]["validation_token_accuracy"]


def test_the_video_tower_begins_as_that_of_x_clip(narrated, tmp_path):
    contrast.pretrain(narrated, "tiny", 0, tmp_path / "clip", tmp_path / "x-clip")
    asked = dialogues()
    model = make_model(captioner.PRESETS["tiny"], asked.tokenizer)
    begun = captioner.begin_as(model, tmp_path / "x-clip")
    tower = model.model.video_tower.state_dict()
    assert begun == sum(each.numel() for each in tower.values())
    theirs = XCLIPModel.from_pretrained(tmp_path / "x-clip", dtype=torch.float32).vision_model.state_dict()
    assert torch.equal(tower["pre_layrnorm.weight"], theirs["pre_layernorm.weight"])
    assert torch.equal(tower["encoder.layers.0.mlp.fc1.weight"], theirs["encoder.layers.0.mlp.fc1.weight"])
