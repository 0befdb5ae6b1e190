"""Tiny releases of every variant, written to disk as the embedded ones and those of the Hub are.

Real model classes with random weights: they load, run and answer differently from clip to clip.
"""

import json
from pathlib import Path

import numpy as np
import torch
import xgboost
from safetensors.numpy import save_file
from sklearn.ensemble import RandomForestClassifier
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlamaTokenizer,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
    VideoLlavaConfig,
    VideoLlavaForConditionalGeneration,
    VideoMAEConfig,
    VideoMAEForVideoClassification,
    VideoMAEModel,
    XCLIPConfig,
    XCLIPModel,
)

from encodings.clip import Clip
from zoo.heads.forest import forest_arrays
from zoo.heads.t5 import save_decoder
from zoo.hub.download import PACKAGED
from zoo.labels import LAB_ACTIONS, LAB_MOTION, LABEL_SETS, LabelSet
from zoo.variants import VARIANTS

SIDE = 32
SMALL = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
VISION = {**SMALL, "image_size": SIDE, "patch_size": 16}
MIT = {"mit_hidden_size": 16, "mit_intermediate_size": 32, "mit_num_hidden_layers": 1}
MIT |= {"mit_num_attention_heads": 2}
XCLIP_WIDTH, SENTENCE_WIDTH = 16, 384  # of the tiny X-CLIP, and of the packaged sentence model
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
# What a Llama tokenizer needs for the questions: a token a character, a line break as its byte.
CHARACTERS = ["<unk>", "<s>", "</s>", "<0x0A>", "▁", *"abcdefghijklmnopqrstuvwxyz", *"AEINORSTUW", *".,:;?"]
VOCABULARY = 64  # more than there are characters, as the true one is padded to 32064


def make_clips(count: int, height: int = 48, width: int = 64) -> list[Clip]:
    """Clips of noise, each different."""
    rng = np.random.default_rng(1)
    return [
        Clip(
            frames=rng.integers(0, 256, (16, height, width, 3), dtype=np.uint8),
            start_s=4.0 * n,
            end_s=4.0 * n + 4,
        )
        for n in range(count)
    ]


def write_pixel_settings(folder: Path, side: int = SIDE, **more) -> None:
    """A preprocessor_config.json."""
    settings = {"size": {"height": side, "width": side}, "image_mean": [0.5] * 3, "image_std": [0.25] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings | more))


