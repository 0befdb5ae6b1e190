"""Packed dialogues: many questions behind one video are as good as each alone."""

import torch

from pipelines.training.architectures.tokenizers import llama_tokenizer
from pipelines.training.architectures.video_llava import make_model
from pipelines.training.narrations import Narrations
from pipelines.training.objectives.dialogues import (
    IGNORED,
    NONE,
    Dialogues,
    PackedDialogues,
    sentence,
)
from tests.support.tiny_training import CAPTIONER
from zoo.labels import LAB_ACTIONS
from zoo.prompts import WHAT, question_text

TEXTS = (
    "pours milk from a jug into a cup",
    "tips a jug of milk and fills a cup",
    "cuts bread with a knife",
    "types on the keyboard",
    "moves the plate in circles",
    "wipes the table with a cloth",
)


def make_dialogues(choice_questions: int = 2) -> Dialogues:
    tokenizer, places = llama_tokenizer(map(sentence, TEXTS)), torch.arange(len(TEXTS))
    narrations = Narrations(TEXTS, places, places)
    return Dialogues(tokenizer, narrations, CAPTIONER.size.video_tokens, choice_questions)


def pack(dialogues: Dialogues, texts: list[int], seed: int = 0) -> PackedDialogues:
    generator = torch.Generator().manual_seed(seed)
    return dialogues.pack([dialogues.draw(text, generator) for text in texts])


def test_questions_behind_one_video_are_answered_as_if_alone():
    """Against one sequence a question, with nothing but a causal mask."""
    dialogues = make_dialogues()
    packed = pack(dialogues, [0, 3])
    torch.manual_seed(0)
    model = make_model(CAPTIONER.size, dialogues.tokenizer).eval()
    pixels = torch.randn(2, 8, 3, 32, 32)
    with torch.inference_mode():
        together = model(
            input_ids=packed.ids,
            pixel_values_videos=pixels,
            attention_mask=packed.mask,
            position_ids=packed.positions,
        ).logits
    for row in range(2):
        start = int((packed.ids[row] == dialogues.video_id).nonzero()[-1]) + 1
        parts = (packed.positions[row] == start).nonzero()[:, 0].tolist()
        assert len(parts) == 3
        for first, after in zip(parts, [*parts[1:], int((packed.ids[row] != 0).sum())], strict=True):
            alone = torch.cat([packed.ids[row, :start], packed.ids[row, first:after]])[None]
            with torch.inference_mode():
                logits = model(input_ids=alone, pixel_values_videos=pixels[row : row + 1]).logits[0, start:]
            torch.testing.assert_close(together[row, first:after], logits, atol=2e-4, rtol=1e-3)


def test_only_answers_are_learnt_and_they_end():
    dialogues = make_dialogues(choice_questions=1)
    packed = pack(dialogues, [2], seed=1)
    targets = packed.ids[0][packed.answers[0] != IGNORED]
    assert (packed.answers[packed.answers != IGNORED] == targets).all()
    text = dialogues.tokenizer.decode(targets)
    assert text.startswith("the person cuts bread with a knife.</s>") or "knife. </s>" in text
    assert text.endswith("</s>")


def test_lists_have_what_is_done_or_the_answer_is_none_of_them():
    dialogues, generator = make_dialogues(), torch.Generator().manual_seed(0)
    none = 0
    for _ in range(200):
        question, answer = dialogues.draw_choice(0, generator)
        assert TEXTS[1] not in question  # the same act in other words is no wrong choice
        listed = question.removeprefix("Which of these actions is performed in this video: ").split("; ")
        assert listed[-1] == "or none of them?"
        assert (answer == NONE) == (TEXTS[0] not in listed)
        assert answer in (NONE, TEXTS[0])
        none += answer == NONE
    assert 15 < none < 75


def test_questions_are_those_of_the_zoo():
    dialogues = make_dialogues()
    ids = pack(dialogues, [0]).ids[0]
    text = dialogues.tokenizer.decode([n for n in ids.tolist() if n != dialogues.video_id])
    question = dialogues.tokenizer(question_text(WHAT, LAB_ACTIONS), add_special_tokens=False)["input_ids"]
    assert dialogues.tokenizer.decode(question) in text
