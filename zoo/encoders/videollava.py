"""Video-LLaVA (Lin et al. 2023): 8 frames and a question to a sentence, and the sentence to a vector.

A release's folder holds what save_pretrained writes, embedded or from the Hub: config.json of the
model_type video_llava, model.safetensors (or shards and their index), the tokenizer's tokenizer.json
and tokenizer_config.json with the token <video>, and preprocessor_config.json with size, image_mean and
image_std.  The image tower may be left out.  The embedded one is in zoo/embedded/video-llava,
float16 on disk and float32 when it runs; its config.json says "benchscribe": {"backbone": "video-llava",
"encodings": [...], "trained_on": ...}.

The 7B checkpoint has 7.37 billion weights, 7.06 of them without the image tower, which is not
loaded; the paper's Table 3 says 2 billion.  In 4 bit and bfloat16 they take 4.5 GB, and each clip at
most 1.8 GB (tests/unit/zoo/test_plans.py counts them from the configuration).
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import (
    DynamicCache,
    GenerationConfig,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    VideoLlavaConfig,
)

from encodings.clip import FRAMES, Clip
from zoo.device import Compute, free_memory
from zoo.encoders.captioner import VideoCaptioner, read_config, read_model, read_tokenizer
from zoo.encoders.plans import Size, has_bitsandbytes, make_plan, measure
from zoo.encoders.sentences import SentenceEncoder, first_sentence
from zoo.features import Features, FeatureSpec
from zoo.pixels import PixelSettings, pixel_values
from zoo.weights import Weights, WeightsMissing

MODEL_FRAMES = 8  # that it was trained on: every second one of a clip
PROMPT = "USER: {video}\n{question} ASSISTANT:"  # the template it was trained with
MAX_NEW_TOKENS = 48  # of an answer; a first sentence is shorter
MAX_TEXT_TOKENS = 512  # of a question and its answer, for the estimate of memory


@dataclass(frozen=True)
class Prefix:
    """The part of a prompt that all questions share: the KV cache of "USER: <video>" of some clips."""

    clips: tuple[weakref.ref, ...]
    cache: DynamicCache

    def belongs_to(self, clips: Sequence[Clip]) -> bool:
        """Whether it was computed from these very clips."""
        return len(clips) == len(self.clips) and all(
            ref() is clip for ref, clip in zip(self.clips, clips, strict=True)
        )


def count_video_tokens(config: VideoLlavaConfig) -> int:
    """The tokens of a clip.  The class token too: it stays, whatever vision_feature_select_strategy says."""
    vision = config.vision_config
    return MODEL_FRAMES * ((vision.image_size // vision.patch_size) ** 2 + 1)


def measure_captioner(config: VideoLlavaConfig) -> Size:
    """How large the model of a configuration is, before a byte of its weights is read."""
    with torch.device("meta"):
        return measure(VideoCaptioner(config), config, count_video_tokens(config), MAX_TEXT_TOKENS)


def captioner_size(folder: Path) -> Size:
    """The same of a release's folder."""
    return measure_captioner(read_config(folder, PixelSettings.read(folder).side))


