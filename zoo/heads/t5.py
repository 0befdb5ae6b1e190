"""T5 writes the label while it looks at VideoMAE's tokens: the head of Vi-LM."""

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model
from transformers import (
    AutoTokenizer,
    EncoderDecoderCache,
    PreTrainedTokenizerBase,
    T5ForConditionalGeneration,
)
from transformers.modeling_outputs import BaseModelOutput

from zoo.features import Features
from zoo.labels import LabelSet, match_label
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, require_files

FOLDER = "decoder"  # of a release, beside its encoder
PROJECTION = "projection.safetensors"  # from the encoder's width to the decoder's
MORE_TOKENS = 8  # that free text may be longer than the longest label


class WritingHead:
    """Weighs every label, or decodes greedily and freely as the paper does it.

    A label's score is how likely it is to be written when only labels may be.  Only places where labels
    part are asked about, and what stands before them is known: the decoder takes one step for all that lie
    along one path.  Free text that is no label of the set counts as No action; it stands in the caption,
    and there are no scores.
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
        self.labels, self.free = labels, free
        self.spelled = {tuple(spell(tokenizer, label)): label for label in labels.labels}
        self.partings = part(self.spelled)
        self.paths = [  # beginnings that no other goes on from
            path for path in self.partings if not any(o[: len(path)] == path != o for o in self.partings)
        ]

    @torch.inference_mode()
    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        said = []
        for start_s, end_s, seen in zip(features.starts_s, features.ends_s, features.tokens, strict=True):
            states = self.projection(torch.from_numpy(seen).to(self.model.device)[None])  # [1, L, D]
            if self.free:
                text, scores = self.write(states), None
                label = match_label(text, self.labels)
            else:
                text, scores = None, self.weigh(states)
                label = max(scores, key=scores.get)
            said.append(
                ClipPrediction(
                    start_s=float(start_s), end_s=float(end_s), label=label, scores=scores, caption=text
                )
            )
        return tuple(said)

    def weigh(self, states: torch.Tensor) -> dict[str, float]:
        """How likely each label is to be written of states [1, L, D] if only labels may be; sums to 1."""
        shares: dict[tuple[int, ...], dict[int, float]] = {}
        past = None
        for path in self.paths:
            step = self._read(states, path, past)
            past, logits = step.past_key_values, step.logits[0].float()  # [read, vocabulary]
            for start, ways in self.partings.items():
                if start == path[: len(start)] and start not in shares:
                    said = logits[len(start) - len(path) - 1, ways].softmax(0)
                    shares[start] = dict(zip(ways, said.tolist(), strict=True))
        return {
            label: math.prod(
                shares[tokens[:place]][token]
                for place, token in enumerate(tokens)
                if tokens[:place] in shares
            )
            for tokens, label in self.spelled.items()
        }

    def _read(self, states: torch.Tensor, path: tuple[int, ...], past: EncoderDecoderCache | None):
        """What follows each beginning of a path; past, if any, has read the start, and is read on."""
        unread = path
        if past is None:
            unread = (self.model.config.decoder_start_token_id, *path)
        else:
            past.crop(1 - past.get_seq_length())
        return self.model(
            encoder_outputs=BaseModelOutput(states),
            decoder_input_ids=torch.tensor([unread], device=states.device),
            past_key_values=past,
            use_cache=True,
        )

    def write(self, states: torch.Tensor) -> str:
        """Whatever greedy decoding writes."""
        longest = max(map(len, self.spelled)) + MORE_TOKENS
        written = self.model.generate(
            encoder_outputs=BaseModelOutput(states), do_sample=False, num_beams=1, max_new_tokens=longest
        )
        return self.tokenizer.decode(written[0], skip_special_tokens=True).strip()

    def parameters(self) -> int:
        """How many weights it holds."""
        return self.model.num_parameters() + sum(each.numel() for each in self.projection.parameters())

    def memory(self) -> int:
        """How many bytes they take."""
        return self.model.get_memory_footprint() + 4 * sum(e.numel() for e in self.projection.parameters())


def spell(tokenizer: PreTrainedTokenizerBase, label: str) -> list[int]:
    """The tokens of a label and the end mark, as training and decoding write it.  Raises WeightsMissing."""
    tokens = tokenizer(label, add_special_tokens=False)["input_ids"]
    if not tokens or tokenizer.unk_token_id in tokens or tokenizer.eos_token_id is None:
        raise WeightsMissing(f"The tokenizer of this decoder cannot write “{label}”; fetch or push it again.")
    return [*tokens, tokenizer.eos_token_id]


def part(spelled: Iterable[tuple[int, ...]]) -> dict[tuple[int, ...], list[int]]:
    """The beginnings of token sequences after which there is more than one way on, each with its ways."""
    found: dict[tuple[int, ...], dict[int, None]] = {}
    for tokens in spelled:
        for place, token in enumerate(tokens):
            found.setdefault(tokens[:place], {})[token] = None
    return {start: list(ways) for start, ways in found.items() if len(ways) > 1}


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


def load(release: Release, fetch: Callable[[Weights], Path]) -> WritingHead:
    """Load a release's decoder.  Raises WeightsMissing if a part is not there or does not fit."""
    folder = fetch(release.weights) / FOLDER
    require_files(folder, "config.json", "model.safetensors", "tokenizer.json", PROJECTION)
    model, report = T5ForConditionalGeneration.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    if lacking := sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])]):
        raise WeightsMissing(f"{folder.parent.name} is no whole Vi-LM: its decoder lacks {lacking[0]}.")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    projection = torch.nn.Linear(_width(folder.parent), model.config.d_model)
    load_model(projection, folder / PROJECTION)
    free = ReleaseConfig.read(folder.parent).decoding == "free"
    return WritingHead(model, projection, tokenizer, release.labels, free)


def _width(folder: Path) -> int:
    """The width of the encoder's tokens."""
    return json.loads((folder / "config.json").read_text())["hidden_size"]
