"""T5 writes the label while it looks at VideoMAE's tokens: the head of Vi-LM."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model
from transformers import AutoTokenizer, PreTrainedTokenizerBase, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from zoo.answers import ClipPrediction
from zoo.features import Features
from zoo.hub import describe, need
from zoo.labels import LabelSet, match_label
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing

FOLDER = "decoder"  # of a release, beside its encoder
PROJECTION = "projection.safetensors"  # from the encoder's width to the decoder's
MORE_TOKENS = 8  # that free text may be longer than the longest label

Trie = dict[int, "Trie"]


class WritingHead:
    """Greedy decoding, along the trie of the labels or freely as the paper does it.

    Along the trie a token that no other label shares is not asked for, so that most labels cost one step of
    the decoder.  Free text that is no label of the set counts as No action; it stands in the caption.
    There are no scores: the head writes one label and weighs no other.
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
        self.trie = grow(self.spelled)

    @torch.inference_mode()
    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        said = []
        for start_s, end_s, seen in zip(features.starts_s, features.ends_s, features.tokens, strict=True):
            states = self.projection(torch.from_numpy(seen).to(self.model.device)[None])  # [1, L, D]
            text = self.write(states) if self.free else None
            label = match_label(text, self.labels) if self.free else self.choose(states)
            said.append(ClipPrediction(float(start_s), float(end_s), label, None, text))
        return tuple(said)

    def choose(self, states: torch.Tensor) -> str:
        """The label that greedy decoding reaches when only labels may be written."""
        node, path = self.trie, []
        unread, past = [self.model.config.decoder_start_token_id], None
        while node:
            if len(node) > 1:
                step = self.model(
                    encoder_outputs=BaseModelOutput(states),
                    decoder_input_ids=torch.tensor([unread], device=states.device),
                    past_key_values=past,
                    use_cache=True,
                )
                past, logits, unread = step.past_key_values, step.logits[0, -1], []
                token = max(node, key=lambda each: logits[each].item())
            else:
                (token,) = node
            path.append(token)
            unread.append(token)
            node = node[token]
        return self.spelled[tuple(path)]

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


def grow(spelled: Iterable[tuple[int, ...]]) -> Trie:
    """The trie of token sequences; each ends in the end mark, so that none is the beginning of another."""
    trie: Trie = {}
    for tokens in spelled:
        node = trie
        for token in tokens:
            node = node.setdefault(token, {})
    return trie


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
    need(folder, "config.json", "model.safetensors", "tokenizer.json", PROJECTION)
    model, report = T5ForConditionalGeneration.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    if lacking := sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])]):
        raise WeightsMissing(f"{folder.parent.name} is no whole Vi-LM: its decoder lacks {lacking[0]}.")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    projection = torch.nn.Linear(_width(folder.parent), model.config.d_model)
    load_model(projection, folder / PROJECTION)
    free = describe(folder.parent).get("decoding") == "free"
    return WritingHead(model, projection, tokenizer, release.labels, free)


def _width(folder: Path) -> int:
    """The width of the encoder's tokens."""
    return json.loads((folder / "config.json").read_text())["hidden_size"]
