"""Video-LLaVA read from a folder: configuration, tokenizer, and the model without its image tower."""

from pathlib import Path

import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import PreTrainedTokenizerBase, VideoLlavaConfig, VideoLlavaForConditionalGeneration
from transformers.conversion_mapping import (
    get_checkpoint_conversion_mapping,
    register_checkpoint_conversion_mapping,
)

from zoo.encoders.plans import Plan
from zoo.encoders.pretrained import load_pretrained, load_tokenizer
from zoo.weights import WeightsMissing, read_json


class VideoCaptioner(VideoLlavaForConditionalGeneration):
    """transformers' model without its image tower, which is neither read nor kept."""

    _keys_to_ignore_on_load_unexpected = (r"image_tower",)

    def __init__(self, config: VideoLlavaConfig) -> None:
        super().__init__(config)
        del self.model.image_tower


# Checkpoints name their weights as older versions did; the renaming goes by the name of the class.
register_checkpoint_conversion_mapping(
    VideoCaptioner.__name__, get_checkpoint_conversion_mapping("video_llava"), overwrite=True
)


def read_model(folder: Path, config: VideoLlavaConfig, plan: Plan, device: torch.device) -> VideoCaptioner:
    """The model of a folder, stored as planned.  Raises WeightsMissing if a part of it is missing."""
    return load_pretrained(
        VideoCaptioner,
        folder,
        config=config,
        dtype=plan.dtype,
        quantization_config=plan.quantization(),
        device_map={"": device},
    )


def read_config(folder: Path, side: int) -> VideoLlavaConfig:
    """The configuration of a folder whose images are squares with a side in px.

    Raises WeightsMissing if it belongs to a model of another kind, or does not fit the images.
    """
    kind = read_json(folder, "config.json").get("model_type")
    if kind != "video_llava":
        raise WeightsMissing(f"{folder.name} is a model of the kind {kind}; expected video_llava.")
    try:
        config = VideoLlavaConfig.from_pretrained(folder, local_files_only=True)
        expected = config.vision_config.image_size
    except (StrictDataclassError, AttributeError, TypeError) as error:
        raise WeightsMissing(
            f"The config.json of {folder.name} is no Video-LLaVA's; fetch or push it again."
        ) from error
    if expected != side:
        raise WeightsMissing(
            f"{folder.name} takes images of {expected} px, its preprocessor_config.json makes them {side}; "
            "fetch or push it again."
        )
    return config


def read_tokenizer(folder: Path, config: VideoLlavaConfig) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder.  Raises WeightsMissing if it does not know <video>."""
    tokenizer = load_tokenizer(folder)
    token = tokenizer.convert_tokens_to_ids("<video>")
    if token != config.video_token_id or token == tokenizer.unk_token_id:
        raise WeightsMissing(
            f"The vocabulary of {folder.name} has no <video> where its config.json says, at "
            f"{config.video_token_id}; fetch or push it again."
        )
    return tokenizer
