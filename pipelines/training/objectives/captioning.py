"""Visual instruction tuning (LLaVA, Liu et al. 2023): answer questions about a clip."""

from collections.abc import Iterable

import torch
from transformers import VideoLlavaForConditionalGeneration

from pipelines.training.clip_cache import Batch
from pipelines.training.config import TrainingConfig
from pipelines.training.distributed import Shard, shard_weight
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.dialogues import IGNORED, Dialogues, PackedDialogues, Turn


class CaptioningLearner(torch.nn.Module):
    """Video-LLaVA, asked several questions behind one video, which is encoded once.

    The loss is on the answers alone.  The auxiliary losses are on the patches as the language model gets
    them.
    """

    metric, higher_is_better = "validation_token_accuracy", True

    def __init__(
        self,
        model: VideoLlavaForConditionalGeneration,
        config: TrainingConfig,
        dialogues: Dialogues,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.model, self.config, self.dialogues, self.auxiliary = model, config, dialogues, auxiliary

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> list[tuple[Turn, ...]]:
        """Questions about each clip of a batch, and their answers."""
        return [self.dialogues.draw(text, generator) for text in labels.tolist()]

    def forward(self, batch: Batch, drawn: list[tuple[Turn, ...]], shard: Shard) -> torch.Tensor:
        """Cross-entropy of the answers' tokens, and the auxiliary losses."""
        packed = self.dialogues.pack(drawn[shard.rows])
        output = self._answer(batch.squares, packed, labels=packed.answers.to(batch.squares.device))
        loss = output.loss * shard_weight(int((packed.answers != IGNORED).sum()))
        if self.auxiliary is None:
            return loss
        tokens = output.video_hidden_states[:, 1:]  # [B * F, (S / P) ** 2, D]
        return loss + self.config.auxiliary_weight * self.auxiliary.all_visible(tokens, batch)

    def _answer(self, pixels: torch.Tensor, packed: PackedDialogues, **more: torch.Tensor):
        ids, positions, mask = (
            each.to(pixels.device) for each in (packed.ids, packed.positions, packed.mask)
        )
        return self.model(
            input_ids=ids,
            pixel_values_videos=pixels,
            attention_mask=mask,
            position_ids=positions,
            use_cache=False,
            **more,
        )

    @torch.inference_mode()
    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Token accuracy of the answers with teacher forcing."""
        generator, right, count = torch.Generator().manual_seed(0), 0, 0
        for batch in batches:
            packed = self.dialogues.pack(self.draw(batch.labels, generator))
            predictions = self._answer(batch.squares, packed).logits[:, :-1].argmax(-1).cpu()
            targets = packed.answers[:, 1:]
            right += int((predictions == targets)[targets != IGNORED].sum())
            count += int((targets != IGNORED).sum())
        return right / count
