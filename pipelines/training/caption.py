"""Train Video-LLaVA to answer questions about narrated clips."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    VideoLlavaConfig,
    VideoLlavaForConditionalGeneration,
    set_seed,
)

from pipelines.training.cache import Batch, PixelCache
from pipelines.training.dialogue import IGNORED, Dialogues, Packed, sentence
from pipelines.training.folders import PIXELS, add_about, describe, write_pixel_settings
from pipelines.training.loop import Run, objects_in_patches
from pipelines.training.narrations import ENCODINGS, open_narrated
from pipelines.training.precision import ATTENTION, fastest
from pipelines.training.presets import UnknownPreset
from pipelines.training.tokens import llama_tokenizer
from zoo.encoders.xclip import read_model
from zoo.pixels import PixelSettings, normalise

BACKBONE = "video-llava"


@dataclass(frozen=True)
class Preset:
    """The size of a Video-LLaVA, and the numbers of its training with AdamW: cosine decay after warm-up."""

    side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    heads: int
    text_hidden: int
    text_layers: int
    text_heads: int
    passes: int  # clips seen in all, each some times: epochs are as many as that makes
    batch: int
    lists: int  # times a clip is asked which of a list it shows, beside once openly
    learning_rate: float
    weight_decay: float
    warmup: float  # share of the steps
    gradient_norm: float  # at most
    object_weight: float  # of naming the objects in each patch, beside answering
    epochs: int = 1


PRESETS = {
    # Chosen for two CPU cores: 4.4 M parameters, about 25 ms a training clip.
    "embedded": Preset(96, 24, 8, 192, 5, 3, 192, 4, 3, 24_000, 16, 1, 1e-3, 0.05, 0.1, 1.0, 2.0),
}


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
    describe(out, BACKBONE, ENCODINGS, training, preset_name, seed)
    add_about(out, {"begun_as": vision.name if vision else None, "weights_begun": begun})


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(
            f"There is no preset “{name}” of Video-LLaVA; expected one of {', '.join(PRESETS)}."
        )
    return PRESETS[name]


def video_tokens(chosen: Preset) -> int:
    """How many tokens a clip has: a class token and the patches of each frame."""
    return chosen.frames * ((chosen.side // chosen.patch) ** 2 + 1)


def make_model(chosen: Preset, tokenizer: PreTrainedTokenizerFast) -> VideoLlavaForConditionalGeneration:
    """A fresh model of a preset's size, without the tower for images."""
    tower = {
        "hidden_size": chosen.hidden,
        "intermediate_size": 4 * chosen.hidden,
        "num_hidden_layers": chosen.layers,
        "num_attention_heads": chosen.heads,
        "image_size": chosen.side,
        "patch_size": chosen.patch,
        "hidden_act": "gelu",
    }
    marks = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    llama = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=chosen.text_hidden,
        intermediate_size=8 * chosen.text_hidden // 3,
        num_hidden_layers=chosen.text_layers,
        num_attention_heads=chosen.text_heads,
        max_position_embeddings=1024,
        **marks,
    )
    config = VideoLlavaConfig(
        text_config=llama,
        vision_config=CLIPVisionConfig(**tower),
        vision_feature_layer=-1,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
        image_seq_length=video_tokens(chosen) // chosen.frames,
        video_seq_length=video_tokens(chosen),
    )
    model = VideoLlavaForConditionalGeneration(config)
    del model.model.image_tower
    model.set_attn_implementation(ATTENTION)
    model.generation_config = GenerationConfig(**marks)
    return model


def begin_as(model: VideoLlavaForConditionalGeneration, folder: Path) -> int:
    """Copy what an X-CLIP's vision tower shares with a video tower.  Returns how many numbers that is.

    X-CLIP's frames also send each other messages; a CLIP tower has no place for those.
    """
    theirs = read_model(folder).vision_model.state_dict()
    ours = model.model.video_tower.state_dict()
    found = {name: theirs.get(name.replace("pre_layrnorm", "pre_layernorm")) for name in ours}
    fitting = {
        name: each for name, each in found.items() if each is not None and each.shape == ours[name].shape
    }
    model.model.video_tower.load_state_dict(fitting, strict=False)
    return sum(each.numel() for each in fitting.values())


def _save(
    model: VideoLlavaForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, chosen: Preset, out: Path
) -> None:
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_pixel_settings(out, chosen.side)
