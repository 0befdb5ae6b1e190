"""Vi-Cl's objective: classify a clip by its label."""

from collections.abc import Iterable

import torch
from torch.nn.functional import cross_entropy
from transformers import VideoMAEForVideoClassification

from pipelines.evaluation.metrics import weighted_f1
from pipelines.training.clip_cache import Batch
from pipelines.training.config import TrainingConfig
from pipelines.training.distributed import Shard, shard_weight
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.masking import mask_patches


class Classifier(torch.nn.Module):
    """VideoMAE and a linear classifier on the mean of its tokens."""

    metric, higher_is_better = "validation_f1", True

    def __init__(
        self,
        model: VideoMAEForVideoClassification,
        config: TrainingConfig,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.model, self.config, self.auxiliary = model, config, auxiliary

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Mask [B, patches] of a batch."""
        return mask_patches(len(labels), self.model.config, self.config.mask_ratio, generator)

    def forward(self, batch: Batch, drawn: torch.Tensor, shard: Shard) -> torch.Tensor:
        """Cross-entropy, and the auxiliary losses."""
        mask = drawn[shard.rows].to(batch.squares.device)
        tokens = self.model.videomae(batch.squares, mask).last_hidden_state  # [B, visible, D]
        logits = self.model.classifier(self.model.fc_norm(tokens.mean(1))).float()
        loss = cross_entropy(logits, batch.labels, label_smoothing=self.config.label_smoothing)
        loss = loss * shard_weight(len(mask))
        if self.auxiliary is None:
            return loss
        return loss + self.config.auxiliary_weight * self.auxiliary(tokens, batch, mask)

    @torch.inference_mode()
    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Weighted F1."""
        truth, predictions = [], []
        for batch in batches:
            truth += batch.labels.tolist()
            predictions += self.model(pixel_values=batch.squares).logits.argmax(-1).tolist()
        return weighted_f1(truth, predictions)