class VideoLlavaEncoder:
    """Generates captions of clips and embeds them: vectors [N, D] of length 1.

    A caption is the first sentence of a greedy answer; no answer at all is "", whose vector is that of
    the empty text.  The whole frame is squeezed to the model's square, as for every encoder here; the
    checkpoint's own settings would crop its left and right.  The KV cache of the last clips is kept, so that
    a second question about them costs only its own tokens.
    """

    def __init__(self, folder: Path, sentences: SentenceEncoder, compute: Compute) -> None:
        self.sentences = sentences
        self.pixels = PixelSettings.read(folder)
        self.config = read_config(folder, self.pixels.side)
        self.tokenizer = read_tokenizer(folder, self.config)
        self.video_tokens = count_video_tokens(self.config)
        size = measure_captioner(self.config)
        self.plan = make_plan(size, free_memory(compute.device), compute, has_bitsandbytes())
        self.size, self.compute = size, Compute(compute.device, self.plan.dtype)
        self.model = read_model(folder, self.config, self.plan, compute.device)
        end = self.tokenizer.eos_token_id
        self.model.generation_config = GenerationConfig(
            do_sample=False, num_beams=1, max_new_tokens=MAX_NEW_TOKENS, eos_token_id=end, pad_token_id=end
        )
        self.prefix: Prefix | None = None

    @torch.inference_mode()
    def embed(self, clips: Sequence[Clip], prompt: str | None = None) -> Features:
        """Answer a question about N clips."""
        if prompt is None:
            raise ValueError("a captioner needs a prompt")
        captions = tuple(map(first_sentence, self.answer(clips, prompt)))
        return Features(
            starts_s=np.array([clip.start_s for clip in clips]),
            ends_s=np.array([clip.end_s for clip in clips]),
            vectors=self.sentences.embed_texts(captions),
            captions=captions,
        )

    def answer(self, clips: Sequence[Clip], question: str) -> list[str]:
        """Greedy answers about N clips, each up to the end of its first sentence."""
        ids = self.tokenize(question).expand(len(clips), -1)
        start = self.video_end(ids)
        cache, self.prefix = (
            self.video_cache(clips, ids[:, :start]),
            None,
        )  # none is left half used
        generated = self.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            past_key_values=cache,
            stopping_criteria=[SentenceEnd(self.tokenizer, ids.shape[1])],
        )
        cache.crop(start - cache.get_seq_length())
        self.prefix = Prefix(tuple(map(weakref.ref, clips)), cache)
        return self.tokenizer.decode(generated[:, ids.shape[1] :], skip_special_tokens=True)

    def video_cache(self, clips: Sequence[Clip], ids: torch.Tensor) -> DynamicCache:
        """The KV cache of ids [N, P], which end with the video; the kept one if it belongs to the clips."""
        if self.prefix is not None and self.prefix.belongs_to(clips):
            return self.prefix.cache
        self.prefix = None  # never two at once
        pixels = pixel_values(clips, self.pixels, self.compute, FRAMES // MODEL_FRAMES)  # [N, 8, 3, S, S]
        cache = DynamicCache(config=self.config.text_config)
        self.model.model(input_ids=ids, pixel_values_videos=pixels, past_key_values=cache, use_cache=True)
        return cache

    def tokenize(self, question: str) -> torch.Tensor:
        """The tokens of a prompt [1, T], with a <video> token for each patch of each frame."""
        video = "<video>" * self.video_tokens
        ids = self.tokenizer(PROMPT.format(video=video, question=question))["input_ids"]
        return torch.tensor([ids], device=self.model.device)

    def video_end(self, ids: torch.Tensor) -> int:
        """How many tokens of ids [N, T] there are up to and including the video's."""
        return int((ids[0] == self.config.video_token_id).nonzero()[-1]) + 1

    def parameters(self) -> int:
        """How many weights its captioner has."""
        return self.model.num_parameters()

    def memory(self) -> int:
        """How many bytes they take, with the sentence model and the KV cache of the last clips."""
        kept = self.prefix
        layers = kept.cache.layers if kept else ()
        cache = sum(each.keys.nbytes + each.values.nbytes for each in layers)
        sentences = sum(each.nbytes for each in self.sentences.model.parameters())
        return self.model.get_memory_footprint() + sentences + cache

    def clip_bytes(self) -> int:
        """About how many bytes each clip takes beside them."""
        return self.size.clip_bytes(self.plan)

    def move(self, device: torch.device) -> bool:
        """Move the weights to a device and drop the cache; False for weights in 4 bit, which stay."""
        if self.plan.four_bit:  # packed as the kernels of their device read them
            return False
        self.prefix = None
        self.model.to(device)
        self.sentences.model.to(device)
        return True


class SentenceEnd(StoppingCriteria):
    """Stops an answer after its first sentence, which is all that is used."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, start: int) -> None:
        self.tokenizer, self.start = tokenizer, start

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_) -> torch.Tensor:
        """Which of N answers [N, T] are complete."""
        texts = self.tokenizer.decode(input_ids[:, self.start :], skip_special_tokens=True)
        ended = [len(first_sentence(text)) < len(text.strip(" .?!\n")) for text in texts]
        return torch.tensor(ended, device=input_ids.device)


def load(spec: FeatureSpec, fetch: Callable[[Weights], Path], compute: Compute) -> VideoLlavaEncoder:
    """Load a release's captioner and its sentence model.  Raises WeightsMissing, TooLittleMemory."""
    if spec.sentences is None:
        raise WeightsMissing(
            f"{spec.weights.name} does not say which sentence model turns its answers into vectors; "
            "name one under “sentences” in its config.json."
        )
    folder = fetch(spec.weights)
    return VideoLlavaEncoder(folder, SentenceEncoder(fetch(spec.sentences), compute), compute)
