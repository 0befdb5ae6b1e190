"""Training dialogues of a captioner: several questions about one clip, packed into one sequence."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedTokenizerBase

from pipelines.training.narrations import Narrations
from pipelines.training.text_overlap import bag_of_words, jaccard
from zoo.encoders.videollava import PROMPT
from zoo.prompts import OPEN_QUESTION, which_of

NONE = "none of them"
NONE_SHARE = 0.2  # of the lists without the right answer
LISTED = (4, 8)  # least and most choices of a list
MAX_OVERLAP = 0.25  # Jaccard index from which two narrations may describe the same act
IGNORED = -100  # cross-entropy leaves out these targets

Turn = tuple[str, str]  # a question and its answer


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedDialogues:
    """Dialogues about N clips: the questions about one clip share its video and do not see each other.

    ids, positions, answers  [N, L] int; answers are IGNORED except on the tokens of an answer
    mask                     [N, 1, L, L] float32, 0 where a token (row) attends to another, else very low
    """

    ids: torch.Tensor
    positions: torch.Tensor
    answers: torch.Tensor
    mask: torch.Tensor


class Dialogues:
    """Questions as `zoo.prompts` puts them: one open question, and choices from a list.

    Choices are narrations of the training split drawn at random, never labels.  video_tokens are the tokens
    of one clip.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        narrations: Narrations,
        video_tokens: int,
        choice_questions: int,
    ) -> None:
        self.tokenizer, self.narrations, self.choice_questions = tokenizer, narrations, choice_questions
        self.video = "<video>" * video_tokens
        self.video_id = tokenizer.convert_tokens_to_ids("<video>")
        self.bags = [bag_of_words(text) for text in narrations.texts]

    def draw(self, text: int, generator: torch.Generator) -> tuple[Turn, ...]:
        """The open question and the choices about a clip whose narration has this place."""
        choices = [self.draw_choice(text, generator) for _ in range(self.choice_questions)]
        return (OPEN_QUESTION, sentence(self.narrations.texts[text])), *choices

    def draw_choice(self, text: int, generator: torch.Generator) -> Turn:
        """A question that lists narrations in random order, and its answer."""
        texts = self.narrations.texts
        count = int(torch.randint(LISTED[0], LISTED[1] + 1, (), generator=generator))
        listed = [texts[other] for other in self._draw_others(text, count, generator)]
        if float(torch.rand((), generator=generator)) < NONE_SHARE:
            return which_of(listed), NONE
        listed[int(torch.randint(len(listed), (), generator=generator))] = texts[text]
        return which_of(listed), texts[text]

    def _draw_others(self, text: int, count: int, generator: torch.Generator) -> list[int]:
        """Narrations that share few words with the clip's own and with each other."""
        others: list[int] = []
        training = self.narrations.training
        for number in torch.randperm(len(training), generator=generator).tolist():
            other = int(training[number])
            if all(jaccard(self.bags[other], self.bags[each]) < MAX_OVERLAP for each in (text, *others)):
                others.append(other)
                if len(others) == count:
                    break
        if not others:
            raise ValueError("all narrations are alike; there is nothing to choose between")
        return others

    def pack(self, dialogues: Sequence[Sequence[Turn]]) -> PackedDialogues:
        """Tokenize the dialogues about N clips and pad them to one length."""
        rows = [self._tokenize(turns) for turns in dialogues]
        length = max(len(ids) for ids, *_ in rows)
        ids = torch.full((len(rows), length), self.tokenizer.pad_token_id)
        positions, parts = torch.zeros_like(ids), torch.full_like(ids, -1)
        answers = torch.full_like(ids, IGNORED)
        for row, columns in enumerate(rows):
            for whole, column in zip((ids, positions, parts, answers), columns, strict=True):
                whole[row, : len(column)] = torch.tensor(column)
        mask = _attention_mask(parts)
        return PackedDialogues(ids=ids, positions=positions, answers=answers, mask=mask)

    def _tokenize(self, turns: Sequence[Turn]) -> tuple[list[int], ...]:
        """One clip's tokens, their positions, the part of each (0: the video), and the answers."""
        ids, positions, parts, answers = [], [], [], []
        for part, (question, answer) in enumerate(turns, 1):
            start, rest = self._split_prompt(question)
            if part == 1:
                ids, positions = start, list(range(len(start)))
                parts, answers = [0] * len(start), [IGNORED] * len(start)
            reply = self.tokenizer(answer, add_special_tokens=False)["input_ids"]
            reply = [*reply, self.tokenizer.eos_token_id]
            ids = ids + rest + reply
            positions = positions + list(range(len(start), len(start) + len(rest) + len(reply)))
            parts = parts + [part] * (len(rest) + len(reply))
            answers = answers + [IGNORED] * len(rest) + reply
        return ids, positions, parts, answers

    def _split_prompt(self, question: str) -> tuple[list[int], list[int]]:
        """The tokens of a prompt up to the end of the video, and those behind it."""
        ids = self.tokenizer(PROMPT.format(video=self.video, question=question))["input_ids"]
        end = len(ids) - ids[::-1].index(self.video_id)
        return ids[:end], ids[end:]


def sentence(narration: str) -> str:
    """A narration as a captioner writes it."""
    return f"The person {narration}."


def _attention_mask(parts: torch.Tensor) -> torch.Tensor:
    """Additive mask [N, 1, L, L]: a token attends to earlier ones of its part or the video, and itself."""
    row, column = parts[:, :, None], parts[:, None, :]
    place = torch.arange(parts.shape[1])
    attends = ((column == row) | (column == 0)) & (place[None] <= place[:, None])
    attends |= torch.eye(len(place), dtype=torch.bool)
    return torch.zeros(attends.shape).masked_fill_(~attends, torch.finfo(torch.bfloat16).min)[:, None]
