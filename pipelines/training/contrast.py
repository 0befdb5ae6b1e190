"""Train X-CLIP on narrated clips: a clip and its narration meet, it and other narrations part."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy, one_hot
from transformers import PreTrainedTokenizerFast, XCLIPConfig, XCLIPModel, set_seed

from encodings.clip import FRAMES
from pipelines.training.aside import Aside
from pipelines.training.cache import Batch
from pipelines.training.folders import command, describe_backbone, save, with_epochs
from pipelines.training.loop import Run
from pipelines.training.models import MEAN, STD
from pipelines.training.narrations import Narrated, open_narrated
from pipelines.training.presets import Training, UnknownPreset
from pipelines.training.tokens import clip_tokenizer
from zoo.pixels import PixelSettings

BACKBONE = "x-clip"


@dataclass(frozen=True)
class Preset:
    """The size of an X-CLIP, and how it is trained."""

    side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    text_hidden: int
    text_layers: int
    projection: int
    texts: int  # narrations that each clip of a batch is compared with
    passes: int  # clips seen in all, each some times: epochs are as many as that makes
    training: Training


PRESETS = {
    # Chosen for two CPU cores: 4.6 M parameters, 13 ms a training clip.
    "embedded": Preset(
        *(96, 24, 8, 192, 5, 128, 3, 128, 96, 48_000),
        Training(0, 24, 1e-3, "cosine", 0.05, 0.1, 0.0, 0.05, 1.0, 1.0, 1.0),
    ),
}
HEAD = 64  # channels of an attention head, at most
GELU = {"hidden_act": "gelu"}


class Contrast(torch.nn.Module):
    """X-CLIP between the clips of a batch and more narrations than they have.

    Clips are dear and narrations cheap: a batch's clips are told from narrations of clips outside the batch
    too.  judged are the places of the validation split's narrations.
    """

    measure, rising = "validation_accuracy", True

    def __init__(
        self,
        model: XCLIPModel,
        chosen: Preset,
        tokenizer: PreTrainedTokenizerFast,
        training: Narrated,
        judged: torch.Tensor,
        aside: Aside | None,
    ) -> None:
        super().__init__()
        self.model, self.chosen, self.training_of, self.aside = model, chosen, chosen.training, aside
        self.known, self.judged = training.known, judged
        read = tokenizer(list(training.texts), padding=True, truncation=True, return_tensors="pt")
        self.register_buffer("ids", read["input_ids"], persistent=False)  # [texts, L]
        self.register_buffer("mask", read["attention_mask"], persistent=False)

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Symmetric InfoNCE, and what is learnt on the side."""
        places, target = self._compared(batch.labels, generator)
        said = self.model(self.ids[places], batch.squares, self.mask[places])
        smoothing = self.training_of.label_smoothing
        loss = contrastive_loss(said.logits_per_video.float(), target, smoothing)
        if self.aside is None:
            return loss
        tokens = said.vision_model_output.last_hidden_state[:, 1:]  # [B * F, (S / P) ** 2, D]
        return loss + self.training_of.aside * on_the_side(self.aside, tokens, batch)

    def _compared(
        self, labels: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Places of the batch's narrations and of others drawn at random; which of them each clip has."""
        own, target = labels.unique(return_inverse=True)
        others = self.known[torch.randperm(len(self.known), generator=generator)].to(own.device)
        others = others[~torch.isin(others, own)][: max(0, self.chosen.texts - len(own))]
        return torch.cat([own, others]), target

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """How many clips are nearest to their own narration, of all that the split has."""
        places, hits = self.judged.to(self.ids.device), []
        for batch in batches:
            logits = self.model(self.ids[places], batch.squares, self.mask[places]).logits_per_video
            hits.append(places[logits.argmax(-1)] == batch.labels)
        return torch.cat(hits).float().mean().item()


def on_the_side(aside: Aside, tokens: torch.Tensor, batch: Batch) -> torch.Tensor:
    """What is learnt from patches [B * F, (S / P) ** 2, D], all of them shown."""
    tokens = tokens.unflatten(0, batch.squares.shape[:2]).flatten(1, 2)
    return aside(tokens, batch, torch.zeros(tokens.shape[:2], dtype=torch.bool))


def contrastive_loss(logits: torch.Tensor, target: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Symmetric InfoNCE of logits [clips, texts]; every clip with the same narration is a positive of it.

    Texts after those of the clips are only told apart from: no clip is looked for behind them.
    """
    to_text = cross_entropy(logits, target, label_smoothing=smoothing)
    own = int(target.max()) + 1
    positive = one_hot(target, own).float()  # [clips, own]
    positive = positive / positive.sum(0)
    to_clip = -(positive * logits[:, :own].log_softmax(0)).sum(0).mean()
    return (to_text + to_clip) / 2


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
    model = XCLIPModel(_config(chosen, len(tokenizer)))
    model.set_attn_implementation("eager")  # in bfloat16 faster than the fused one
    aside = Aside(chosen.hidden, chosen.patch, len(training.cache.kinds), FRAMES // chosen.frames)
    learner = Contrast(model, chosen, tokenizer, training, validation.known, aside)
    run.mkdir(parents=True, exist_ok=True)
    trainer = Run(learner, len(training.cache.labels), run)
    trainer.train(training.cache, validation.cache, PixelSettings(chosen.side, MEAN, STD), seed)
    save(model, tokenizer, chosen.side, out)
    about = {"preset": preset_name, "epochs": chosen.training.epochs, "seed": seed}
    about["command"] = command(BACKBONE, manifest, about, out)
    describe_backbone(out, run, BACKBONE, training, about)


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(f"There is no preset “{name}” of X-CLIP; expected one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def _config(chosen: Preset, words: int) -> XCLIPConfig:
    vision = {
        "image_size": chosen.side,
        "patch_size": chosen.patch,
        "num_frames": chosen.frames,
        **_tower(chosen.hidden, chosen.layers),
        **{f"mit_{name}": value for name, value in _tower(chosen.projection, 1).items()},
    }
    text = {
        "vocab_size": words,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": words - 1,
        **_tower(chosen.text_hidden, chosen.text_layers),
    }
    return XCLIPConfig(
        text_config=text | GELU,
        vision_config=vision | GELU,
        projection_dim=chosen.projection,
        prompt_layers=1,
        prompt_hidden_act="gelu",
        prompt_num_attention_heads=-(-chosen.projection // HEAD),
        prompt_attention_dropout=0.0,
        prompt_projection_dropout=0.0,
    )


def _tower(hidden: int, layers: int) -> dict[str, int]:
    return {
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": -(-hidden // HEAD),
    }
