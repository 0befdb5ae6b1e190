"""VideoMAE (Tong et al. 2022) with a classifier or a T5 decoder, made from a preset's size."""

import json
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
from pipelines.training.config import VideoMAESize
from zoo.labels import LABEL_SETS, LabelSet
from zoo.weights import WeightsMissing, require_files

PAD, END, UNKNOWN = SPECIAL_TOKENS = ("<pad>", "</s>", "<unk>")  # T5's ids 0, 1, 2


def videomae_config(size: VideoMAESize, **more: object) -> VideoMAEConfig:
    """VideoMAE's configuration.  Eager attention is faster in bfloat16 than the fused one."""
    return VideoMAEConfig(
        image_size=size.image_side,
        patch_size=size.patch,
        tubelet_size=size.tubelet,
        num_frames=FRAMES,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        decoder_hidden_size=size.decoder_hidden,
        decoder_num_hidden_layers=size.decoder_layers,
        decoder_num_attention_heads=size.decoder_heads,
        decoder_intermediate_size=4 * size.decoder_hidden,
        attn_implementation="eager",
        **more,
    )


def make_classifier(size: VideoMAESize, labels: LabelSet) -> VideoMAEForVideoClassification:
    """Vi-Cl with fresh weights."""
    names = dict(enumerate(labels.labels))
    places = {label: place for place, label in names.items()}
    return VideoMAEForVideoClassification(videomae_config(size, id2label=names, label2id=places))


def make_encoder(size: VideoMAESize) -> VideoMAEModel:
    """Vi-LM's encoder with fresh weights; its tokens are normalised, as T5 expects of an encoder."""
    return VideoMAEModel(videomae_config(size, use_mean_pooling=False))


def make_tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """Byte-pair encoding learnt from the texts of both label sets; it encodes any other text too."""
    texts = [
        text
        for labels in LABEL_SETS
        for each in labels.activities
        for text in (each.name, each.title, each.description, each.text)
    ]
    raw = Tokenizer(models.BPE(unk_token=UNKNOWN))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
    )


def make_t5(size: VideoMAESize, tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    """T5's decoder with fresh weights; VideoMAE replaces its encoder, which has no layers."""
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


def initialise_encoder(model: VideoMAEForVideoClassification | VideoMAEModel, folder: Path) -> None:
    """Load the encoder of a pre-trained folder, or of a release of Vi-Cl.  Raises WeightsMissing."""
    require_files(folder, "config.json", "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    for name in ("image_size", "patch_size", "tubelet_size", "hidden_size", "num_hidden_layers"):
        expected = getattr(model.config, name)
        if config.get(name) != expected:
            raise WeightsMissing(
                f"{folder.name} has {name} {config.get(name)}, but the preset has {expected}; "
                "give a folder of the same preset."
            )
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # it would list the decoder or classifier that is not wanted here
    encoder, report = VideoMAEModel.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    logging.set_verbosity(verbosity)
    if missing := sorted(report["missing_keys"]):
        raise WeightsMissing(f"{folder.name} is no complete VideoMAE: it lacks {missing[0]}; train it again.")
    # Not strictly: only Vi-LM has a normalisation behind its last layer.
    model.base_model.load_state_dict(encoder.state_dict(), strict=False)
