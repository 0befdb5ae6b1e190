"""What a captioner is asked about a clip, and what it should answer: many questions behind one video."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedTokenizerBase

from pipelines.training.text_overlap import bag, overlap
from zoo.encoders.videollava import PROMPT
from zoo.prompts import OPEN_QUESTION, which_of

NONE = "none of them"
NONE_SHARE = 0.2  # of the lists do not hold what is done
LISTED = (4, 8)  # things a question lists
ALIKE = 0.25  # of their words in common, and two narrations may tell of one act
IGNORED = -100  # no loss here


@dataclass(frozen=True, eq=False)
class Packed:
    """Dialogues about N clips: those of one stand one behind another, and each sees its video alone.

    ids, positions, answers  [N, L] int; answers are IGNORED but where something is answered
    hidden                   [N, 1, L, L] float32, 0 where a token (row) sees another, else very low
    """

    ids: torch.Tensor
    positions: torch.Tensor
    answers: torch.Tensor
    hidden: torch.Tensor


class Dialogues:
    """Asks about narrated clips as `zoo.prompts` does: openly, and which of a list it is.

    Lists hold narrations at random, never a label.  video_tokens are those of one clip.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        texts: Sequence[str],
        known: torch.Tensor,
        video_tokens: int,
        lists: int,
    ) -> None:
        self.tokenizer, self.texts, self.known = tokenizer, texts, known
        self.video, self.lists = "<video>" * video_tokens, lists
        self.video_id = tokenizer.convert_tokens_to_ids("<video>")
        self.bags = [bag(text) for text in texts]

    def pack(self, places: Sequence[int], generator: torch.Generator | None = None) -> Packed:
        """Ask once openly and `lists` times which it is, about clips whose narrations have these places."""
        packed = [self._one(place, generator) for place in places]
        length = max(len(ids) for ids, *_ in packed)
        ids = torch.full((len(packed), length), self.tokenizer.pad_token_id)
        positions, parts = torch.zeros_like(ids), torch.full_like(ids, -1)
        answers = torch.full_like(ids, IGNORED)
        for row, columns in enumerate(packed):
            for whole, column in zip((ids, positions, parts, answers), columns, strict=True):
                whole[row, : len(column)] = torch.tensor(column)
        return Packed(ids, positions, answers, _mask(parts))

    def _one(self, place: int, generator: torch.Generator | None) -> tuple[list[int], ...]:
        """One clip's tokens, their positions, which part each is of (0: the video), and its answers."""
        asked = [(OPEN_QUESTION, sentence(self.texts[place]))]
        asked += [self.choose(place, generator) for _ in range(self.lists)]
        ids, positions, parts, answers = [], [], [], []
        for part, (question, answer) in enumerate(asked, 1):
            start, rest = self._split(question)
            if part == 1:
                ids, positions = start, list(range(len(start)))
                parts, answers = [0] * len(start), [IGNORED] * len(start)
            said = self.tokenizer(answer, add_special_tokens=False)["input_ids"]
            said = [*said, self.tokenizer.eos_token_id]
            ids = ids + rest + said
            positions = positions + list(range(len(start), len(start) + len(rest) + len(said)))
            parts = parts + [part] * (len(rest) + len(said))
            answers = answers + [IGNORED] * len(rest) + said
        return ids, positions, parts, answers

    def choose(self, place: int, generator: torch.Generator | None = None) -> tuple[str, str]:
        """A question that lists narrations in random order, and its answer."""
        count = int(torch.randint(LISTED[0], LISTED[1] + 1, (), generator=generator))
        listed = [self.texts[other] for other in self._others(place, count, generator)]
        if float(torch.rand((), generator=generator)) < NONE_SHARE:
            return which_of(listed), NONE
        listed[int(torch.randint(len(listed), (), generator=generator))] = self.texts[place]
        return which_of(listed), self.texts[place]

    def _others(self, place: int, count: int, generator: torch.Generator | None) -> list[int]:
        """Narrations of other acts, as far as words can tell."""
        chosen: list[int] = []
        for number in torch.randperm(len(self.known), generator=generator).tolist():
            other = int(self.known[number])
            if all(overlap(self.bags[other], self.bags[each]) < ALIKE for each in (place, *chosen)):
                chosen.append(other)
                if len(chosen) == count:
                    break
        if not chosen:
            raise ValueError("all narrations are alike; there is nothing to choose between")
        return chosen

    def _split(self, question: str) -> tuple[list[int], list[int]]:
        """The tokens of a prompt up to the end of the video, and those behind it."""
        ids = self.tokenizer(PROMPT.format(video=self.video, question=question))["input_ids"]
        end = len(ids) - ids[::-1].index(self.video_id)
        return ids[:end], ids[end:]


def sentence(narration: str) -> str:
    """A narration as a captioner says it."""
    return f"The person {narration}."


def _mask(parts: torch.Tensor) -> torch.Tensor:
    """Who sees whom [N, 1, L, L]: what stands before it, in its own part or the video; each sees itself."""
    row, column = parts[:, :, None], parts[:, None, :]
    place = torch.arange(parts.shape[1])
    sees = ((column == row) | (column == 0)) & (place[None] <= place[:, None])
    sees |= torch.eye(len(place), dtype=torch.bool)
    return torch.zeros(sees.shape).masked_fill_(~sees, torch.finfo(torch.bfloat16).min)[:, None]
