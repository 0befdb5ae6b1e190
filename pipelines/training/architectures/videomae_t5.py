"""The models that are trained, made from a preset, and how they are written as releases."""

import json
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
    VideoMAEConfig,
    VideoMAEForVideoClassification,
    VideoMAEModel,
)
from transformers.utils import logging

from encodings.clip import FRAMES
from pipelines.training.config import Size
from zoo.labels import LABEL_SETS, LabelSet
from zoo.weights import WeightsMissing, require_files

# ImageNet's, which VideoMAE's own preprocessing uses.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIGNS = ("<pad>", "</s>", "<unk>")  # T5's numbers 0, 1, 2


def videomae_config(size: Size, **more: object) -> VideoMAEConfig:
    """VideoMAE's configuration.  Attention is written out: in bfloat16 that is faster than the fused one."""
    return VideoMAEConfig(
        image_size=size.side,
        patch_size=size.patch,
        tubelet_size=size.tubelet,
        num_frames=FRAMES,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        decoder_hidden_size=size.pixel_hidden,
        decoder_num_hidden_layers=size.pixel_layers,
        decoder_num_attention_heads=size.pixel_heads,
        decoder_intermediate_size=4 * size.pixel_hidden,
        attn_implementation="eager",
        **more,
    )


def make_classifier(size: Size, labels: LabelSet) -> VideoMAEForVideoClassification:
    """Vi-Cl with fresh weights."""
    names = dict(enumerate(labels.labels))
    places = {label: place for place, label in names.items()}
    return VideoMAEForVideoClassification(videomae_config(size, id2label=names, label2id=places))


def make_encoder(size: Size) -> VideoMAEModel:
    """Vi-LM's encoder with fresh weights; its tokens are normalised, as T5 expects of an encoder."""
    return VideoMAEModel(videomae_config(size, use_mean_pooling=False))


def make_tokenizer(most: int) -> PreTrainedTokenizerFast:
    """Byte pairs learnt from what both label sets say of themselves; any text can be written in bytes."""
    texts = [
        text
        for labels in LABEL_SETS
        for each in labels.activities
        for text in (each.name, each.title, each.shows, each.text)
    ]
    raw = Tokenizer(models.BPE(unk_token=SIGNS[2]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=most, special_tokens=list(SIGNS), initial_alphabet=alphabet, show_progress=False
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token=SIGNS[0], eos_token=SIGNS[1], unk_token=SIGNS[2]
    )


def make_writer(size: Size, tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    """T5's decoder with fresh weights; its own encoder, which VideoMAE replaces, has no layers."""
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=size.text_hidden,
        d_kv=size.text_hidden // size.text_heads,
        d_ff=4 * size.text_hidden,
        num_layers=0,
        num_decoder_layers=size.text_layers,
        num_heads=size.text_heads,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    return T5ForConditionalGeneration(config)


def start_from(model: VideoMAEForVideoClassification | VideoMAEModel, folder: Path) -> None:
    """Give a fresh model the encoder of a pre-trained folder, or of a Vi-Cl.  Raises WeightsMissing."""
    require_files(folder, "config.json", "model.safetensors")
    told, ours = json.loads((folder / "config.json").read_text()), model.config
    for name in ("image_size", "patch_size", "tubelet_size", "hidden_size", "num_hidden_layers"):
        if told.get(name) != getattr(ours, name):
            raise WeightsMissing(
                f"{folder.name} has {name} {told.get(name)}, the preset {getattr(ours, name)}; "
                "start from one of the same preset."
            )
    talkative = logging.get_verbosity()
    logging.set_verbosity_error()  # it would list the decoder or classifier that is not wanted here
    stored, report = VideoMAEModel.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    logging.set_verbosity(talkative)
    if lacking := sorted(report["missing_keys"]):
        raise WeightsMissing(f"{folder.name} is no whole VideoMAE: it lacks {lacking[0]}; train it again.")
    # Not strictly: only Vi-LM has a normalisation behind its last layer.
    model.base_model.load_state_dict(stored.state_dict(), strict=False)


def write_pixels(size: Size, out: Path) -> None:
    """Say beside the weights how they want their pixels."""
    pixels = {
        "image_processor_type": "VideoMAEImageProcessor",
        "do_center_crop": False,
        "size": {"height": size.side, "width": size.side},
        "image_mean": MEAN,
        "image_std": STD,
    }
    (out / "preprocessor_config.json").write_text(json.dumps(pixels, indent=2) + "\n")


def empty(out: Path) -> None:
    """Remove what an earlier release left in a folder that is written anew."""
    for name in ("decoder", "figures"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
