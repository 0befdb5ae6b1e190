"""Muon, in the precision that a device has."""

from collections.abc import Iterable

import torch

MOMENTUM, STEPS = 0.95, 5
QUINTIC = (3.4445, -4.775, 2.0315)  # Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/
LIKE_ADAMW = 0.2  # Liu et al. 2025, arXiv:2502.16982: a step as large as AdamW's at the same learning rate


class Muon(torch.optim.Optimizer):
    """For matrices: steps along the momentum with its singular values made equal.

    What PyTorch's `torch.optim.Muon(…, adjust_lr_fn="match_rms_adamw")` does; but that one multiplies in
    bfloat16 everywhere, which takes a processor without such products most of a training's time.
    """

    def __init__(self, groups: Iterable, weight_decay: float, dtype: torch.dtype) -> None:
        super().__init__(groups, {"lr": 1e-3, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Change every matrix that has a gradient; those of one shape are multiplied in one go."""
        alike: dict[torch.Size, list[tuple[torch.Tensor, dict]]] = {}
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is not None:
                    alike.setdefault(weights.shape, []).append((weights, group))
        for found in alike.values():
            ways = equalised(torch.stack([self._way(weights) for weights, _ in found]))
            for (weights, group), way in zip(found, ways.unbind(), strict=True):
                weights.mul_(1 - group["lr"] * group["weight_decay"])
                size = LIKE_ADAMW * max(weights.shape) ** 0.5
                weights.add_(way.to(weights.dtype), alpha=-group["lr"] * size)

    def _way(self, weights: torch.Tensor) -> torch.Tensor:
        """Where the gradient and its momentum point."""
        state = self.state[weights]
        if not state:
            state["momentum"] = torch.zeros_like(weights)
        momentum = state["momentum"].lerp_(weights.grad, 1 - MOMENTUM)
        return weights.grad.lerp(momentum, MOMENTUM).to(self.dtype)


def equalised(matrices: torch.Tensor) -> torch.Tensor:
    """Matrices [K, M, N], singular values of each brought near 1 (0.5 to 1.5) by Newton-Schulz steps."""
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
