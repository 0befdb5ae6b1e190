"""Masked autoencoding (VideoMAE, Tong et al. 2022): reconstruct the pixels of masked tubes."""

from collections.abc import Iterable

import torch
from transformers import VideoMAEForPreTraining
from transformers.modeling_outputs import BaseModelOutput

from pipelines.training.clip_cache import Batch
from pipelines.training.config import TrainingConfig
from pipelines.training.distributed import Shard, shard_weight
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.masking import mask_tubes


class MaskedAutoencoder(torch.nn.Module):
    """VideoMAE with its pre-training decoder, and auxiliary losses on the visible patches."""

    metric, higher_is_better = "validation_loss", False

    def __init__(
        self, model: VideoMAEForPreTraining, config: TrainingConfig, auxiliary: AuxiliaryHeads | None
    ) -> None:
        super().__init__()
        self.model, self.config, self.auxiliary = model, config, auxiliary
        model.videomae.register_forward_hook(self._keep_tokens)

    def _keep_tokens(self, module: torch.nn.Module, inputs: tuple, output: BaseModelOutput) -> None:
        self.tokens = output.last_hidden_state

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Mask [B, patches] of a batch."""
        return mask_tubes(len(labels), self.model.config, self.config.mask_ratio, generator)

    def forward(self, batch: Batch, drawn: torch.Tensor, shard: Shard) -> torch.Tensor:
        """Mean squared error of the masked patches' normalised pixels, and the auxiliary losses."""
        mask = drawn[shard.rows].to(batch.squares.device)
        loss = self.model(batch.squares, bool_masked_pos=mask).loss * shard_weight(len(mask))
        if self.auxiliary is None:
            return loss
        return loss + self.config.auxiliary_weight * self.auxiliary(self.tokens, batch, mask)

    @torch.inference_mode()
    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Reconstruction loss, with the same masks every time."""
        generator, losses = torch.Generator().manual_seed(0), []
        for batch in batches:
            mask = self.draw(batch.labels, generator).to(batch.squares.device)
            losses.append(self.model(batch.squares, bool_masked_pos=mask).loss)
        return torch.stack(losses).mean().item()
