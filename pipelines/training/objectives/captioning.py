"""Train Video-LLaVA to answer questions about narrated clips."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch
from transformers import VideoLlavaForConditionalGeneration, set_seed

from encodings.clip import FRAMES
from pipelines.training.architectures.tokenizers import llama_tokenizer
from pipelines.training.architectures.video_llava import Preset, begin_as, make_model, preset, video_tokens
from pipelines.training.clip_cache import Batch
from pipelines.training.narrations import open_narrated
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.contrastive import auxiliary_loss
from pipelines.training.objectives.dialogues import IGNORED, Dialogues, Packed, sentence
from pipelines.training.release_writer import command, describe_backbone, save, with_epochs
from pipelines.training.trainer import train
from zoo.release_config import ReleaseConfig

BACKBONE = "video-llava"


class Captioner(torch.nn.Module):
    """Video-LLaVA asked several questions behind one video, which is looked at once.

    The loss is on the answers alone; what is learnt on the side is learnt from patches as the language
    model gets them.
    """

    measure, rising = "validation_token_accuracy", True

    def __init__(
        self,
        model: VideoLlavaForConditionalGeneration,
        chosen: Preset,
        dialogues: Dialogues,
        auxiliary: AuxiliaryHeads | None,
    ) -> None:
        super().__init__()
        self.model, self.training_of, self.dialogues, self.auxiliary = (
            model,
            chosen.training,
            dialogues,
            auxiliary,
        )

    def forward(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Cross-entropy of the answers' tokens, and what is learnt on the side."""
        packed = self.dialogues.pack(batch.labels.tolist(), generator)
        said = self._ask(batch.squares, packed, labels=packed.answers.to(batch.squares.device))
        if self.auxiliary is None:
            return said.loss
        tokens = said.video_hidden_states[:, 1:]  # [B * F, (S / P) ** 2, D]
        return said.loss + self.training_of.auxiliary * auxiliary_loss(self.auxiliary, tokens, batch)

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

    @torch.inference_mode()
    def judge(self, batches: Iterable[Batch]) -> float:
        """How many tokens of the answers are the likeliest behind those before them."""
        generator, right, count = torch.Generator().manual_seed(0), 0, 0
        for batch in batches:
            packed = self.dialogues.pack(batch.labels.tolist(), generator)
            likeliest = self._ask(batch.squares, packed).logits[:, :-1].argmax(-1).cpu()
            wanted = packed.answers[:, 1:]
            right += int((likeliest == wanted)[wanted != IGNORED].sum())
            count += int((wanted != IGNORED).sum())
        return right / count


def pretrain(
    manifest: Path,
    preset_name: str,
    seed: int,
    run: Path,
    out: Path,
    cache: Path | None = None,
    epochs: int | None = None,
    vision: Path | None = None,
) -> None:
    """Train on the training split's narrations, choose the epoch on the validation split.

    vision is the folder of an X-CLIP whose vision tower the video tower begins as, where their parts are
    the same.  Checkpoints and the log stay in `run`, where the same command resumes, painted clips in
    `cache`, or in `run`; `out` gets the backbone in half precision, without the tower for images.  Raises
    UnknownPreset, NotNarrated, WeightsMissing, and what reading the manifest raises.
    """
    chosen = preset(preset_name)
    set_seed(seed)
    training, validation = open_narrated(manifest, chosen.side, chosen.frames, cache or run)
    chosen = with_epochs(chosen, training, epochs)
    tokenizer = llama_tokenizer(sentence(training.texts[place]) for place in training.known)
    model = make_model(chosen, tokenizer)
    begun = begin_as(model, vision) if vision else 0
    dialogues = Dialogues(tokenizer, training.texts, training.known, video_tokens(chosen), chosen.lists)
    auxiliary = AuxiliaryHeads(
        chosen.text_hidden, chosen.patch, len(training.cache.kinds), FRAMES // chosen.frames
    )
    train(Captioner(model, chosen, dialogues, auxiliary), training.cache, validation.cache, run, seed)
    save(model, tokenizer, chosen.side, out)
    about = ReleaseConfig(preset=preset_name, epochs=chosen.training.epochs, seed=seed)
    made = command(BACKBONE, manifest, about, out) + (f" --vision {vision.name}" if vision else "")
    about = replace(about, command=made)
    begins = f" Its video tower began as that of {vision.name} ({begun:,} weights)." if vision else ""
    notes = f"{begins} It has no tower for images."
    describe_backbone(out, run, BACKBONE, training, about, notes)
