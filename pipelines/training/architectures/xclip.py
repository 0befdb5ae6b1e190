"""A small X-CLIP (Ni et al. 2022) with fresh weights."""

from transformers import XCLIPConfig, XCLIPModel

from pipelines.training.config import XCLIPSize

MAX_HEAD = 64  # channels of an attention head
GELU = {"hidden_act": "gelu"}


def make_model(size: XCLIPSize, vocabulary: int) -> XCLIPModel:
    """A fresh X-CLIP; the last token of its vocabulary ends a text."""
    vision = {
        "image_size": size.image_side,
        "patch_size": size.patch,
        "num_frames": size.frames,
        **_tower(size.hidden, size.layers),
        **{f"mit_{name}": value for name, value in _tower(size.projection, 1).items()},
    }
    text = {
        "vocab_size": vocabulary,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": vocabulary - 1,
        **_tower(size.text_hidden, size.text_layers),
    }
    config = XCLIPConfig(
        text_config=text | GELU,
        vision_config=vision | GELU,
        projection_dim=size.projection,
        prompt_layers=1,
        prompt_hidden_act="gelu",
        prompt_num_attention_heads=-(-size.projection // MAX_HEAD),
        prompt_attention_dropout=0.0,
        prompt_projection_dropout=0.0,
    )
    model = XCLIPModel(config)
    model.set_attn_implementation("eager")  # faster in bfloat16 than the fused one
    return model


def _tower(hidden: int, layers: int) -> dict[str, int]:
    return {
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": -(-hidden // MAX_HEAD),
    }
