"""Train X-CLIP on narrated clips: a clip meets its narration and those like it, and parts from others."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast, XCLIPModel, set_seed

from encodings.clip import FRAMES
from pipelines.training.architectures.tokenizers import clip_tokenizer
from pipelines.training.architectures.xclip import Preset, make_model, preset
from pipelines.training.clip_cache import Batch
from pipelines.training.narrations import Narrated, open_narrated
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.release_writer import command, describe_backbone, save, with_epochs
from pipelines.training.text_overlap import overlaps, word_shares
from pipelines.training.trainer import train
from zoo.release_config import ReleaseConfig

BACKBONE = "x-clip"
ALIKE = 0.4  # of their words in common, and narrations are no opposites


class Contrast(torch.nn.Module):
    """X-CLIP between the clips of a batch and more narrations than they have.

    Clips are dear and narrations cheap: a batch's clips are told from narrations of clips outside the batch
    too.  Narrations that share words with a clip's own are right as well, by how many they share; else every
    other wording of the same act would be wrong.  On the side a linear layer finds the words of the narration
    from the clip alone.  judged are the places of the validation split's narrations.
    """

    measure, rising = "validation_overlap", True

    def __init__(
        self,
        model: XCLIPModel,
        chosen: Preset,
        tokenizer: PreTrainedTokenizerFast,
        training: Narrated,
        judged: torch.Tensor,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.model, self.chosen, self.training_of, self.auxiliary = model, chosen, chosen.training, auxiliary
        self.known, self.judged = training.known, judged
        read = tokenizer(list(training.texts), padding=True, truncation=True, return_tensors="pt")
        self.register_buffer("ids", read["input_ids"], persistent=False)  # [texts, L]
        self.register_buffer("mask", read["attention_mask"], persistent=False)
        self.register_buffer("alike", overlaps(training.texts), persistent=False)  # [texts, texts]
        self.register_buffer("shares", word_shares(training.texts), persistent=False)  # [texts, words]
        self.find_words = torch.nn.Linear(chosen.projection, self.shares.shape[1])

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Symmetric InfoNCE, and what is learnt on the side."""
        places = self._compared(batch.labels, generator)
        said = self.model(self.ids[places], batch.squares, self.mask[places])
        right = self.alike[batch.labels][:, places]
        right = right.where(right >= ALIKE, 0)
        loss = contrastive_loss(said.logits_per_video.float(), right, self.training_of.label_smoothing)
        if self.auxiliary is None:
            return loss
        words = self.find_words(said.mit_output.pooler_output).float().log_softmax(-1)
        found = -(self.shares[batch.labels] * words).sum(-1).mean()
        tokens = said.vision_model_output.last_hidden_state[:, 1:]  # [B * F, (S / P) ** 2, D]
        return loss + self.training_of.auxiliary * (found + auxiliary_loss(self.auxiliary, tokens, batch))

    def _compared(self, labels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Places of the batch's narrations, and of others drawn at random."""
        own = labels.unique()
        others = self.known[torch.randperm(len(self.known), generator=generator)].to(own.device)
        others = others[~torch.isin(others, own)][: max(0, self.chosen.texts - len(own))]
        return torch.cat([own, others])

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """What share of words a clip's narration has in common with the nearest of the split, on average."""
        places, shared = self.judged.to(self.ids.device), []
        for batch in batches:
            logits = self.model(self.ids[places], batch.squares, self.mask[places]).logits_per_video
            shared.append(self.alike[batch.labels, places[logits.argmax(-1)]])
        return torch.cat(shared).mean().item()


def auxiliary_loss(auxiliary: AuxiliaryHeads, tokens: torch.Tensor, batch: Batch) -> torch.Tensor:
    """What is learnt from patches [B * F, (S / P) ** 2, D], all of them shown."""
    tokens = tokens.unflatten(0, batch.squares.shape[:2]).flatten(1, 2)
    return auxiliary(tokens, batch, torch.zeros(tokens.shape[:2], dtype=torch.bool))


def contrastive_loss(logits: torch.Tensor, right: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Symmetric InfoNCE of logits [clips, texts]; right [clips, texts] >= 0 says how right each text is.

    Every clip has a right text.  Texts that are right for no clip are only told apart from: no clip is looked
    for behind them.
    """
    to_text = right / right.sum(1, keepdim=True)
    to_text = (1 - smoothing) * to_text + smoothing / right.shape[1]
    own = right.sum(0) > 0
    to_clip = right[:, own] / right[:, own].sum(0)
    text = -(to_text * logits.log_softmax(1)).sum(1).mean()
    clip = -(to_clip * logits[:, own].log_softmax(0)).sum(0).mean()
    return (text + clip) / 2


def pretrain(
    manifest: Path,
    preset_name: str,
    seed: int,
    run: Path,
    out: Path,
    cache: Path | None = None,
    epochs: int | None = None,
) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    Checkpoints and the log stay in `run`, where the same command resumes, painted clips in `cache`, or in
    `run`; `out` gets the backbone in half precision.  Raises UnknownPreset, NotNarrated, and what reading the
    manifest raises.
    """
    chosen = preset(preset_name)
    set_seed(seed)
    training, validation = open_narrated(manifest, chosen.side, chosen.frames, cache or run)
    chosen = with_epochs(chosen, training, epochs)
    tokenizer = clip_tokenizer(training.texts[place] for place in training.known)
    model = make_model(chosen, len(tokenizer))
    auxiliary = AuxiliaryHeads(
        chosen.hidden, chosen.patch, len(training.cache.kinds), FRAMES // chosen.frames
    )
    learner = Contrast(model, chosen, tokenizer, training, validation.known, auxiliary)
    train(learner, training.cache, validation.cache, run, seed)
    save(model, tokenizer, chosen.side, out)
    about = ReleaseConfig(preset=preset_name, epochs=chosen.training.epochs, seed=seed)
    about = replace(about, command=command(BACKBONE, manifest, about, out))
    describe_backbone(out, run, BACKBONE, training, about)
