"""Vi-Cl through our path equals transformers called directly; the paper's size is in test_paper_size.py."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import VideoMAEConfig, VideoMAEForVideoClassification
from transformers.models.videomae.image_processing_pil_videomae import VideoMAEImageProcessorPil

from encodings.clip import Clip
from zoo.labels import LAB_ACTIONS, LAB_MOTION
from zoo.model_store import ModelStore
from zoo.pixels import PixelSettings, pixel_values
from zoo.releases import find_release
from zoo.weights import WeightsMissing

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}


def write_release(folder: Path, labels=LAB_ACTIONS, side=224, **size) -> VideoMAEForVideoClassification:
    torch.manual_seed(0)
    config = VideoMAEConfig(image_size=side, id2label=dict(enumerate(labels.labels)), **size)
    model = VideoMAEForVideoClassification(config).eval()
    with torch.no_grad():  # a fresh head answers alike to everything; make it tell clips apart
        model.classifier.weight.normal_(std=1.0)
    model.save_pretrained(folder)
    settings = {"size": {"height": side, "width": side}, "image_mean": [0.485, 0.456, 0.406]}
    settings |= {"image_std": [0.229, 0.224, 0.225], "do_center_crop": False}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return model


def make_clips(count: int, height=168, width=224) -> list[Clip]:
    rng = np.random.default_rng(1)
    return [
        Clip(
            frames=rng.integers(0, 256, (16, height, width, 3), dtype=np.uint8),
            start_s=4.0 * n,
            end_s=4.0 * n + 4,
        )
        for n in range(count)
    ]


def ours(folder: Path, clips: list[Clip], labels="lab-actions"):
    release = find_release("vi-cl", labels, "V", "hub", str(folder))
    store = ModelStore()
    return store.answer(release, store.embed(release.feature_spec, clips))


def directly(model, folder: Path, clips: list[Clip]) -> np.ndarray:
    """transformers' own processor and model, without our code."""
    processor = VideoMAEImageProcessorPil.from_pretrained(folder)
    videos = [list(clip.frames) for clip in clips]
    with torch.inference_mode():
        pixels = torch.stack([processor(video, return_tensors="pt")["pixel_values"][0] for video in videos])
        return model(pixels).logits.softmax(-1).numpy()


def test_equals_transformers(tmp_path):
    model = write_release(tmp_path, side=64, **SMALL)
    clips = make_clips(2)
    want = directly(model, tmp_path, clips)
    said = ours(tmp_path, clips)
    assert [each.start_s for each in said] == [clip.start_s for clip in clips]
    np.testing.assert_allclose([list(each.scores.values()) for each in said], want, atol=2e-2)
    assert [each.label for each in said] == [LAB_ACTIONS.labels[row.argmax()] for row in want]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_same_pixels_give_the_same_answer_to_the_last_digits(tmp_path, dtype):
    """Without a resize in between, nothing but rounding may differ, however the weights are stored."""
    model = write_release(tmp_path, side=64, **SMALL)
    model.to(dtype).save_pretrained(tmp_path)
    model.float()
    clips = make_clips(3, 64, 64)
    with torch.inference_mode():
        want = model(pixel_values(clips, PixelSettings.read(tmp_path))).logits.softmax(-1).numpy()
    np.testing.assert_allclose(
        [list(each.scores.values()) for each in ours(tmp_path, clips)], want, atol=1e-5
    )


def test_pixels_equal_pillows(tmp_path):
    write_release(tmp_path, side=64, **SMALL)
    (clip,) = make_clips(1)
    settings = PixelSettings.read(tmp_path)
    squeezed = [Image.fromarray(frame).resize((64, 64), Image.Resampling.BILINEAR) for frame in clip.frames]
    want = (np.stack([np.asarray(image) for image in squeezed]) / 255 - settings.mean) / settings.std
    found = pixel_values([clip], settings)[0].permute(0, 2, 3, 1).numpy()
    # One step of 8 bits, divided by the smallest deviation.
    assert np.abs(found - want).max() <= 1.01 / 255 / min(settings.std)


def truncate(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-500])


def pickle_only(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def without(name):
    return lambda folder: (folder / name).unlink()


def scramble(folder):
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (truncate, "cannot be loaded"),
        (pickle_only, "safetensors"),
        (without("config.json"), "config.json"),
        (without("preprocessor_config.json"), "preprocessor_config.json"),
        (scramble, "cannot be loaded"),
    ],
)
def test_harmed_weights_get_one_sentence(tmp_path, harm, says):
    write_release(tmp_path, side=64, **SMALL)
    harm(tmp_path)
    with pytest.raises(WeightsMissing, match=says) as caught:
        ours(tmp_path, make_clips(1))
    assert "\n" not in str(caught.value)


def test_labels_that_do_not_fit_the_head(tmp_path):
    write_release(tmp_path, LAB_MOTION, side=64, **SMALL)
    with pytest.raises(WeightsMissing, match="Lab Actions"):
        ours(tmp_path, make_clips(1))


def test_a_head_that_is_not_there_is_not_made_up(tmp_path):
    """transformers would fill a missing classifier with random numbers and only warn."""
    model = write_release(tmp_path, side=64, **SMALL)
    model.videomae.save_pretrained(tmp_path)
    with pytest.raises(WeightsMissing, match=r"lacks|cannot be loaded"):
        ours(tmp_path, make_clips(1))
