"""Reads Video-LLaVA from a folder: its configuration, its vocabulary, and what of it watches videos."""

import json
from pathlib import Path

import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import (
    AutoTokenizer,
    PreTrainedTokenizerBase,
    VideoLlavaConfig,
    VideoLlavaForConditionalGeneration,
)
from transformers.conversion_mapping import (
    get_checkpoint_conversion_mapping,
    register_checkpoint_conversion_mapping,
)
from transformers.utils import logging

from zoo.encoders.plans import Plan
from zoo.weights import WeightsMissing, require_files

logging.disable_progress_bar()


class VideoCaptioner(VideoLlavaForConditionalGeneration):
    """transformers' model without its tower for images, which is neither read nor held."""

    _keys_to_ignore_on_load_unexpected = (r"image_tower",)

    def __init__(self, config: VideoLlavaConfig) -> None:
        super().__init__(config)
        del self.model.image_tower


# Checkpoints name their weights as older versions did; the renaming goes by the name of the class.
register_checkpoint_conversion_mapping(
    VideoCaptioner.__name__, get_checkpoint_conversion_mapping("video_llava"), overwrite=True
)


def read_model(folder: Path, config: VideoLlavaConfig, plan: Plan, device: torch.device) -> VideoCaptioner:
    """The model of a folder, held as planned.  Raises WeightsMissing if a part of it is not there."""
    if not (folder / "model.safetensors.index.json").is_file():
        require_files(folder, "model.safetensors")
    model, report = VideoCaptioner.from_pretrained(
        folder,
        config=config,
        dtype=plan.dtype,
        quantization_config=plan.quantization(),
        device_map={"": device},
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    if lacking := sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])]):
        raise WeightsMissing(
            f"{folder.name} is no whole Video-LLaVA: it lacks {lacking[0]} and {len(lacking) - 1} more."
        )
    return model.eval()


def read_config(folder: Path, side: int) -> VideoLlavaConfig:
    """The configuration of a folder whose pictures have a side in px.

    Raises WeightsMissing if it is another kind of model's, or does not fit the pictures.
    """
    try:
        told = json.loads((folder / "config.json").read_text()).get("model_type")
        if told != "video_llava":
            raise WeightsMissing(f"{folder.name} is a model of the kind {told}; expected video_llava.")
        config = VideoLlavaConfig.from_pretrained(folder, local_files_only=True)
        expected = config.vision_config.image_size
    except (StrictDataclassError, AttributeError, TypeError) as error:
        raise WeightsMissing(
            f"The config.json of {folder.name} is no Video-LLaVA's; fetch or push it again."
        ) from error
    if expected != side:
        raise WeightsMissing(
            f"{folder.name} takes pictures of {expected} px, its preprocessor_config.json makes them {side}; "
            "fetch or push it again."
        )
    return config


def read_tokenizer(folder: Path, config: VideoLlavaConfig) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder.  Raises WeightsMissing if it does not know <video>."""
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    place = tokenizer.convert_tokens_to_ids("<video>")
    if place != config.video_token_id or place == tokenizer.unk_token_id:
        raise WeightsMissing(
            f"The vocabulary of {folder.name} has no <video> where its config.json says, at "
            f"{config.video_token_id}; fetch or push it again."
        )
    return tokenizer
