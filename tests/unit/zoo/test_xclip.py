"""X-CLIP through our path equals transformers' own forward on the same clips."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.support.tiny_releases import make_clips, write_xclip
from zoo.labels import LAB_ACTIONS, LAB_MOTION
from zoo.model_store import ModelStore
from zoo.pixels import PixelSettings, pixel_values
from zoo.releases import find_release
from zoo.weights import WeightsMissing


@pytest.mark.parametrize("labels", [LAB_ACTIONS, LAB_MOTION], ids=lambda each: each.key)
def test_equals_transformers(tmp_path, labels):
    model, tokenizer = write_xclip(tmp_path)
    model.logit_scale.data.fill_(0.0)  # fresh weights would be sure of one label, whatever they see
    model.save_pretrained(tmp_path)
    clips, store = make_clips(3), ModelStore()
    release = find_release("x-clip", labels.key, "V", "hub", str(tmp_path))
    features = store.embed(release.feature_spec, clips)
    said = store.answer(release, features)
    pixels = pixel_values(clips, PixelSettings.read(tmp_path))[:, ::2]
    texts = tokenizer([each.text for each in labels.activities], padding=True, return_tensors="pt")
    with torch.inference_mode():
        whole = model(texts["input_ids"], pixels, texts["attention_mask"])
        vectors = model.get_video_features(pixels).pooler_output
    np.testing.assert_allclose(features.vectors, vectors, atol=1e-5)
    ours = np.array([list(each.scores.values()) for each in said])
    theirs = whole.logits_per_video.softmax(-1).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert theirs.std(0).max() > 1e-4  # the clips do differ
    assert [each.label for each in said] == [labels.labels[place] for place in theirs.argmax(1)]


def test_three_variants_share_one_forward_pass(tmp_path):
    write_xclip(tmp_path / "backbone")
    (tmp_path / "head").mkdir()
    about = {"benchscribe": {"backbone": {"source": "backbone"}}}
    (tmp_path / "head/config.json").write_text(json.dumps(about))
    folders = {"x-clip": "backbone", "x-clip-rf": "head", "x-clip-xgb": "head"}
    specs = {
        find_release(key, "lab-actions", "V", "hub", str(tmp_path / name)).feature_spec
        for key, name in folders.items()
    }
    assert len(specs) == 1


def truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (truncate, "cannot be loaded"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "safetensors"),
        (lambda folder: (folder / "preprocessor_config.json").unlink(), "preprocessor_config"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "cannot be loaded"),
    ],
)
def test_harmed_weights_get_one_sentence(tmp_path, harm, says):
    write_xclip(tmp_path)
    harm(tmp_path)
    release = find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path))
    with pytest.raises(WeightsMissing, match=says) as caught:
        ModelStore().load(release)
    assert "\n" not in str(caught.value)


def test_frames_that_are_no_share_of_a_clip(tmp_path):
    write_xclip(tmp_path, frames=5)
    with pytest.raises(WeightsMissing, match="5 frames"):
        ModelStore().load(find_release("x-clip", "lab-actions", "V", "hub", str(tmp_path)))
