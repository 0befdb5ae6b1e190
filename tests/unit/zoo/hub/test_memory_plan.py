"""What a release needs is known before it is loaded, and before its weights are on this machine."""

import pytest
import torch
from transformers import XCLIPModel

from tests.support.tiny_releases import make_clips
from zoo.encoders.plans import has_bitsandbytes
from zoo.hub.download import find_local
from zoo.memory_plan import plan_memory
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.weights import Weights, WeightsMissing


@pytest.mark.parametrize("variant", ["vi-lm", "x-clip-rf", "video-llava-xgb"])
def test_what_is_on_the_hub_is_planned_as_what_is_loaded(here, variant):
    release = find_release(variant, "lab-actions", "V", "hub")
    plan = plan_memory(release)
    assert find_local(release.weights) is None
    assert plan.precision == "float32"
    assert plan.fits
    store = ModelStore()
    store.answer(release, store.embed(release.feature_spec, make_clips(1)))
    assert plan == plan_memory(release, plan.has_bytes)
    assert all(store.uses(weights) for weights in release.parts)
    assert not store.uses(Weights("lab/another", "0" * 40))
    assert store.size(release)[1] < 1.2 * plan.needs_bytes
    assert not plan_memory(release, plan.needs_bytes - 1).fits


def test_an_unknown_one_is_one_sentence(here, monkeypatch):
    release = find_release("vi-cl", "lab-actions", "V", "hub")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsMissing, match="cannot be reached") as caught:
        plan_memory(release)
    assert "\n" not in str(caught.value)


def test_files_in_half_precision_need_twice_their_size(tmp_path, zoo):
    folder = tmp_path / "x-clip"
    release = find_release("x-clip", "lab-actions", "V", "embedded", str(zoo / "x-clip"))
    full = plan_memory(release)
    XCLIPModel.from_pretrained(zoo / "x-clip").to(torch.float16).save_pretrained(folder)
    half = plan_memory(find_release("x-clip", "lab-actions", "V", "embedded", str(folder)))
    assert half.needs_bytes == pytest.approx(full.needs_bytes, rel=0.1)


@pytest.mark.skipif(not has_bitsandbytes(), reason="without bitsandbytes nothing is quantised")
def test_a_large_video_llava_is_planned_in_4_bit(monkeypatch, zoo):
    monkeypatch.setattr("zoo.encoders.plans.LARGE", 1000)
    release = find_release("video-llava", "lab-actions", "V", "embedded", str(zoo / "video-llava"))
    assert plan_memory(release).precision == "4 bit"
    assert "are free" in str(plan_memory(release))
