"""Train Video-LLaVA to answer questions about narrated clips."""

from dataclasses import replace
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerFast, VideoLlavaForConditionalGeneration, set_seed

from pipelines.training.cache import Batch, PixelCache
from pipelines.training.captioner import Preset, begin_as, make_model, preset, video_tokens
from pipelines.training.dialogue import IGNORED, Dialogues, Packed, sentence
from pipelines.training.folders import PIXELS, describe, write_pixel_settings
from pipelines.training.loop import Run, objects_in_patches
from pipelines.training.narrations import open_narrated
from pipelines.training.precision import fastest
from pipelines.training.tokens import llama_tokenizer
from zoo.pixels import PixelSettings, normalise

BACKBONE = "video-llava"


class Captioner(torch.nn.Module):
    """Video-LLaVA asked several questions behind one video, which is looked at once.

    The loss is on the answers alone.  Beside it a layer names the objects in every patch as the language
    model gets it, from true masks; it is no part of the release.
    """

    measure = "validation_token_accuracy"

    def __init__(
        self, model: VideoLlavaForConditionalGeneration, chosen: Preset, dialogues: Dialogues, kinds: int
    ) -> None:
        super().__init__()
        self.model, self.chosen, self.dialogues, self.kinds = model, chosen, dialogues, kinds
        self.name_objects = torch.nn.Linear(chosen.text_hidden, kinds) if kinds else None

    def forward(self, batch: Batch) -> torch.Tensor:
        """The loss of a batch whose squares are normalised."""
        packed = self.dialogues.pack(batch.labels.tolist())
        said = self._ask(batch.squares, packed, labels=packed.answers.to(batch.squares.device))
        if batch.objects is None or self.name_objects is None:
            return said.loss
        patches = said.video_hidden_states[:, 1:]  # [B * F, (S / P) ** 2, D]
        seen = objects_in_patches(batch.objects, self.chosen.patch, self.kinds)
        named = self.name_objects(patches).view_as(seen).float()
        return said.loss + self.chosen.object_weight * binary_cross_entropy_with_logits(named, seen)

    def _ask(self, pixels: torch.Tensor, packed: Packed, **more):
        ids, positions, hidden = (
            each.to(pixels.device) for each in (packed.ids, packed.positions, packed.hidden)
        )
        return self.model(
            input_ids=ids,
            pixel_values_videos=pixels,
            attention_mask=hidden,
            position_ids=positions,
            use_cache=False,
            **more,
        )

    def validate(self, cache: PixelCache, settings: PixelSettings, device: torch.device) -> float:
        """How many tokens of the answers are the likeliest behind those before them."""
        generator, right, count = torch.Generator().manual_seed(0), 0, 0
        for batch in cache.in_order(self.chosen.batch):
            packed = self.dialogues.pack(batch.labels.tolist(), generator)
            pixels = normalise(batch.squares.to(device), settings)
            with torch.autocast(device.type, torch.bfloat16, enabled=fastest() == "bf16"):
                likeliest = self._ask(pixels, packed).logits[:, :-1].argmax(-1).cpu()
            wanted = packed.answers[:, 1:]
            right += int((likeliest == wanted)[wanted != IGNORED].sum())
            count += int((wanted != IGNORED).sum())
        return right / count


def pretrain(
    manifest: Path, preset_name: str, seed: int, run: Path, out: Path, vision: Path | None = None
) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    vision is the folder of an X-CLIP whose vision tower the video tower begins as, where their parts are
    the same.  Checkpoints and the log stay in `run`, where the same command resumes; `out` gets the backbone
    in half precision, without the tower for images.  Raises UnknownPreset, NotNarrated, WeightsMissing, and
    what reading the manifest raises.
    """
    chosen = preset(preset_name)
    set_seed(seed)
    training, validation = open_narrated(manifest, chosen.side, chosen.frames, run)
    chosen = replace(chosen, epochs=max(1, round(chosen.passes / len(training.cache.labels))))
    tokenizer = llama_tokenizer(sentence(training.texts[place]) for place in training.known)
    model = make_model(chosen, tokenizer)
    begun = begin_as(model, vision) if vision else 0
    dialogues = Dialogues(tokenizer, training.texts, training.known, video_tokens(chosen), chosen.lists)
    learner = Captioner(model, chosen, dialogues, len(training.cache.kinds))
    steps = chosen.epochs * -(-len(training.cache.labels) // chosen.batch)
    settings = PixelSettings(chosen.side, *PIXELS)
    Run(learner, steps, run, fastest()).train(training.cache, validation.cache, settings, seed)
    _save(model, tokenizer, chosen, out)
    describe(out, run, BACKBONE, training, preset_name, seed, _notes(vision, begun))


def _notes(vision: Path | None, begun: int) -> str:
    begins = f" Its video tower began as that of {vision.name} ({begun:,} weights)." if vision else ""
    return f"{begins} It has no tower for images."


def _save(
    model: VideoLlavaForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, chosen: Preset, out: Path
) -> None:
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_pixel_settings(out, chosen.side)
