"""The recipes: which encoder, which head.  One row a variant."""

from dataclasses import dataclass

from encodings.errors import UserError


class UnknownVariant(UserError):
    """A variant that does not exist."""


@dataclass(frozen=True)
class Variant:
    """A recipe that turns a clip into a label; its weights are releases."""

    key: str
    title: str
    encoder: str  # a module of zoo.encoders
    head: str  # a module of zoo.heads
    what: str
    backbone: str | None = None  # the frozen model it shares with others; None: trained as a whole
    question: str | None = None  # what a captioner is asked, a key of zoo.prompts

    @property
    def zero_shot(self) -> bool:
        """Whether it answers without ever having been shown a labelled clip."""
        return self.head in {"label_texts", "nearest_label"}


VARIANTS = (
    Variant("vi-cl", "Vi-Cl", "videomae", "linear", "VideoMAE encoder with a linear classifier"),
    Variant("vi-lm", "Vi-LM", "videomae", "t5", "VideoMAE encoder with a T5 decoder that writes the label"),
    Variant(
        "x-clip", "X-CLIP", "xclip", "label_texts", "X-CLIP, the clip against the labels' texts", "x-clip"
    ),
    Variant("x-clip-rf", "X-CLIP + RF", "xclip", "forest", "X-CLIP embedding with a random forest", "x-clip"),
    Variant("x-clip-xgb", "X-CLIP + XGB", "xclip", "boosting", "X-CLIP embedding with XGBoost", "x-clip"),
    Variant(
        "video-llava",
        "Video-LLaVA",
        "videollava",
        "nearest_label",
        "Video-LLaVA, asked which of the activities it sees; the label nearest to its answer",
        "video-llava",
        "which",
    ),
    Variant(
        "video-llava-rf",
        "Video-LLaVA + RF",
        "videollava",
        "forest",
        "Video-LLaVA, asked what is done; a random forest on the sentence's embedding",
        "video-llava",
        "what",
    ),
    Variant(
        "video-llava-xgb",
        "Video-LLaVA + XGB",
        "videollava",
        "boosting",
        "Video-LLaVA, asked what is done; XGBoost on the sentence's embedding",
        "video-llava",
        "what",
    ),
)


def variant(key: str) -> Variant:
    """Look up a variant.  Raises UnknownVariant, which lists them."""
    for each in VARIANTS:
        if each.key == key:
            return each
    keys = ", ".join(each.key for each in VARIANTS)
    raise UnknownVariant(f"There is no variant “{key}”; expected one of {keys}.")
