"""Vi-LM's objective: write a clip's label with a language model."""

from collections.abc import Iterable

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration, VideoMAEModel
from transformers.modeling_outputs import BaseModelOutput

from pipelines.evaluation.metrics import weighted_f1
from pipelines.training.clip_cache import Batch
from pipelines.training.config import TrainingConfig
from pipelines.training.distributed import Shard, shard_weight
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.masking import mask_patches
from zoo.features import Features
from zoo.heads.t5 import LabelDecoderHead, tokenize_label
from zoo.labels import LabelSet

IGNORED = -100  # cross_entropy leaves out these targets


class LabelDecoder(torch.nn.Module):
    """VideoMAE, and a T5 decoder with cross-attention to its projected tokens.

    With auxiliary losses a linear classifier on the mean of the tokens is trained too: the encoder then
    learns before the decoder does.  It is no part of the release.
    """

    metric, higher_is_better = "validation_f1", True

    def __init__(
        self,
        encoder: VideoMAEModel,
        decoder: T5ForConditionalGeneration,
        tokenizer: PreTrainedTokenizerBase,
        labels: LabelSet,
        config: TrainingConfig,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.tokenizer, self.labels = encoder, decoder, tokenizer, labels
        self.projection = torch.nn.Linear(encoder.config.hidden_size, decoder.config.d_model)
        self.config, self.auxiliary = config, auxiliary
        self.classify = torch.nn.Linear(encoder.config.hidden_size, len(labels.labels)) if auxiliary else None
        spelled = [torch.tensor(tokenize_label(tokenizer, label)) for label in labels.labels]
        padded = torch.nn.utils.rnn.pad_sequence(spelled, batch_first=True, padding_value=IGNORED)
        self.register_buffer("spelled", padded, persistent=False)  # [labels, tokens]

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Mask [B, patches] of a batch."""
        return mask_patches(len(labels), self.encoder.config, self.config.mask_ratio, generator)

    def forward(self, batch: Batch, drawn: torch.Tensor, shard: Shard) -> torch.Tensor:
        """Cross-entropy of the label's tokens with teacher forcing, and the auxiliary losses."""
        mask = drawn[shard.rows].to(batch.squares.device)
        tokens = self.encoder(batch.squares, mask).last_hidden_state  # [B, visible, D]
        targets = self.spelled[batch.labels]  # [B, tokens of a label]
        states = BaseModelOutput(self.projection(tokens))
        logits = self.decoder(encoder_outputs=states, labels=targets).logits.float()
        smoothing = self.config.label_smoothing
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=smoothing)
        loss = loss * shard_weight(int((targets != IGNORED).sum()))
        if self.auxiliary is None:
            return loss
        class_logits = self.classify(tokens.mean(1)).float()
        class_loss = cross_entropy(class_logits, batch.labels, label_smoothing=smoothing)
        auxiliary = class_loss * shard_weight(len(mask)) + self.auxiliary(tokens, batch, mask)
        return loss + self.config.auxiliary_weight * auxiliary

    @torch.inference_mode()
    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Weighted F1 of the labels that the released head would write."""
        head = LabelDecoderHead(self.decoder, self.projection, self.tokenizer, self.labels, free=False)
        truth, predictions = [], []
        for batch in batches:
            tokens = self.encoder(batch.squares).last_hidden_state.float().cpu().numpy()
            times = batch.labels.double().cpu().numpy()
            answers = head.answer(Features(starts_s=times, ends_s=times, vectors=tokens[:, 0], tokens=tokens))
            truth += [self.labels.labels[place] for place in batch.labels.tolist()]
            predictions += [answer.label for answer in answers]
        return weighted_f1(truth, predictions)
