"""VideoMAE with its decoders: the tokenizer, the paper's size, and starting from a pre-trained encoder."""

import dataclasses

import pytest
import torch
from transformers import VideoMAEForPreTraining, VideoMAEModel

from pipelines.training.architectures.videomae_t5 import (
    initialise_encoder,
    make_encoder,
    make_tokenizer,
    videomae_config,
)
from pipelines.training.presets import VIDEOMAE_PRESETS
from tests.support.tiny_training import SIZE
from zoo.labels import LABEL_SETS
from zoo.weights import WeightsMissing


def test_the_tokenizer_writes_labels_and_any_other_text():
    tokenizer, again = make_tokenizer(512), make_tokenizer(512)
    assert tokenizer.get_vocab() == again.get_vocab()
    for text in [label for each in LABEL_SETS for label in each.labels] + ["µ-pipette, 5 °C", "shakes it 測"]:
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(tokens) == text
        assert tokenizer.unk_token_id not in tokens
    assert len(tokenizer("CollectLayer")["input_ids"]) <= 3


def test_a_fresh_encoder_starts_from_a_pre_trained_one(videomae):
    encoder = make_encoder(SIZE)
    name = "encoder.layer.0.attention.attention.query.weight"
    fresh = encoder.state_dict()[name].clone()
    initialise_encoder(encoder, videomae)
    stored = VideoMAEForPreTraining.from_pretrained(videomae, dtype=torch.float32).videomae.state_dict()
    assert (encoder.state_dict()[name] != fresh).any()
    assert all((weights == encoder.state_dict()[name]).all() for name, weights in stored.items())


def test_an_encoder_of_another_size_is_refused(videomae):
    with pytest.raises(WeightsMissing, match="hidden_size"):
        initialise_encoder(make_encoder(dataclasses.replace(SIZE, hidden=8)), videomae)


def test_the_paper_preset_has_the_papers_size():
    with torch.device("meta"):
        parameters = VideoMAEModel(videomae_config(VIDEOMAE_PRESETS["paper"].size)).num_parameters()
    assert round(parameters / 1e6) in (86, 87)
