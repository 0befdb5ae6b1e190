"""The paper's architectures at full size with random weights, for timing and for tests of loading.

Their labels mean nothing.  The tokenizers of the public checkpoints need a hub; the ones written here have
one token a word or a character, which costs the decoder as many steps as the true ones or more.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from encodings.clip import CLIP_S, RATE_HZ
from zoo.labels import LabelSet
from zoo.release_config import ReleaseConfig
from zoo.weights import Weights

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast, VideoMAEForVideoClassification, XCLIPModel

SIDE = 224
TREES, DEPTH = 100, 8  # of the published heads
IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
VARIANTS = ("vi-cl", "vi-lm", "x-clip", "x-clip-rf", "x-clip-xgb")  # Video-LLaVA's 7 B take 28 GB of disk


def write_all(folder: Path, labels: LabelSet) -> None:
    """Write a release of each of VARIANTS into a folder of its own, named by its key."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    encoder = write_vi_cl(folder / "vi-cl", labels)
    write_vi_lm(folder / "vi-lm", labels, encoder.videomae)
    write_xclip(folder / "x-clip", labels)
    for kind in ("rf", "xgb"):
        write_trees(folder / f"x-clip-{kind}", kind, labels)


def write_vi_cl(folder: Path, labels: LabelSet) -> "VideoMAEForVideoClassification":
    """VideoMAE-base and a linear classifier."""
    from transformers import VideoMAEConfig, VideoMAEForVideoClassification

    model = VideoMAEForVideoClassification(VideoMAEConfig(id2label=dict(enumerate(labels.labels)))).eval()
    _spread(model.classifier.weight)
    model.save_pretrained(folder)
    _describe(folder, ReleaseConfig(variant="vi-cl", labels=labels.key))
    return model


def write_vi_lm(folder: Path, labels: LabelSet, encoder: "torch.nn.Module") -> None:
    """VideoMAE-base, and T5-small as a decoder with cross-attention to its 1568 tokens."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    from zoo.heads.t5 import save_decoder

    encoder.save_pretrained(folder)
    ends = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    decoder = T5ForConditionalGeneration(T5Config(**ends)).eval()
    projection = torch.nn.Linear(encoder.config.hidden_size, decoder.config.d_model)
    _spread(projection.weight)
    save_decoder(folder, decoder, projection, _tokenizer(sorted(set("".join(labels.labels))), None))
    _describe(folder, ReleaseConfig(variant="vi-lm", labels=labels.key))


def write_xclip(folder: Path, labels: LabelSet) -> "XCLIPModel":
    """X-CLIP base/32, the backbone of three variants."""
    from transformers import XCLIPConfig, XCLIPModel

    words = sorted({word for each in labels.activities for word in each.text.split()})
    tokenizer = _tokenizer(words, "whitespace")
    text = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    model = XCLIPModel(XCLIPConfig(text_config=text, vision_config={"patch_size": 32})).eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    _describe(folder, ReleaseConfig(backbone_name="x-clip", encodings=("V",)))
    return model


def write_trees(folder: Path, kind: str, labels: LabelSet, width: int = 512) -> None:
    """A random forest (rf) or gradient-boosted trees (xgb), fitted on noise of the backbone's width."""
    rng, count = np.random.default_rng(0), len(labels.labels)
    truth = np.arange(15 * count) % count
    vectors = rng.normal(0, 1, (len(truth), width)).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels.labels))}))
    if kind == "rf":
        from safetensors.numpy import save_file
        from sklearn.ensemble import RandomForestClassifier

        from zoo.heads.forest import forest_arrays

        forest = RandomForestClassifier(TREES, max_depth=DEPTH, random_state=0).fit(vectors, truth)
        save_file(forest_arrays(forest), folder / "model.safetensors")
    else:
        import xgboost

        trees = xgboost.XGBClassifier(n_estimators=TREES, max_depth=DEPTH, learning_rate=0.5, random_state=0)
        trees.fit(vectors, truth).save_model(folder / "model.ubj")
    config = ReleaseConfig(variant=f"x-clip-{kind}", labels=labels.key, backbone=Weights("x-clip"))
    _describe(folder, config)


def _describe(folder: Path, config: ReleaseConfig) -> None:
    replace(config, clip_s=CLIP_S, rate_hz=RATE_HZ, trained_on="nothing").write(folder)
    size = {"size": {"height": SIDE, "width": SIDE}, "do_center_crop": False}
    (folder / "preprocessor_config.json").write_text(json.dumps(size | IMAGENET))


def _spread(weights: "torch.Tensor") -> None:
    """Draw weights with a larger deviation: with the default one the label does not depend on the clip."""
    import torch

    torch.nn.init.normal_(weights, std=1.0)


def _tokenizer(pieces: Sequence[str], split: str | None) -> "PreTrainedTokenizerFast":
    """A tokenizer with one token a piece: words between spaces, or single characters."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {piece: place for place, piece in enumerate(["<pad>", "</s>", "<unk>", *pieces])}
    if split is None:
        raw = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    else:
        # As in CLIP, the end token has the greatest number.
        vocabulary |= {"<start>": len(vocabulary), "<end>": len(vocabulary) + 1}
        raw = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
        raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        marks = [(name, vocabulary[name]) for name in ("<start>", "<end>")]
        raw.post_processor = processors.TemplateProcessing("<start> $A <end>", special_tokens=marks)
    eos = "</s>" if split is None else "<end>"
    return PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token=eos, unk_token="<unk>")
