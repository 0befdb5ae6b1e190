"""Train X-CLIP on narrated clips: a clip and its narration meet, it and other narrations part."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import PreTrainedTokenizerFast, XCLIPConfig, XCLIPModel, set_seed

from pipelines.training.cache import Batch, PixelCache
from pipelines.training.folders import PIXELS, describe, write_pixel_settings
from pipelines.training.loop import Run, objects_in_patches
from pipelines.training.narrations import open_narrated
from pipelines.training.precision import ATTENTION, fastest
from pipelines.training.presets import UnknownPreset
from pipelines.training.tokens import clip_tokenizer
from zoo.pixels import PixelSettings, normalise

BACKBONE = "x-clip"


@dataclass(frozen=True)
class Preset:
    """The size of an X-CLIP, and the numbers of its training with AdamW and cosine decay after warm-up."""

    side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    text_hidden: int
    text_layers: int
    projection: int
    passes: int  # clips seen in all, each some times: epochs are as many as that makes
    batch: int
    texts: int  # narrations that each clip of a batch is compared with
    learning_rate: float
    weight_decay: float
    warmup: float  # share of the steps
    label_smoothing: float
    gradient_norm: float  # at most
    object_weight: float  # of naming the objects in each patch, beside finding the narration
    epochs: int = 1


PRESETS = {
    # Chosen for two CPU cores: 4.6 M parameters, about 15 ms a training clip.
    "embedded": Preset(96, 24, 8, 192, 5, 128, 3, 128, 48_000, 24, 96, 1e-3, 0.05, 0.1, 0.05, 1.0, 5.0),
}
HEAD = 64  # channels of an attention head, at most


class Contrast(torch.nn.Module):
    """X-CLIP between the clips of a batch and more narrations than they have.

    Clips are dear and narrations cheap: a batch's clips are told from narrations of clips outside the batch
    too.  Beside it a layer names the objects in every patch, from true masks; it is no part of the release.
    """

    measure = "validation_accuracy"

    def __init__(
        self,
        model: XCLIPModel,
        chosen: Preset,
        tokenizer: PreTrainedTokenizerFast,
        known: torch.Tensor,
        texts: tuple[str, ...],
        kinds: int,
    ) -> None:
        super().__init__()
        self.model, self.chosen, self.known, self.kinds = model, chosen, known, kinds
        self.name_objects = torch.nn.Linear(chosen.hidden, kinds) if kinds else None
        read = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
        self.register_buffer("ids", read["input_ids"], persistent=False)  # [texts, L]
        self.register_buffer("mask", read["attention_mask"], persistent=False)

    def forward(self, batch: Batch) -> torch.Tensor:
        """The loss of a batch whose squares are normalised."""
        places, target = self._compared(batch.labels)
        said = self.model(self.ids[places], batch.squares, self.mask[places])
        loss = contrastive_loss(said.logits_per_video.float(), target, self.chosen.label_smoothing)
        if batch.objects is None or self.name_objects is None:
            return loss
        patches = said.vision_model_output.last_hidden_state[:, 1:]  # [B * F, (S / P) ** 2, D]
        seen = objects_in_patches(batch.objects, self.chosen.patch, self.kinds)
        named = self.name_objects(patches).view_as(seen).float()
        return loss + self.chosen.object_weight * binary_cross_entropy_with_logits(named, seen)

    def _compared(self, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Places of the batch's narrations and of others drawn at random; which of them each clip has."""
        own, target = labels.unique(return_inverse=True)
        others = self.known[torch.randperm(len(self.known))].to(own.device)
        others = others[~torch.isin(others, own)][: max(0, self.chosen.texts - len(own))]
        return torch.cat([own, others]), target

    def validate(self, cache: PixelCache, settings: PixelSettings, device: torch.device) -> float:
        """How many clips are nearest to their own narration, of all of the split."""
        places = cache.labels.unique().to(device)
        hits = [
            places[self._logits(batch, settings, places).argmax(-1)].cpu() == batch.labels
            for batch in cache.in_order(self.chosen.batch)
        ]
        return torch.cat(hits).float().mean().item()

    def _logits(self, batch: Batch, settings: PixelSettings, places: torch.Tensor) -> torch.Tensor:
        pixels = normalise(batch.squares.to(places.device), settings)
        with torch.autocast(places.device.type, torch.bfloat16, enabled=fastest() == "bf16"):
            return self.model(self.ids[places], pixels, self.mask[places]).logits_per_video


def contrastive_loss(logits: torch.Tensor, target: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Symmetric InfoNCE of logits [clips, texts]; every clip with the same narration is a positive of it.

    Texts after those of the clips are only told apart from: no clip is looked for behind them.
    """
    to_text = cross_entropy(logits, target, label_smoothing=smoothing)
    own = int(target.max()) + 1
    positive = torch.nn.functional.one_hot(target, own).float()  # [clips, own]
    positive = positive / positive.sum(0)
    to_clip = -(positive * logits[:, :own].log_softmax(0)).sum(0).mean()
    return (to_text + to_clip) / 2


def pretrain(manifest: Path, preset_name: str, seed: int, run: Path, out: Path) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    Checkpoints and the log stay in `run`, where the same command resumes; `out` gets the backbone in half
    precision.  Raises UnknownPreset, NotNarrated, and what reading the manifest raises.
    """
    chosen = preset(preset_name)
    set_seed(seed)
    training, validation = open_narrated(manifest, chosen.side, chosen.frames, run)
    chosen = replace(chosen, epochs=max(1, round(chosen.passes / len(training.cache.labels))))
    tokenizer = clip_tokenizer(training.texts[place] for place in training.known)
    model = XCLIPModel(_config(chosen, len(tokenizer)))
    model.set_attn_implementation(ATTENTION)
    kinds = len(training.cache.kinds)
    learner = Contrast(model, chosen, tokenizer, training.known, training.texts, kinds)
    steps = chosen.epochs * -(-len(training.cache.labels) // chosen.batch)
    settings = PixelSettings(chosen.side, *PIXELS)
    Run(learner, steps, run, fastest()).train(training.cache, validation.cache, settings, seed)
    _save(model, tokenizer, chosen, out)
    describe(out, run, BACKBONE, training, preset_name, seed)


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(f"There is no preset “{name}” of X-CLIP; expected one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def _config(chosen: Preset, words: int) -> XCLIPConfig:
    shared = {"hidden_act": "gelu"}
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
        text_config=text | shared,
        vision_config=vision | shared,
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


def _save(model: XCLIPModel, tokenizer: PreTrainedTokenizerFast, chosen: Preset, out: Path) -> None:
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_pixel_settings(out, chosen.side)
