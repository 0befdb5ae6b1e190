"""Optimizers and learning-rate schedules.

AdamW (Loshchilov & Hutter 2019) trains every parameter; with Muon (Jordan et al. 2024) the matrices of
repeated layers leave it.  A schedule is a pure function: the factor of a preset's learning rate at a step.
"""

import re
from collections.abc import Callable, Container, Iterable
from math import cos, pi

import torch

from pipelines.training.config import TrainingConfig
from zoo.device import multiplies_bfloat16

MOMENTUM, STEPS = 0.95, 5
QUINTIC = (3.4445, -4.775, 2.0315)  # Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/
MATCH_ADAMW = 0.2  # Liu et al. 2025, arXiv:2502.16982: a step as large as AdamW's at the same learning rate


def make_optimizers(
    learner: torch.nn.Module, config: TrainingConfig, device: torch.device
) -> list[torch.optim.Optimizer]:
    """AdamW, and with `config.muon` Muon at the same learning rate for the matrices of repeated layers."""
    matrices = repeated_matrices(learner) if config.muon else set()
    others = set(dict(learner.named_parameters())) - matrices
    decay = config.weight_decay
    optimizers = [torch.optim.AdamW(layer_groups(learner, config, others), weight_decay=decay)]
    if matrices:
        dtype = torch.bfloat16 if multiplies_bfloat16(device) else torch.float32
        optimizers.append(Muon(layer_groups(learner, config, matrices), decay, dtype))
    return optimizers


def make_schedules(
    optimizers: Iterable[torch.optim.Optimizer], config: TrainingConfig, clips: int
) -> list[torch.optim.lr_scheduler.LambdaLR]:
    """The schedule of each optimizer, for a training split of so many clips."""
    steps = config.epochs * -(-clips // config.batch)
    factor = SCHEDULES[config.schedule]
    return [
        torch.optim.lr_scheduler.LambdaLR(
            each, lambda step: factor(step, steps, config.epochs, config.warmup)
        )
        for each in optimizers
    ]


def repeated_matrices(learner: torch.nn.Module) -> set[str]:
    """Names of the matrices of linear maps inside repeated layers."""
    return {
        f"{name}.weight"
        for name, module in learner.named_modules()
        if isinstance(module, torch.nn.Linear) and re.search(r"\b(layers?|block)\.\d+\.", name)
    }


def layer_groups(learner: torch.nn.Module, config: TrainingConfig, names: Container[str]) -> list[dict]:
    """Parameter groups with layer-wise learning-rate decay, from the encoder's last layer down."""
    layers = 1 + max(map(_layer, dict(learner.named_parameters())))
    groups: dict[int, list[torch.nn.Parameter]] = {}
    for name, weights in learner.named_parameters():
        above = _layer(name)
        if name in names:
            groups.setdefault(layers if above < 0 else above, []).append(weights)
    return [
        {"params": weights, "lr": config.learning_rate * config.layer_decay ** (layers - layer)}
        for layer, weights in sorted(groups.items())
    ]


def _layer(name: str) -> int:
    """The layer of a parameter in VideoMAE's encoder, 0 for its embeddings; -1 outside of it."""
    parts = name.split(".")
    if "embeddings" in parts:
        return 0
    if "layer" in parts and "encoder" in parts[: parts.index("layer")]:
        return 1 + int(parts[parts.index("layer") + 1])
    return -1


class Muon(torch.optim.Optimizer):
    """Muon: steps along the momentum of a matrix, orthogonalised by Newton-Schulz iterations.

    Computes what `torch.optim.Muon(…, adjust_lr_fn="match_rms_adamw")` of torch 2.13 does.  That multiplies
    in bfloat16 on every device and one matrix at a time: without bfloat16 products (AVX2, one thread) a step
    of the embedded presets' matrices takes 17 times as long.
    """

    def __init__(self, groups: Iterable, weight_decay: float, dtype: torch.dtype) -> None:
        super().__init__(groups, {"lr": 1e-3, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every matrix that has a gradient; those of one shape are multiplied together."""
        by_shape: dict[torch.Size, list[tuple[torch.Tensor, dict]]] = {}
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is not None:
                    by_shape.setdefault(weights.shape, []).append((weights, group))
        for matrices in by_shape.values():
            updates = orthogonalised(torch.stack([self._momentum(weights) for weights, _ in matrices]))
            for (weights, group), update in zip(matrices, updates.unbind(), strict=True):
                weights.mul_(1 - group["lr"] * group["weight_decay"])
                scale = MATCH_ADAMW * max(weights.shape) ** 0.5
                weights.add_(update.to(weights.dtype), alpha=-group["lr"] * scale)

    def _momentum(self, weights: torch.Tensor) -> torch.Tensor:
        """Nesterov momentum of the gradient."""
        state = self.state[weights]
        if not state:
            state["momentum"] = torch.zeros_like(weights)
        momentum = state["momentum"].lerp_(weights.grad, 1 - MOMENTUM)
        return weights.grad.lerp(momentum, MOMENTUM).to(self.dtype)


def orthogonalised(matrices: torch.Tensor) -> torch.Tensor:
    """Matrices [K, M, N], their singular values brought near 1 (0.5 to 1.5) by Newton-Schulz iterations."""
    tall = matrices.shape[1] > matrices.shape[2]
    flat = matrices.mT if tall else matrices
    flat = flat / flat.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    first, second, third = QUINTIC
    for _ in range(STEPS):
        gram = flat @ flat.mT
        flat = torch.baddbmm(
            flat, torch.baddbmm(gram, gram, gram, beta=second, alpha=third), flat, beta=first
        )
    return flat.mT if tall else flat


def cosine(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Linear warm-up during a share `warmup` of the steps, then cosine decay to 0.

    Loshchilov & Hutter 2017, without restarts.
    """
    warmup_steps = round(warmup * steps)
    if step < warmup_steps:
        return step / warmup_steps
    return (1 + cos(pi * (step - warmup_steps) / max(1, steps - warmup_steps))) / 2


def paper_pretraining(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Times 0.5 after each of the first 3 epochs, times 0.01 after each later one, as the paper prints it.

    Read literally the rate is nearly nothing from the fifth epoch on.
    """
    epoch = step * epochs // steps
    return 0.5 ** min(epoch, 3) * 0.01 ** max(0, epoch - 3)


def paper_finetuning(step: int, steps: int, epochs: int, warmup: float) -> float:
    """Times 0.96 after every epoch: the paper's “decay factor 0.04”, which it does not explain further."""
    return 0.96 ** (step * epochs // steps)


SCHEDULES: dict[str, Callable[[int, int, int, float], float]] = {
    "cosine": cosine,
    "paper-pretraining": paper_pretraining,
    "paper-finetuning": paper_finetuning,
}
