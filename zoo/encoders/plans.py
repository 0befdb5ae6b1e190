"""How a model of billions of weights is held: whole or in 4 bit, in which numbers, and whether there is room.

All of it follows from the configuration, before a byte of the weights is read.
"""

import logging
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from transformers import BitsAndBytesConfig, PreTrainedModel, VideoLlavaConfig

from zoo.weights import WeightsMissing

LARGE = 1_000_000_000  # weights; from here on in 4 bit, as the paper ran its Video-LLaVA
# Bytes a weight in nf4 with double quantisation: 4 bit, 8 bit a block of 64, a float32 for 256 of those.
NF4 = 4 / 8 + 1 / 64 + 4 / (64 * 256)
KEPT_WHOLE = ("lm_head", "model.multi_modal_projector", "model.video_tower")  # small, and worth their bits
GB = 1e9


class TooLittleMemory(WeightsMissing):
    """A device without room for a model."""


@dataclass(frozen=True)
class Plan:
    """What a model's numbers are, and whether those of its language model are held in 4 bit."""

    four_bit: bool
    dtype: torch.dtype

    def quantization(self) -> BitsAndBytesConfig | None:
        """The same in the words of transformers; None for whole numbers."""
        if not self.four_bit:
            return None
        # It complains on stderr that a package is missing which would fetch compiled code.
        logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=self.dtype,
            llm_int8_skip_modules=list(KEPT_WHOLE),
        )


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many numbers a model has and makes."""

    linear: int  # weights that 4 bit can hold: the linear layers of the language model
    other: int  # all other weights
    cache: int  # keys and values of one clip, its question and its answer
    work: int  # all that is alive at once while one clip passes through

    def weights_bytes(self, plan: Plan) -> int:
        """Bytes of the weights."""
        each = plan.dtype.itemsize
        return round(self.linear * (NF4 if plan.four_bit else each)) + self.other * each

    def clip_bytes(self, plan: Plan) -> int:
        """Bytes that each clip takes beside them."""
        return (self.cache + self.work) * plan.dtype.itemsize


def measure(model: PreTrainedModel, config: VideoLlavaConfig, video_tokens: int, text_tokens: int) -> Size:
    """The size of a model, which may be on the meta device."""
    text, seen, tokens = config.text_config, config.vision_config, video_tokens + text_tokens
    linear = sum(
        module.weight.numel()
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and not name.startswith(KEPT_WHOLE)
    )
    cache = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * tokens
    # Of the language model the inputs and the widest part of one layer, of the tower every layer's output.
    work = tokens * (4 * text.hidden_size + 3 * text.intermediate_size) + 2 * text.vocab_size
    work += video_tokens * ((seen.num_hidden_layers + 4) * seen.hidden_size + 2 * seen.intermediate_size)
    return Size(
        linear=linear, other=sum(each.numel() for each in model.parameters()) - linear, cache=cache, work=work
    )


def make_plan(size: Size, free: int, half: torch.dtype | None, bitsandbytes: bool) -> Plan:
    """How to hold a model of a size on a device with so many bytes free.

    half is the 16-bit type that the device is fast in, None if there is none.  A small model stays in
    float32 wherever it runs, so that it answers alike everywhere.  Raises TooLittleMemory.
    """
    if size.linear + size.other < LARGE:
        plan = Plan(False, torch.float32)
    else:
        plan = Plan(bitsandbytes, half or torch.float32)
    needed = size.weights_bytes(plan) + size.clip_bytes(plan)
    if needed > free:
        held = "in 4 bit" if plan.four_bit else f"as {str(plan.dtype).removeprefix('torch.')}"
        smaller = "" if plan.four_bit or bitsandbytes else "install bitsandbytes, which holds it in 4 bit, "
        raise TooLittleMemory(
            f"Video-LLaVA needs {needed / GB:.1f} GB of memory for {(size.linear + size.other) / GB:.1f} "
            f"billion weights {held} and one clip, and {free / GB:.1f} GB are free; close other programs, "
            f"{smaller}choose the embedded tier, or use a machine with more."
        )
    return plan


def room_for(size: Size, plan: Plan, free: int, most: int) -> int:
    """How many clips can pass through at once: at least one, at most `most`."""
    return max(1, min(most, (free - size.weights_bytes(plan)) // size.clip_bytes(plan)))


def has_bitsandbytes() -> bool:
    """Whether linear layers can be held in 4 bit."""
    return find_spec("bitsandbytes") is not None
