"""Video-LLaVA's training: it learns, resumes to the same weights, and answers from the model store."""

import dataclasses
import json

import numpy as np
import torch
from transformers import XCLIPModel

from encodings.clip import Clip
from pipelines.training.architectures.tokenizers import llama_tokenizer
from pipelines.training.architectures.video_llava import initialise_video_tower, make_model
from pipelines.training.presets import CAPTIONER_PRESETS
from pipelines.training.pretrain_video_llava import pretrain
from tests.support.tiny_training import CAPTIONER, pretraining_run
from zoo.hub.download import PACKAGED
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights


def test_resumes_to_the_same_weights_and_answers(everyday, pixels, x_clip, tmp_path, stop_after):
    more = {"cache": pixels, "vision": x_clip}
    pretrain(pretraining_run(everyday, tmp_path / "whole", tmp_path / "video-llava", **more))
    run = pretraining_run(everyday, tmp_path / "broken", tmp_path / "again", **more)
    stop_after(1, lambda: pretrain(run))
    pretrain(run)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("video-llava", "again")]
    assert weights[0] == weights[1]
    config = ReleaseConfig.read(tmp_path / "again")
    assert config.backbone_name == "video-llava"
    assert "Its video tower began as that of x-clip" in config.notes
    assert config.command.endswith("--out again --vision x-clip")
    frames = np.random.default_rng(0).integers(0, 256, (16, 48, 64, 3), dtype=np.uint8)
    release = Release(
        variant=variant("video-llava"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=Weights(str(tmp_path / "again")),
        sentences=PACKAGED,
    )
    store = ModelStore()
    features = store.embed(release.feature_spec, [Clip(frames=frames, start_s=0.0, end_s=4.0)])
    (prediction,) = store.answer(release, features)
    assert prediction.label in LAB_ACTIONS.labels
    assert features.vectors.shape == (1, 384)


def test_loss_falls_on_a_few_clips(everyday, pixels, tmp_path, presets):
    eager = dataclasses.replace(
        CAPTIONER,
        size=dataclasses.replace(CAPTIONER.size, text_hidden=32),
        training=dataclasses.replace(CAPTIONER.training, learning_rate=1e-2),
        clips_seen=400,
    )
    presets.setitem(CAPTIONER_PRESETS, "tiny", eager)
    pretrain(pretraining_run(everyday, tmp_path / "run", tmp_path / "out", cache=pixels, seed=0))
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < 0.6 * log[0]["loss"]
    assert log[-1]["validation_token_accuracy"] > log[0]["validation_token_accuracy"]


def test_the_video_tower_is_initialised_from_x_clip(x_clip):
    model = make_model(CAPTIONER.size, llama_tokenizer(["pours milk"]))
    copied = initialise_video_tower(model, x_clip)
    tower = model.model.video_tower.state_dict()
    assert copied == sum(each.numel() for each in tower.values())
    source = XCLIPModel.from_pretrained(x_clip, dtype=torch.float32).vision_model.state_dict()
    assert torch.equal(tower["pre_layrnorm.weight"], source["pre_layernorm.weight"])
    assert torch.equal(tower["encoder.layers.0.mlp.fc1.weight"], source["encoder.layers.0.mlp.fc1.weight"])
