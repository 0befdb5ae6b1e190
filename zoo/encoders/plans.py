"""How the weights of a large model are stored in memory: quantised or not, in which type, and if they fit.

All of it follows from the configuration, before a byte of the weights is read.
"""

import logging
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from transformers import BitsAndBytesConfig, PretrainedConfig, PreTrainedModel, VideoLlavaConfig

from zoo.device import Compute
from zoo.weights import TooLittleMemory

LARGE = 1_000_000_000  # weights; from here on 4 bit each, as the paper ran its Video-LLaVA
# Bytes a weight in nf4 with double quantisation: 4 bit, 8 bit a block of 64, a float32 for 256 of those.
NF4 = 4 / 8 + 1 / 64 + 4 / (64 * 256)
NOT_QUANTISED = ("lm_head", "model.multi_modal_projector", "model.video_tower")  # small, and sensitive to it
GB = 1e9
FLOAT_BYTES = 4


@dataclass(frozen=True)
class Plan:
    """The type of a model's weights, and whether those of its language model are quantised to 4 bit."""

    four_bit: bool
    dtype: torch.dtype

    def quantization(self) -> BitsAndBytesConfig | None:
        """The settings of bitsandbytes' nf4 (Dettmers et al. 2023); None without quantisation."""
        if not self.four_bit:
            return None
        # It warns on stderr that a package is missing which would download compiled code.
        logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=self.dtype,
            llm_int8_skip_modules=list(NOT_QUANTISED),
        )


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many numbers a model has, and computes for a clip."""

    linear: int  # weights that can be quantised: the linear layers of the language model
    other: int  # all other weights
    cache: int  # the KV cache of one clip, its question and its answer
    work: int  # activations alive at once in the forward pass of one clip

    def weights_bytes(self, plan: Plan) -> int:
        """Bytes of the weights."""
        each = plan.dtype.itemsize
        return round(self.linear * (NF4 if plan.four_bit else each)) + self.other * each

    def clip_bytes(self, plan: Plan) -> int:
        """Bytes that each clip takes besides the weights."""
        return (self.cache + self.work) * plan.dtype.itemsize


def layer_numbers(config: PretrainedConfig, tokens: int) -> int:
    """How many numbers are alive at once in one layer of a vision transformer, for so many tokens."""
    return tokens * (8 * config.hidden_size + 2 * config.intermediate_size)


def measure(model: PreTrainedModel, config: VideoLlavaConfig, video_tokens: int, text_tokens: int) -> Size:
    """The size of a model, which may be on the meta device."""
    text, vision, tokens = config.text_config, config.vision_config, video_tokens + text_tokens
    linear = sum(
        module.weight.numel()
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and not name.startswith(NOT_QUANTISED)
    )
    cache = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * tokens
    # Of the language model the inputs and the widest part of one layer, of the tower each layer's output.
    work = tokens * (4 * text.hidden_size + 3 * text.intermediate_size) + 2 * text.vocab_size
    work += video_tokens * (
        (vision.num_hidden_layers + 4) * vision.hidden_size + 2 * vision.intermediate_size
    )
    return Size(
        linear=linear, other=sum(each.numel() for each in model.parameters()) - linear, cache=cache, work=work
    )


def choose_plan(size: Size, compute: Compute, bitsandbytes: bool) -> Plan:
    """A small model has the type of every other; a large one has 16 bits wherever they are fast."""
    if size.linear + size.other < LARGE:
        return Plan(False, compute.dtype)
    return Plan(bitsandbytes, compute.half or torch.float32)


def make_plan(size: Size, free: int, compute: Compute, bitsandbytes: bool) -> Plan:
    """How to store a model of a size on a device with so many bytes free.  Raises TooLittleMemory."""
    plan = choose_plan(size, compute, bitsandbytes)
    needed = size.weights_bytes(plan) + size.clip_bytes(plan)
    if needed > free:
        stored = "in 4 bit" if plan.four_bit else f"as {str(plan.dtype).removeprefix('torch.')}"
        smaller = "" if plan.four_bit or bitsandbytes else "install bitsandbytes, which stores it in 4 bit, "
        raise TooLittleMemory(
            f"Video-LLaVA needs {needed / GB:.1f} GB of memory for {(size.linear + size.other) / GB:.1f} "
            f"billion weights {stored} and one clip, and {free / GB:.1f} GB are free; close other programs, "
            f"{smaller}choose the embedded tier, or use a machine with more."
        )
    return plan


def has_bitsandbytes() -> bool:
    """Whether linear layers can be quantised to 4 bit."""
    return find_spec("bitsandbytes") is not None
