"""Word-level tokenizers of X-CLIP and Video-LLaVA: a few hundred words need no larger vocabulary."""

from collections.abc import Iterable

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from zoo.labels import LABEL_SETS
from zoo.prompts import WHAT, WHICH, question_text

MAX_TOKENS = 64  # of one text


def clip_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """For X-CLIP, which takes the greatest token id as the end of a text."""
    raw = _words(["<pad>", "<start>", "<unk>"], texts, ["<end>"])
    _add_markers(raw, "<start> $A <end>", "<start>", "<end>")
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        bos_token="<start>",
        eos_token="<end>",
        unk_token="<unk>",
        model_max_length=MAX_TOKENS,
    )


def llama_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """For Video-LLaVA: texts begin with <s>, as Llama's do; <image> and <video> are tokens of their own."""
    special = ["<pad>", "<s>", "</s>", "<unk>", "<image>", "<video>"]
    raw = _words(special, [*texts, "USER: ASSISTANT:"], [])
    _add_markers(raw, "<s> $A", "<s>")
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<image>", "<video>"],
        padding_side="left",
        clean_up_tokenization_spaces=True,
    )


def label_words() -> list[str]:
    """Texts of the label sets and of the questions: their words get tokens, and are not trained on."""
    questions = [question_text(question, labels) for labels in LABEL_SETS for question in (WHAT, WHICH)]
    return questions + [each.text for labels in LABEL_SETS for each in labels.activities]


def _words(first: list[str], texts: Iterable[str], last: list[str]) -> Tokenizer:
    normal, split = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    words = {
        word
        for text in (*texts, *label_words())
        for word, _ in split.pre_tokenize_str(normal.normalize_str(text))
    }
    tokens = [*first, *sorted(words), *last]
    raw = Tokenizer(models.WordLevel({word: n for n, word in enumerate(tokens)}, unk_token="<unk>"))
    raw.normalizer, raw.pre_tokenizer = normal, split
    return raw


def _add_markers(raw: Tokenizer, template: str, *names: str) -> None:
    markers = [(name, raw.token_to_id(name)) for name in names]
    raw.post_processor = processors.TemplateProcessing(template, special_tokens=markers)
