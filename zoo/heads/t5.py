"""Vi-LM's head: a T5 decoder that cross-attends to VideoMAE's tokens and generates the label."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model
from transformers import (
    EncoderDecoderCache,
    PreTrainedTokenizerBase,
    T5ForConditionalGeneration,
    VideoMAEConfig,
)
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from zoo.device import Compute
from zoo.encoders.pretrained import load_pretrained, load_tokenizer
from zoo.features import Features
from zoo.labels import LabelSet, match_label
from zoo.pixels import to_device
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, reading, require_files

FOLDER = "decoder"  # of a release, beside its encoder
PROJECTION = "projection.safetensors"  # from the encoder's width to the decoder's
EXTRA_TOKENS = 8  # that free text may be longer than the longest label

Tokens = tuple[int, ...]


class LabelDecoderHead:
    """Scores every label by constrained decoding over a trie, or decodes greedily and freely as in the paper.

    A label's score is its probability when only labels may be generated.  The tokens between two branch
    points are known, so the decoder takes one step for all branch points along a path, not one a token.
    Free text that is no label of the set counts as No action; it stands in the caption, without scores.
    """

    def __init__(
        self,
        model: T5ForConditionalGeneration,
        projection: torch.nn.Linear,
        tokenizer: PreTrainedTokenizerBase,
        labels: LabelSet,
        free: bool,
    ) -> None:
        self.model, self.projection, self.tokenizer = model.eval(), projection.eval(), tokenizer
        self.compute = Compute(model.device, projection.weight.dtype)
        self.labels, self.free = labels, free
        self.sequences = {tuple(tokenize_label(tokenizer, label)): label for label in labels.labels}
        self.branches = branch_points(self.sequences)
        self.paths = [  # the branch points that are no prefix of another
            path for path in self.branches if not any(o[: len(path)] == path != o for o in self.branches)
        ]

    @torch.inference_mode()
    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        tokens = to_device(torch.from_numpy(features.tokens), self.compute.device)
        states = self.projection(tokens.to(self.compute.dtype))  # [N, L, D]
        if self.free:
            captions = self.generate(states)
            answers = [(match_label(caption, self.labels), None, caption) for caption in captions]
        else:
            answers = [(max(each, key=each.get), each, None) for each in self.score_labels(states)]
        rows = zip(features.starts_s, features.ends_s, answers, strict=True)
        return tuple(
            ClipPrediction(
                start_s=float(start_s), end_s=float(end_s), label=label, scores=scores, caption=caption
            )
            for start_s, end_s, (label, scores, caption) in rows
        )

    def score_labels(self, states: torch.Tensor) -> list[dict[str, float]]:
        """Of N clips, given states [N, L, D], each label's probability if only labels may be generated."""
        shares: dict[Tokens, dict[int, list[float]]] = {}  # by branch point, of each token that may follow
        past = None
        for path in self.paths:
            step = self._decode(states, path, past)
            past, logits = step.past_key_values, step.logits.float()  # [N, decoded, vocabulary]
            for prefix, following in self.branches.items():
                if prefix == path[: len(prefix)] and prefix not in shares:
                    probabilities = logits[:, len(prefix) - len(path) - 1, following].softmax(1)
                    shares[prefix] = dict(zip(following, probabilities.T.tolist(), strict=True))
        return [
            {
                label: math.prod(
                    shares[tokens[:n]][token][clip] for n, token in enumerate(tokens) if tokens[:n] in shares
                )
                for tokens, label in self.sequences.items()
            }
            for clip in range(len(states))
        ]

    def _decode(
        self, states: torch.Tensor, path: Tokens, past: EncoderDecoderCache | None
    ) -> Seq2SeqLMOutput:
        """Logits of N clips after each prefix of a path; a cache holds the start token, and is reused."""
        inputs = path
        if past is None:
            inputs = (self.model.config.decoder_start_token_id, *path)
        else:
            past.crop(1 - past.get_seq_length())
        return self.model(
            encoder_outputs=BaseModelOutput(states),
            decoder_input_ids=torch.tensor([inputs] * len(states), device=states.device),
            past_key_values=past,
            use_cache=True,
        )

    def generate(self, states: torch.Tensor) -> list[str]:
        """The texts of unconstrained greedy decoding, given states [N, L, D]."""
        longest = max(map(len, self.sequences)) + EXTRA_TOKENS
        tokens = self.model.generate(
            encoder_outputs=BaseModelOutput(states), do_sample=False, num_beams=1, max_new_tokens=longest
        )
        return [text.strip() for text in self.tokenizer.decode(tokens, skip_special_tokens=True)]

    def parameters(self) -> int:
        """How many weights it has."""
        return self.model.num_parameters() + sum(each.numel() for each in self.projection.parameters())

    def memory(self) -> int:
        """How many bytes they take."""
        return self.model.get_memory_footprint() + sum(e.nbytes for e in self.projection.parameters())

    def move(self, device: torch.device) -> bool:
        """Move the weights to a device."""
        self.model.to(device)
        self.projection.to(device)
        return True


def tokenize_label(tokenizer: PreTrainedTokenizerBase, label: str) -> list[int]:
    """The tokens of a label and the end token, alike in training and decoding.  Raises WeightsMissing."""
    tokens = tokenizer(label, add_special_tokens=False)["input_ids"]
    if not tokens or tokenizer.unk_token_id in tokens or tokenizer.eos_token_id is None:
        raise WeightsMissing(f"The tokenizer of this decoder cannot write “{label}”; fetch or push it again.")
    return [*tokens, tokenizer.eos_token_id]


def branch_points(sequences: Iterable[Tokens]) -> dict[Tokens, list[int]]:
    """The branch points of the sequences' trie: each prefix that several tokens may follow, with those."""
    following: dict[Tokens, dict[int, None]] = {}
    for tokens in sequences:
        for n, token in enumerate(tokens):
            following.setdefault(tokens[:n], {})[token] = None
    return {prefix: list(tokens) for prefix, tokens in following.items() if len(tokens) > 1}


def save_decoder(
    folder: Path,
    model: T5ForConditionalGeneration,
    projection: torch.nn.Linear,
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    """Write the head's parts into a release's folder."""
    model.save_pretrained(folder / FOLDER)
    tokenizer.save_pretrained(folder / FOLDER)
    save_model(projection, str(folder / FOLDER / PROJECTION))


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> LabelDecoderHead:
    """Load a release's decoder.  Raises WeightsMissing if a part is missing or does not fit."""
    folder = fetch(release.weights)
    decoder = folder / FOLDER
    require_files(decoder, "config.json", "tokenizer.json", PROJECTION)
    # In float16 transformers keeps T5's wo in float32, which would overflow.
    model = load_pretrained(T5ForConditionalGeneration, decoder, dtype=compute.dtype).to(compute.device)
    tokenizer = load_tokenizer(decoder)
    with reading(folder):
        width = VideoMAEConfig.from_pretrained(folder, local_files_only=True).hidden_size
        projection = torch.nn.Linear(width, model.config.d_model)
        load_model(projection, decoder / PROJECTION)
    projection.to(compute.device, compute.dtype)
    free = ReleaseConfig.read(folder).decoding == "free"
    return LabelDecoderHead(model, projection, tokenizer, release.labels, free)
