"""Several processes train one model: each computes the loss of its shard of every batch."""

from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from accelerate import PartialState
from accelerate.utils import parse_flag_from_env

PATIENCE = timedelta(days=2)  # the other processes wait while the first one encodes a manifest's clips


def processes() -> PartialState:
    """This process and the others of its `accelerate launch`; alone it is the main process."""
    cpu = parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
    return PartialState(cpu=cpu, timeout=PATIENCE)


@dataclass(frozen=True)
class Shard:
    """The clips [start, stop) of a batch that one process computes."""

    start: int
    stop: int
    batch: int

    @property
    def rows(self) -> slice:
        """Where they are in the batch."""
        return slice(self.start, self.stop)

    @property
    def is_whole_batch(self) -> bool:
        """Whether this process computes every clip."""
        return self.stop - self.start == self.batch


def own_shard(batch: int) -> Shard:
    """This process's shard of a batch.

    Shards differ by one clip at most.  A batch of fewer clips than processes is computed whole by each.
    """
    state = processes()
    if batch < state.num_processes:
        return Shard(0, batch, batch)
    start = batch * state.process_index // state.num_processes
    stop = batch * (state.process_index + 1) // state.num_processes
    return Shard(start, stop, batch)


def shard_weight(count: int) -> float:
    """Factor of a mean over `count` items of a shard, for gradients that are averaged over processes.

    The average of the weighted means is the mean over the items of all shards.  It is 1 for one process.
    """
    state = processes()
    if state.num_processes == 1:
        return 1.0
    total = torch.tensor(float(count), dtype=torch.float64, device=state.device)
    dist.all_reduce(total)
    return count * state.num_processes / max(1.0, float(total))


def gather_rows(shard: Shard, values: torch.Tensor) -> torch.Tensor:
    """Values [B, ...] of a whole batch from those of each shard; only the own rows carry gradients."""
    if shard.is_whole_batch:
        return values
    batch = values.new_zeros((shard.batch, *values.shape[1:]))
    batch[shard.rows] = values.detach()
    dist.all_reduce(batch)
    return torch.cat([batch[: shard.start], values, batch[shard.stop :]])


def scale_gradient(shard: Shard, loss: torch.Tensor) -> torch.Tensor:
    """The same loss of a whole batch, with gradients that are summed where processes average them."""
    if shard.is_whole_batch:
        return loss
    return loss + (processes().num_processes - 1) * (loss - loss.detach())
