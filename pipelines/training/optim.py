"""Learning rates as pure functions: by what a preset's rate is multiplied at a step."""

from collections.abc import Callable
from math import cos, pi


def cosine(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Rise evenly from 0 during the first share `warmup` of the steps, then half a cosine down to 0."""
    rise = round(warmup * steps)
    if step < rise:
        return step / rise
    return (1 + cos(pi * (step - rise) / max(1, steps - rise))) / 2


def paper_pretraining(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Times 0.5 after each of the first 3 epochs, times 0.01 after each later one, as the paper prints it.

    Read literally the rate is nearly nothing from the fifth epoch on.
    """
    epoch = step * epochs // steps
    return 0.5 ** min(epoch, 3) * 0.01 ** max(0, epoch - 3)


def paper_finetuning(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Times 0.96 after every epoch: the paper's “decay factor 0.04”, of which it does not say more."""
    return 0.96 ** (step * epochs // steps)


SCHEDULES: dict[str, Callable[[int, int, int, float], float]] = {
    "cosine": cosine,
    "paper-pretraining": paper_pretraining,
    "paper-finetuning": paper_finetuning,
}
