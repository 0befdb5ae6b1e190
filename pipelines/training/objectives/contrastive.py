"""Contrastive learning of video and text (CLIP, Radford et al. 2021; X-CLIP, Ni et al. 2022)."""

from collections.abc import Iterable

import torch
from transformers import PreTrainedTokenizerFast, XCLIPModel

from pipelines.training.clip_cache import Batch
from pipelines.training.config import XCLIPPreset
from pipelines.training.distributed import Shard, gather_rows, scale_gradient, shard_weight
from pipelines.training.narrations import Narrations
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.text_overlap import pairwise_jaccard, word_shares

MIN_OVERLAP = 0.4  # Jaccard index from which two narrations count as alike


class ContrastiveLearner(torch.nn.Module):
    """X-CLIP between the clips of a batch and more narrations than they have.

    Clips are dear and narrations cheap, so narrations of clips outside the batch are negatives too.
    Targets are soft: a narration that shares words with a clip's own is right in proportion to their Jaccard
    index, because other wordings of the same act are no negatives.  An auxiliary linear layer predicts the
    words of the narration from the clip.
    """

    metric, higher_is_better = "validation_overlap", True

    def __init__(
        self,
        model: XCLIPModel,
        preset: XCLIPPreset,
        tokenizer: PreTrainedTokenizerFast,
        narrations: Narrations,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.model, self.config, self.auxiliary = model, preset.training, auxiliary
        self.compared_texts, self.narrations = preset.compared_texts, narrations
        read = tokenizer(list(narrations.texts), padding=True, truncation=True, return_tensors="pt")
        self.register_buffer("ids", read["input_ids"], persistent=False)  # [texts, L]
        self.register_buffer("mask", read["attention_mask"], persistent=False)
        self.register_buffer("alike", pairwise_jaccard(narrations.texts), persistent=False)  # [texts, texts]
        self.register_buffer("shares", word_shares(narrations.texts), persistent=False)  # [texts, words]
        self.find_words = torch.nn.Linear(preset.size.projection, self.shares.shape[1])

    def draw(self, labels: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """A batch's narrations [B], and those it is compared with [T]: its own, and others at random."""
        own, training = labels.unique(), self.narrations.training
        others = training[torch.randperm(len(training), generator=generator)]
        others = others[~torch.isin(others, own)][: max(0, self.compared_texts - len(own))]
        return labels, torch.cat([own, others])

    def forward(self, batch: Batch, drawn: tuple[torch.Tensor, torch.Tensor], shard: Shard) -> torch.Tensor:
        """Symmetric InfoNCE, and the auxiliary losses."""
        labels, texts = (each.to(self.ids.device) for each in drawn)
        output = self.model(self.ids[texts], batch.squares, self.mask[texts])
        relevance = self.alike[labels][:, texts]
        relevance = relevance.where(relevance >= MIN_OVERLAP, 0)
        logits = gather_rows(shard, output.logits_per_video.float())  # each text is compared with all clips
        loss = scale_gradient(shard, contrastive_loss(logits, relevance, self.config.label_smoothing))
        if self.auxiliary is None:
            return loss
        words = self.find_words(output.mit_output.pooler_output).float().log_softmax(-1)
        word_loss = -(self.shares[batch.labels] * words).sum(-1).mean() * shard_weight(len(words))
        tokens = output.vision_model_output.last_hidden_state[:, 1:]  # [B * F, (S / P) ** 2, D]
        auxiliary = word_loss + self.auxiliary.all_visible(tokens, batch)
        return loss + self.config.auxiliary_weight * auxiliary

    @torch.inference_mode()
    def evaluate(self, batches: Iterable[Batch]) -> float:
        """Mean Jaccard index of a clip's narration and the one of its split that is retrieved for it."""
        texts, overlaps = self.narrations.validation.to(self.ids.device), []
        for batch in batches:
            logits = self.model(self.ids[texts], batch.squares, self.mask[texts]).logits_per_video
            overlaps.append(self.alike[batch.labels, texts[logits.argmax(-1)]])
        return torch.cat(overlaps).mean().item()


def contrastive_loss(logits: torch.Tensor, relevance: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Symmetric InfoNCE with soft targets: logits [clips, texts], relevance [clips, texts] >= 0.

    Every clip has a relevant text.  A text that is relevant to no clip is a negative for all clips, and has
    no clip-retrieval loss of its own.
    """
    to_text = relevance / relevance.sum(1, keepdim=True)
    to_text = (1 - smoothing) * to_text + smoothing / relevance.shape[1]
    own = relevance.sum(0) > 0
    to_clip = relevance[:, own] / relevance[:, own].sum(0)
    text = -(to_text * logits.log_softmax(1)).sum(1).mean()
    clip = -(to_clip * logits[:, own].log_softmax(0)).sum(0).mean()
    return (text + clip) / 2
