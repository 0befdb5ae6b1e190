"""The fastest arithmetic that a processor trains with."""

import torch

# On a CPU the backward pass of torch's fused attention is slower in bfloat16 than plain matrix products.
ATTENTION = "eager"


def fastest() -> str:
    """ "bf16" where the processor multiplies bfloat16 itself, "no" elsewhere: there it is 3 times slower."""
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "no"
    return "bf16" if torch.cpu.get_capabilities().get("avx512_bf16") else "no"
