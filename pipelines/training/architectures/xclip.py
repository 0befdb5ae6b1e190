"""A small X-CLIP: its size, how it is trained, and its fresh weights."""

from dataclasses import dataclass

from transformers import XCLIPConfig, XCLIPModel

from pipelines.training.config import Training, UnknownPreset

HEAD = 64  # channels of an attention head, at most
GELU = {"hidden_act": "gelu"}


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
    # Chosen for two CPU cores: 4.6 M parameters.
    "embedded": Preset(
        *(96, 24, 8, 192, 5, 128, 3, 128, 96, 80_000),
        Training(0, 16, 1e-3, "cosine", 0.05, 0.1, 0.0, 0.05, 1.0, 1.0, 1.0, muon=True),
    ),
}


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(f"There is no preset “{name}” of X-CLIP; expected one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def make_model(chosen: Preset, words: int) -> XCLIPModel:
    """A fresh X-CLIP that reads so many words, the last of which ends a text."""
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
    config = XCLIPConfig(
        text_config=text | GELU,
        vision_config=vision | GELU,
        projection_dim=chosen.projection,
        prompt_layers=1,
        prompt_hidden_act="gelu",
        prompt_num_attention_heads=-(-chosen.projection // HEAD),
        prompt_attention_dropout=0.0,
        prompt_projection_dropout=0.0,
    )
    model = XCLIPModel(config)
    model.set_attn_implementation("eager")  # in bfloat16 faster than the fused one
    return model


def _tower(hidden: int, layers: int) -> dict[str, int]:
    return {
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": -(-hidden // HEAD),
    }
