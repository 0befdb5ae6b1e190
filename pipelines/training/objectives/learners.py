"""The three things that are trained: filling in hidden patches, Vi-Cl, Vi-LM."""

from collections.abc import Iterable
from typing import Protocol

import torch
from torch.nn.functional import cross_entropy
from transformers import (
    PreTrainedTokenizerBase,
    T5ForConditionalGeneration,
    VideoMAEForPreTraining,
    VideoMAEForVideoClassification,
    VideoMAEModel,
)
from transformers.modeling_outputs import BaseModelOutput

from pipelines.evaluation.metrics import weighted_f1
from pipelines.training.clip_cache import Batch
from pipelines.training.config import Training
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from zoo.features import Features
from zoo.heads.t5 import LabelDecoderHead, tokenize_label
from zoo.labels import LabelSet


class Learner(Protocol):
    """What a run trains: a loss, and a measure to choose the best epoch by."""

    training_of: Training
    measure: str  # the name of what `judge` returns
    rising: bool  # whether more of it is better

    def __call__(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """The loss of a batch whose squares are normalised."""
        ...

    def judge(self, batches: Iterable[Batch]) -> float:
        """The measure on batches of the validation split."""
        ...


class Reconstructor(torch.nn.Module):
    """VideoMAE's pre-training: tubes of patches are hidden, their normalised pixels are predicted."""

    measure, rising = "validation_loss", False

    def __init__(
        self, model: VideoMAEForPreTraining, training: Training, auxiliary: AuxiliaryHeads | None
    ) -> None:
        super().__init__()
        self.model, self.training_of, self.auxiliary = model, training, auxiliary
        model.videomae.register_forward_hook(self._remember)

    def _remember(self, module: torch.nn.Module, given: tuple, found: BaseModelOutput) -> None:
        self.tokens = found.last_hidden_state

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Mean squared error of the hidden patches, and what is learnt on the side from the shown ones."""
        hidden = hide_tubes(batch, self.model.config, self.training_of.hidden, generator)
        loss = self.model(batch.squares, bool_masked_pos=hidden).loss
        if self.auxiliary is None:
            return loss
        return loss + self.training_of.auxiliary * self.auxiliary(self.tokens, batch, hidden)

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """The reconstruction's loss, the same patches hidden every time."""
        generator, losses = torch.Generator().manual_seed(0), []
        for batch in batches:
            hidden = hide_tubes(batch, self.model.config, self.training_of.hidden, generator)
            losses.append(self.model(batch.squares, bool_masked_pos=hidden).loss)
        return torch.stack(losses).mean().item()


class Classifier(torch.nn.Module):
    """Vi-Cl: a linear classifier on the mean of the encoder's tokens."""

    measure, rising = "validation_f1", True

    def __init__(
        self, model: VideoMAEForVideoClassification, training: Training, auxiliary: AuxiliaryHeads | None
    ) -> None:
        super().__init__()
        self.model, self.training_of, self.auxiliary = model, training, auxiliary

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Cross-entropy, and what is learnt on the side."""
        hidden = hide_patches(batch, self.model.config, self.training_of.hidden, generator)
        tokens = self.model.videomae(batch.squares, hidden).last_hidden_state  # [B, shown, D]
        logits = self.model.classifier(self.model.fc_norm(tokens.mean(1))).float()
        loss = cross_entropy(logits, batch.labels, label_smoothing=self.training_of.label_smoothing)
        if self.auxiliary is None:
            return loss
        return loss + self.training_of.auxiliary * self.auxiliary(tokens, batch, hidden)

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """Weighted F1."""
        truth, said = [], []
        for batch in batches:
            truth += batch.labels.tolist()
            said += self.model(pixel_values=batch.squares).logits.argmax(-1).tolist()
        return weighted_f1(truth, said)


class Writer(torch.nn.Module):
    """Vi-LM: a T5 decoder writes the label while it looks at the encoder's tokens through a projection.

    A linear classifier on the tokens' mean learns beside it, so that the encoder need not wait for the
    decoder; it is no part of the release.
    """

    measure, rising = "validation_f1", True

    def __init__(
        self,
        encoder: VideoMAEModel,
        decoder: T5ForConditionalGeneration,
        tokenizer: PreTrainedTokenizerBase,
        labels: LabelSet,
        training: Training,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.tokenizer, self.labels = encoder, decoder, tokenizer, labels
        self.projection = torch.nn.Linear(encoder.config.hidden_size, decoder.config.d_model)
        self.training_of, self.auxiliary = training, auxiliary
        self.classify = torch.nn.Linear(encoder.config.hidden_size, len(labels.labels)) if auxiliary else None
        spelled = [torch.tensor(tokenize_label(tokenizer, label)) for label in labels.labels]
        padded = torch.nn.utils.rnn.pad_sequence(spelled, batch_first=True, padding_value=-100)
        self.register_buffer("spelled", padded, persistent=False)

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Cross-entropy of the label's tokens, the right ones before each, and what is learnt on the side."""
        hidden = hide_patches(batch, self.encoder.config, self.training_of.hidden, generator)
        tokens = self.encoder(batch.squares, hidden).last_hidden_state  # [B, shown, D]
        targets = self.spelled[batch.labels]  # [B, tokens of a label]
        states = BaseModelOutput(self.projection(tokens))
        logits = self.decoder(encoder_outputs=states, labels=targets).logits.float()
        smoothing = self.training_of.label_smoothing
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=smoothing)
        if self.auxiliary is None:
            return loss
        named = cross_entropy(self.classify(tokens.mean(1)).float(), batch.labels, label_smoothing=smoothing)
        return loss + self.training_of.auxiliary * (named + self.auxiliary(tokens, batch, hidden))

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """Weighted F1 of the labels that the released head would write."""
        head = LabelDecoderHead(self.decoder, self.projection, self.tokenizer, self.labels, free=False)
        truth, said = [], []
        for batch in batches:
            tokens = self.encoder(batch.squares).last_hidden_state.float().cpu().numpy()
            times = batch.labels.double().cpu().numpy()
            answers = head.answer(Features(starts_s=times, ends_s=times, vectors=tokens[:, 0], tokens=tokens))
            truth += [self.labels.labels[place] for place in batch.labels.tolist()]
            said += [answer.label for answer in answers]
        return weighted_f1(truth, said)


def hide_tubes(batch: Batch, config, share: float, generator: torch.Generator) -> torch.Tensor:
    """[B, T * (S / P) ** 2] bool: the same patches hidden in all frames of a clip, as many in each clip."""
    grid, tubes = config.image_size // config.patch_size, config.num_frames // config.tubelet_size
    return _hidden(batch, grid**2, share, generator).repeat(1, tubes)


def hide_patches(batch: Batch, config, share: float, generator: torch.Generator) -> torch.Tensor:
    """[B, T * (S / P) ** 2] bool: a share of all patches of a clip, as many in each clip."""
    grid, tubes = config.image_size // config.patch_size, config.num_frames // config.tubelet_size
    return _hidden(batch, tubes * grid**2, share, generator)


def _hidden(batch: Batch, patches: int, share: float, generator: torch.Generator) -> torch.Tensor:
    order = torch.rand(len(batch.squares), patches, generator=generator).argsort(1)
    return (order < int(share * patches)).to(batch.squares.device)
