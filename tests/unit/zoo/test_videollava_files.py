"""The files of a Video-LLaVA: the layouts it comes in, and what is said of harmed ones."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.support.tiny_releases import (
    SIDE,
    make_clips,
    make_llama_tokenizer,
    write_pixel_settings,
    write_videollava,
)
from zoo.encoders import plans
from zoo.encoders.captioner import read_config, read_model
from zoo.hub.download import PACKAGED
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing

CPU = torch.device("cpu")
WHOLE = plans.Plan(False, torch.float32)


def release(folder) -> Release:
    """What the Hub tier would have, with the sentence model that needs no Hub."""
    return Release(
        variant=variant("video-llava"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="hub",
        weights=Weights(str(folder)),
        sentences=PACKAGED,
    )


def rename(folder):
    """As the checkpoint on the Hub names its towers' weights."""
    weights = load_file(folder / "model.safetensors")
    named = {name.replace("_tower.", "_tower.vision_model."): each for name, each in weights.items()}
    save_file(named, folder / "model.safetensors", {"format": "pt"})


def without_images(folder):
    weights = load_file(folder / "model.safetensors")
    kept = {name: each for name, each in weights.items() if "image_tower" not in name}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})


def in_shards(folder):
    write_videollava(folder, shard="60KB")
    (folder / "model.safetensors").unlink()


@pytest.mark.parametrize("change", [rename, without_images, in_shards, lambda folder: None])
def test_the_layouts_it_comes_in(tmp_path, change):
    model = write_videollava(tmp_path)
    change(tmp_path)
    found = dict(read_model(tmp_path, read_config(tmp_path, SIDE), WHOLE, CPU).named_parameters())
    wanted = {name: each for name, each in model.named_parameters() if "image_tower" not in name}
    assert set(found) == set(wanted)
    assert all(torch.equal(found[name], each) for name, each in wanted.items())


def truncate(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def set_config(**changes):
    def change(folder):
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def drop_weights(folder):
    weights = load_file(folder / "model.safetensors")
    weights.pop("multi_modal_projector.linear_1.weight")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


HARMS = {
    "truncated": (truncate, "cannot be loaded"),
    "pickle": (lambda folder: (folder / "model.safetensors").rename(folder / "model.bin"), "safetensors"),
    "no video token": (lambda folder: make_llama_tokenizer("<image>").save_pretrained(folder), "<video>"),
    "another token": (set_config(video_token_index=5), "<video>"),
    "another model": (set_config(model_type="llama"), "llama"),
    "no configuration": (set_config(text_config=3), "no Video-LLaVA"),
    "a list": (lambda folder: (folder / "config.json").write_text("[]"), "config.json"),
    "another size": (lambda folder: write_pixel_settings(folder, 64), "64"),
    "no pixel settings": (lambda folder: (folder / "preprocessor_config.json").unlink(), "preprocessor"),
    "half a model": (drop_weights, "linear_1"),
}


@pytest.mark.parametrize(("harm", "says"), HARMS.values(), ids=HARMS)
def test_harmed_weights_get_one_sentence(tmp_path, harm, says):
    write_videollava(tmp_path)
    harm(tmp_path)
    with pytest.raises(WeightsMissing, match=says) as caught:
        ModelStore().embed(release(tmp_path).feature_spec, make_clips(1))
    assert "\n" not in str(caught.value)
