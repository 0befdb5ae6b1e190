"""A small Video-LLaVA (Lin et al. 2023) with fresh weights, and a video tower initialised from X-CLIP's."""

from pathlib import Path

from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    VideoLlavaConfig,
    VideoLlavaForConditionalGeneration,
)

from pipelines.training.config import CaptionerSize
from zoo.encoders.xclip import read_model


def make_model(size: CaptionerSize, tokenizer: PreTrainedTokenizerFast) -> VideoLlavaForConditionalGeneration:
    """A fresh model of a preset's size, without the tower for images."""
    tower = {
        "hidden_size": size.hidden,
        "intermediate_size": 4 * size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "image_size": size.image_side,
        "patch_size": size.patch,
        "hidden_act": "gelu",
    }
    special = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    llama = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.text_hidden,
        intermediate_size=8 * size.text_hidden // 3,
        num_hidden_layers=size.text_layers,
        num_attention_heads=size.text_heads,
        max_position_embeddings=1024,
        **special,
    )
    config = VideoLlavaConfig(
        text_config=llama,
        vision_config=CLIPVisionConfig(**tower),
        vision_feature_layer=-1,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
        image_seq_length=size.video_tokens // size.frames,
        video_seq_length=size.video_tokens,
    )
    model = VideoLlavaForConditionalGeneration(config)
    del model.model.image_tower
    model.set_attn_implementation("eager")  # faster in bfloat16 than the fused one
    model.generation_config = GenerationConfig(**special)
    return model


def initialise_video_tower(model: VideoLlavaForConditionalGeneration, folder: Path) -> int:
    """Copy the weights that an X-CLIP's vision tower shares with a video tower; returns how many.

    X-CLIP's frames also exchange messages; a CLIP tower has no weights for those.
    """
    source = read_model(folder).vision_model.state_dict()
    target = model.model.video_tower.state_dict()
    renamed = {name: source.get(name.replace("pre_layrnorm", "pre_layernorm")) for name in target}
    shared = {
        name: weights
        for name, weights in renamed.items()
        if weights is not None and weights.shape == target[name].shape
    }
    model.model.video_tower.load_state_dict(shared, strict=False)
    return sum(weights.numel() for weights in shared.values())
