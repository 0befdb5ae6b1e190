"""Memory is reckoned from the configuration, and the sentence comes before the machine is out of it."""

from contextlib import contextmanager

import pytest
import torch
from transformers import CLIPVisionConfig, LlamaConfig, VideoLlavaConfig, VideoLlavaForConditionalGeneration

from zoo.device import Compute, host
from zoo.encoders.captioner import VideoCaptioner
from zoo.encoders.plans import (
    GB,
    Plan,
    Size,
    TooLittleMemory,
    make_plan,
    measure,
)
from zoo.encoders.videollava import MAX_TEXT_TOKENS

FOUR, HALF = Plan(True, torch.bfloat16), Plan(False, torch.bfloat16)
SMALL = Size(linear=10_000, other=5_000, cache=100, work=100)


@pytest.fixture(scope="module")
def seven() -> Size:
    """The checkpoint's own configuration: Vicuna-7B, CLIP ViT-L/14, 2056 tokens a clip."""
    text = LlamaConfig(
        hidden_size=4096,
        num_hidden_layers=32,
        num_attention_heads=32,
        intermediate_size=11008,
        vocab_size=32064,
        max_position_embeddings=4096,
    )
    seen = CLIPVisionConfig(
        hidden_size=1024,
        num_hidden_layers=24,
        num_attention_heads=16,
        intermediate_size=4096,
        image_size=224,
        patch_size=14,
        projection_dim=768,
    )
    config = VideoLlavaConfig(text_config=text, vision_config=seen)
    with torch.device("meta"):
        assert VideoLlavaForConditionalGeneration(config).num_parameters() == 7_366_279_168
        return measure(VideoCaptioner(config), config, config.video_seq_length, MAX_TEXT_TOKENS)


@contextmanager
def processor(half: torch.dtype | None):
    """A processor that computes fast in a 16-bit type, or in none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zoo.device.half_type", lambda device: half)
        yield host()


def test_seven_billion_weights_and_not_the_papers_two(seven):
    assert round((seven.linear + seven.other) / GB, 2) == 7.06
    assert round(seven.weights_bytes(FOUR) / GB, 1) == 4.5
    assert round(seven.weights_bytes(HALF) / GB, 1) == 14.1
    assert round(seven.clip_bytes(FOUR) / GB, 1) == 1.8
    assert seven.cache == 2 * 32 * 4096 * (2056 + 512)


def test_how_it_is_held(seven):
    bf16 = torch.bfloat16
    with processor(bf16) as compute:
        assert make_plan(seven, int(8 * GB), compute, bitsandbytes=True) == FOUR
        assert make_plan(seven, int(80 * GB), compute, bitsandbytes=True) == FOUR  # as the paper ran it
        assert make_plan(seven, int(20 * GB), compute, bitsandbytes=False) == HALF
        assert make_plan(SMALL, 10**6, compute, bitsandbytes=True) == Plan(False, torch.float32)
    with processor(None) as compute:
        assert make_plan(seven, int(20 * GB), compute, bitsandbytes=True) == Plan(True, torch.float32)
        assert make_plan(SMALL, 10**6, compute, bitsandbytes=False) == Plan(False, torch.float32)
    card = Compute(torch.device("cuda"), bf16)
    assert make_plan(seven, int(20 * GB), card, bitsandbytes=False) == HALF
    assert make_plan(SMALL, 10**6, card, bitsandbytes=True) == HALF


@pytest.mark.parametrize(
    ("free", "half", "found", "says"),
    [
        (4, torch.bfloat16, True, r"needs 6\.3 GB .* 7\.1 billion weights in 4 bit .* 4\.0 GB are free"),
        (8, torch.bfloat16, False, r"as bfloat16 .*install bitsandbytes"),
        (20, None, False, r"as float32 .*install bitsandbytes"),
    ],
)
def test_too_little_memory_is_one_sentence(seven, free, half, found, says):
    with processor(half) as compute, pytest.raises(TooLittleMemory, match=says) as caught:
        make_plan(seven, int(free * GB), compute, found)
    assert "embedded tier" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_small_one_has_to_fit_too():
    with pytest.raises(TooLittleMemory) as caught:
        make_plan(SMALL, 100, host(), True)
    assert "bitsandbytes" not in str(caught.value)