def describe(folder: Path, **about) -> None:
    """Add keys to the section of a release in its config.json, which is made if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    config = json.loads(path.read_text()) if path.is_file() else {}
    config["benchscribe"] = config.get("benchscribe", {}) | about
    path.write_text(json.dumps(config))


def write_videomae(
    folder: Path, labels: LabelSet = LAB_ACTIONS, side: int = SIDE
) -> VideoMAEForVideoClassification:
    """Vi-Cl: encoder and classifier in one file."""
    torch.manual_seed(0)
    config = VideoMAEConfig(image_size=side, id2label=dict(enumerate(labels.labels)), **SMALL)
    model = VideoMAEForVideoClassification(config).eval()
    with torch.no_grad():  # random weights answer alike to everything; make the head tell clips apart
        model.classifier.weight.normal_(std=1.0)
    model.save_pretrained(folder)
    write_pixel_settings(folder, side)
    return model


def make_letters() -> PreTrainedTokenizerFast:
    """One token a character, so that labels share beginnings and the trie has several branches."""
    text = "".join([*LAB_ACTIONS.labels, *LAB_MOTION.labels])
    signs = ["<pad>", "</s>", "<unk>", *sorted(set(text))]
    raw = Tokenizer(models.BPE({sign: n for n, sign in enumerate(signs)}, [], unk_token="<unk>"))
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def write_vi_lm(folder: Path, seed: int = 0, decoding: str = "trie"):
    """Vi-LM: an encoder, and a decoder in a folder of its own.  Returns its four parts."""
    torch.manual_seed(seed)
    tokenizer = make_letters()
    encoder = VideoMAEModel(VideoMAEConfig(image_size=SIDE, use_mean_pooling=False, **SMALL)).eval()
    config = T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, eos_token_id=1
    )
    config.pad_token_id = config.decoder_start_token_id = 0
    decoder = T5ForConditionalGeneration(config).eval()
    projection = torch.nn.Linear(SMALL["hidden_size"], config.d_model)
    with torch.no_grad():  # random weights hardly depend on the clip
        projection.weight.normal_(std=2.0)
        for name, weights in decoder.named_parameters():
            if "EncDecAttention" in name and weights.ndim == 2:
                weights.normal_(std=1.0)
    encoder.save_pretrained(folder)
    save_decoder(folder, decoder, projection, tokenizer)
    describe(folder, variant="vi-lm", decoding=decoding)
    write_pixel_settings(folder)
    return encoder, decoder, projection, tokenizer


def write_words(folder: Path) -> PreTrainedTokenizerFast:
    """One token a word of the labels' texts."""
    words = sorted({word for labels in LABEL_SETS for a in labels.activities for word in a.text.split()})
    vocabulary = {word: place for place, word in enumerate(["<pad>", "<start>", "<unk>", *words, "<end>"])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    marks = [(name, vocabulary[name]) for name in ("<start>", "<end>")]
    raw.post_processor = processors.TemplateProcessing("<start> $A <end>", special_tokens=marks)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<end>")
    tokenizer.save_pretrained(folder)
    return tokenizer


def write_xclip(folder: Path, frames: int = 8) -> tuple[XCLIPModel, PreTrainedTokenizerFast]:
    """The backbone of three variants."""
    torch.manual_seed(0)
    tokenizer = write_words(folder)
    text = {**SMALL, "vocab_size": len(tokenizer), "eos_token_id": tokenizer.eos_token_id}
    config = XCLIPConfig(
        text_config={**text, "bos_token_id": 1, "pad_token_id": 0},
        vision_config={**VISION, **MIT, "num_frames": frames},
        projection_dim=XCLIP_WIDTH,
        prompt_num_attention_heads=2,
        prompt_layers=2,
    )
    model = XCLIPModel(config).eval()
    with torch.no_grad():  # random weights answer alike to everything; make them tell clips apart
        for weights in model.parameters():
            weights.mul_(3)
        for layer in model.prompts_generator.decoder:
            layer.cross_attn.proj.weight.normal_(std=0.5)
        model.prompts_generator.alpha.fill_(0.5)
    model.save_pretrained(folder)
    write_pixel_settings(folder, size={"shortest_edge": SIDE})
    return model, tokenizer


def make_llama_tokenizer(*special: str) -> LlamaTokenizer:
    """A tokenizer of the checkpoint's kind with a token a character; special tokens are at its end."""
    tokenizer = LlamaTokenizer(
        vocab={sign: n for n, sign in enumerate(CHARACTERS)}, merges=[], add_bos_token=True
    )
    tokenizer.add_special_tokens({"additional_special_tokens": list(special), "pad_token": "<pad>"})
    return tokenizer


def write_videollava(
    folder: Path, side: int = SIDE, text: dict | None = None, shard: str = "1GB"
) -> VideoLlavaForConditionalGeneration:
    """The backbone of three variants: a tiny Llama, two tiny towers, settings as those of the checkpoint."""
    torch.manual_seed(0)
    tokenizer = make_llama_tokenizer("<image>", "<video>")
    llama = {**SMALL, "vocab_size": VOCABULARY, "max_position_embeddings": 4096, **(text or {})}
    config = VideoLlavaConfig(
        text_config=LlamaConfig(**llama, bos_token_id=1, eos_token_id=2, pad_token_id=tokenizer.pad_token_id),
        vision_config=CLIPVisionConfig(**{**VISION, "image_size": side}),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
        video_seq_length=8 * ((side // VISION["patch_size"]) ** 2 + 1),
    )
    model = VideoLlavaForConditionalGeneration(config).eval()
    with torch.no_grad():  # random weights generate the same text for every clip
        for name, weights in model.named_parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.5 if "tower" in name else 1.0 / weights.shape[-1] ** 0.5)
        model.model.language_model.embed_tokens.weight.normal_(std=0.5)
    model.save_pretrained(folder, max_shard_size=shard)
    tokenizer.save_pretrained(folder)
    write_pixel_settings(
        folder,
        size={"shortest_edge": side},
        crop_size={"height": side, "width": side},
        do_center_crop=True,
        image_mean=CLIP_MEAN,
        image_std=CLIP_STD,
        resample=3,
    )
    return model


def write_trees(folder: Path, kind: str, labels: LabelSet = LAB_ACTIONS, width: int = XCLIP_WIDTH) -> None:
    """A head on vectors of a width: kind is forest or boosting."""
    rng, count = np.random.default_rng(0), len(labels.labels)
    truth = np.arange(20 * count) % count
    vectors = (rng.normal(0, 1, (len(truth), width)) * (truth[:, None] + 1) / width**0.5).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "forest":
        forest = RandomForestClassifier(5, max_depth=4, random_state=0).fit(vectors, truth)
        save_file(forest_arrays(forest), folder / "model.safetensors")
    else:
        trees = xgboost.XGBClassifier(n_estimators=3, max_depth=3, random_state=0, n_jobs=1)
        trees.fit(vectors, truth).save_model(folder / "model.ubj")
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels.labels))}))


def write_zoo(folder: Path) -> Path:
    """All eight variants for both label sets, in the layout of zoo/embedded.

    x-clip and video-llava are the folders of the two backbones, which answer zero-shot too; every other
    variant has a folder a label set, named VARIANT-LABELS.
    """
    write_xclip(folder / "x-clip")
    write_videollava(folder / "video-llava")
    for name in ("x-clip", "video-llava"):
        describe(folder / name, backbone=name, encodings=["V"], trained_on="nothing")
    for recipe in VARIANTS:
        for labels in () if recipe.zero_shot else LABEL_SETS:
            place = folder / f"{recipe.key}-{labels.key}"
            about = {"variant": recipe.key, "labels": labels.key, "encodings": ["V", "VG"]}
            if recipe.head == "linear":
                write_videomae(place, labels)
            elif recipe.head == "t5":
                write_vi_lm(place)
            else:
                write_trees(place, recipe.head, labels, SENTENCE_WIDTH if recipe.question else XCLIP_WIDTH)
                about["backbone"] = {"source": recipe.backbone}
                about |= {"sentences": {"source": PACKAGED.source}} if recipe.question else {}
            describe(place, **about, trained_on="nothing")
    return folder
