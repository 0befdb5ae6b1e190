"""Learner, the protocol of everything that the trainer trains."""

from collections.abc import Iterable
from typing import Any, Protocol

import torch

from pipelines.training.clip_cache import Batch
from pipelines.training.config import TrainingConfig
from pipelines.training.distributed import Shard


class Learner(Protocol):
    """A model with its training loss, and a validation metric that chooses the best epoch.

    Several processes share a batch.  Each draws the random choices of the whole batch, so that they do not
    depend on the number of processes, and computes the loss of its own shard.
    """

    config: TrainingConfig
    metric: str  # name of what `evaluate` returns
    higher_is_better: bool

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> Any:
        """Draw the random choices for a whole batch whose clips have these labels [B], on the CPU."""
        ...

    def __call__(self, batch: Batch, drawn: Any, shard: Shard) -> torch.Tensor:
        """Loss of a shard's normalised clips; its mean over the processes is the loss of the whole batch."""
        ...

    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Compute the metric on batches of the validation split."""
        ...
