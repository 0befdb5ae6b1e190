"""Video-LLaVA: 8 frames and a question to a sentence, and the sentence to a vector.

A release's folder holds what save_pretrained writes, embedded or from the Hub: config.json of the
model_type video_llava, model.safetensors (or shards and their index), the tokenizer's tokenizer.json
and tokenizer_config.json with the token <video>, and preprocessor_config.json with size, image_mean and
image_std.  The tower for images may be left out.  The embedded one stands in zoo/embedded/video-llava,
float16 on disk and float32 when it runs; its config.json says "benchscribe": {"backbone": "video-llava",
"encodings": [...], "trained_on": ...}.

The 7B checkpoint has 7.37 billion weights, 7.06 of them without the tower for images, which is not
loaded; the paper's Table 3 says 2 billion.  In 4 bit and bfloat16 they take 4.5 GB, and each clip at
most 1.8 GB (tests/zoo/test_plans.py counts them from the configuration).
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import DynamicCache, GenerationConfig, PreTrainedTokenizerBase, StoppingCriteria

from encodings.clip import FRAMES, Clip
from zoo.encoders.captioner import VideoCaptioner, read_config, read_model, read_tokenizer
from zoo.encoders.plans import fast_half, free_memory, has_bitsandbytes, make_plan, measure, room_for
from zoo.encoders.sentences import SentenceEncoder, first_sentence
from zoo.features import Features, FeatureSpec
from zoo.pixels import PixelSettings, pixel_values
from zoo.weights import Weights, WeightsMissing, require_files

SEEN = 8  # frames it was trained on: every second one of a clip
PROMPT = "USER: {video}\n{question} ASSISTANT:"  # the words it was trained with
MOST_TOKENS = 48  # of an answer; a first sentence is shorter
MOST_TEXT_TOKENS = 512  # of a question and its answer, when memory is reckoned
MOST_CLIPS = 8  # at once, where there is room


@dataclass(frozen=True)
class Prefix:
    """What was made of clips before any question was read: the keys and values of "USER: <video>"."""

    clips: tuple[weakref.ref, ...]
    cache: DynamicCache

    def is_of(self, clips: Sequence[Clip]) -> bool:
        """Whether it was made of these very clips."""
        return len(clips) == len(self.clips) and all(
            ref() is clip for ref, clip in zip(self.clips, clips, strict=True)
        )


class VideoLlavaEncoder:
    """Asks about clips and embeds what is answered: captions, and vectors [N, D] of length 1.

    A caption is the first sentence of a greedy answer; no answer at all is "", whose vector is that of
    the empty text.  The whole frame is squeezed to the model's square, as for every encoder here; the
    checkpoint's own settings would cut the left and right of it off.  What was made of the last clips is
    kept, so that a second question about them costs only its own tokens.
    """

    def __init__(self, folder: Path, sentences: SentenceEncoder, device: torch.device) -> None:
        self.sentences = sentences
        self.pixels = PixelSettings.read(folder)
        self.config = read_config(folder, self.pixels.side)
        self.tokenizer = read_tokenizer(folder, self.config)
        seen = self.config.vision_config
        # The class token too: of a video it stays, whatever vision_feature_select_strategy says.
        self.video_tokens = SEEN * ((seen.image_size // seen.patch_size) ** 2 + 1)
        with torch.device("meta"):
            size = measure(VideoCaptioner(self.config), self.config, self.video_tokens, MOST_TEXT_TOKENS)
        free = free_memory(device)
        self.plan = make_plan(size, free, fast_half(device), has_bitsandbytes())
        self.together = room_for(size, self.plan, free, MOST_CLIPS)
        self.model = read_model(folder, self.config, self.plan, device)
        end = self.tokenizer.eos_token_id
        self.model.generation_config = GenerationConfig(
            do_sample=False, num_beams=1, max_new_tokens=MOST_TOKENS, eos_token_id=end, pad_token_id=end
        )
        self.prefix: Prefix | None = None

    @torch.inference_mode()
    def embed(self, clips: Sequence[Clip], prompt: str | None = None) -> Features:
        """Ask about N clips, as many at once as there is room for."""
        if prompt is None:
            raise ValueError("a captioner has to be asked something")
        said = []
        for start in range(0, len(clips), self.together):
            said += self.answer(clips[start : start + self.together], prompt)
        captions = tuple(map(first_sentence, said))
        return Features(
            starts_s=np.array([clip.start_s for clip in clips]),
            ends_s=np.array([clip.end_s for clip in clips]),
            vectors=self.sentences.embed_texts(captions),
            captions=captions,
        )

    def answer(self, clips: Sequence[Clip], question: str) -> list[str]:
        """What is written about N clips up to the end of the first sentence."""
        ids = self.spell(question).expand(len(clips), -1)
        start = self.video_end(ids)
        cache, self.prefix = self.see(clips, ids[:, :start]), None  # a failure leaves no half-used one
        written = self.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            past_key_values=cache,
            stopping_criteria=[SentenceEnd(self.tokenizer, ids.shape[1])],
        )
        cache.crop(start - cache.get_seq_length())
        self.prefix = Prefix(tuple(map(weakref.ref, clips)), cache)
        return self.tokenizer.decode(written[:, ids.shape[1] :], skip_special_tokens=True)

    def see(self, clips: Sequence[Clip], ids: torch.Tensor) -> DynamicCache:
        """The keys and values of ids [N, P], which end with the video; those kept if they are the clips'."""
        if self.prefix is not None and self.prefix.is_of(clips):
            return self.prefix.cache
        self.prefix = None  # never two at once
        pixels = pixel_values(clips, self.pixels)[:, :: FRAMES // SEEN]  # [N, 8, 3, S, S]
        cache = DynamicCache(config=self.config.text_config)
        pixels = pixels.to(self.model.device, self.plan.dtype)
        self.model.model(input_ids=ids, pixel_values_videos=pixels, past_key_values=cache, use_cache=True)
        return cache

    def spell(self, question: str) -> torch.Tensor:
        """The tokens of a question [1, T], one for each place in each frame, as its processor has them."""
        video = "<video>" * self.video_tokens
        ids = self.tokenizer(PROMPT.format(video=video, question=question))["input_ids"]
        return torch.tensor([ids], device=self.model.device)

    def video_end(self, ids: torch.Tensor) -> int:
        """How many tokens there are up to and including the video's."""
        return int((ids[0] == self.config.video_token_id).nonzero()[-1]) + 1

    def parameters(self) -> int:
        """How many weights its captioner holds."""
        return self.model.num_parameters()

    def memory(self) -> int:
        """How many bytes they take, with the sentence model and what is kept of the last clips."""
        kept = self.prefix
        layers = kept.cache.layers if kept else ()
        cache = sum(each.keys.nbytes + each.values.nbytes for each in layers)
        sentences = sum(each.nbytes for each in self.sentences.model.parameters())
        return self.model.get_memory_footprint() + sentences + cache


class SentenceEnd(StoppingCriteria):
    """Stops an answer behind its first sentence: nobody reads on."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, start: int) -> None:
        self.tokenizer, self.start = tokenizer, start

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_) -> torch.Tensor:
        """Which of N answers [N, T] have come to an end."""
        texts = self.tokenizer.decode(input_ids[:, self.start :], skip_special_tokens=True)
        ended = [len(first_sentence(text)) < len(text.strip(" .?!\n")) for text in texts]
        return torch.tensor(ended, device=input_ids.device)


def load(spec: FeatureSpec, fetch: Callable[[Weights], Path], device: torch.device) -> VideoLlavaEncoder:
    """Load a release's captioner and its sentence model.  Raises WeightsMissing, TooLittleMemory."""
    if spec.sentences is None:
        raise WeightsMissing(
            f"{spec.weights.name} does not say which sentence model turns its answers into vectors; "
            "name one under “sentences” in its config.json."
        )
    folder = fetch(spec.weights)
    require_files(folder, "preprocessor_config.json")
    return VideoLlavaEncoder(folder, SentenceEncoder(fetch(spec.sentences), device), device)
