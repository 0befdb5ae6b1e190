"""A small Video-LLaVA: its size, its fresh weights, and a video tower that begins as X-CLIP's."""

from dataclasses import dataclass
from pathlib import Path

from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    VideoLlavaConfig,
    VideoLlavaForConditionalGeneration,
)

from pipelines.training.config import Training, UnknownPreset
from zoo.encoders.xclip import read_model


@dataclass(frozen=True)
class Preset:
    """The size of a Video-LLaVA, and how it is trained."""

    side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    heads: int
    text_hidden: int
    text_layers: int
    text_heads: int
    lists: int  # times a clip is asked which of a list it shows, beside once openly
    passes: int  # clips seen in all, each some times: epochs are as many as that makes
    training: Training


PRESETS = {
    # Chosen for two CPU cores: 4.5 M parameters.
    "embedded": Preset(
        *(96, 24, 8, 192, 5, 3, 192, 4, 3, 1, 20_000),
        Training(0, 16, 1e-3, "cosine", 0.05, 0.1, gradient_norm=1.0, auxiliary=0.4, muon=True),
    ),
}


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
    model.set_attn_implementation("eager")  # in bfloat16 faster than the fused one
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
