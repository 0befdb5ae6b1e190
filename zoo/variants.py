"""The recipes: which encoder, which head.  One row a variant."""

from dataclasses import dataclass

from encodings.errors import UserError


class UnknownVariant(UserError):
    """A variant that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A recipe that turns a clip into a label; its weights are releases."""

    key: str
    title: str
    encoder: str  # a module of zoo.encoders
    head: str  # a module of zoo.heads
    description: str
    backbone: str | None = None  # the frozen model it shares with others; None if it is trained end to end
    question: str | None = None  # that a captioner is asked, a key of zoo.prompts

    @property
    def zero_shot(self) -> bool:
        """Whether it answers without training on labelled clips."""
        return self.head in {"label_texts", "nearest_label"}


VARIANTS = (
    Variant(
        key="vi-cl",
        title="Vi-Cl",
        encoder="videomae",
        head="linear",
        description="VideoMAE encoder with a linear classifier",
    ),
    Variant(
        key="vi-lm",
        title="Vi-LM",
        encoder="videomae",
        head="t5",
        description="VideoMAE encoder with a T5 decoder that generates the label",
    ),
    Variant(
        key="x-clip",
        title="X-CLIP",
        encoder="xclip",
        head="label_texts",
        description="X-CLIP, the clip against the labels' texts",
        backbone="x-clip",
    ),
    Variant(
        key="x-clip-rf",
        title="X-CLIP + RF",
        encoder="xclip",
        head="forest",
        description="X-CLIP embedding with a random forest",
        backbone="x-clip",
    ),
    Variant(
        key="x-clip-xgb",
        title="X-CLIP + XGB",
        encoder="xclip",
        head="boosting",
        description="X-CLIP embedding with XGBoost",
        backbone="x-clip",
    ),
    Variant(
        key="video-llava",
        title="Video-LLaVA",
        encoder="videollava",
        head="nearest_label",
        description="Video-LLaVA, asked which of the activities it sees; the label nearest to its answer",
        backbone="video-llava",
        question="which",
    ),
    Variant(
        key="video-llava-rf",
        title="Video-LLaVA + RF",
        encoder="videollava",
        head="forest",
        description="Video-LLaVA, asked what is done; a random forest on the sentence's embedding",
        backbone="video-llava",
        question="what",
    ),
    Variant(
        key="video-llava-xgb",
        title="Video-LLaVA + XGB",
        encoder="videollava",
        head="boosting",
        description="Video-LLaVA, asked what is done; XGBoost on the sentence's embedding",
        backbone="video-llava",
        question="what",
    ),
)


def variant(key: str) -> Variant:
    """Look up a variant.  Raises UnknownVariant, which lists them."""
    for each in VARIANTS:
        if each.key == key:
            return each
    keys = ", ".join(each.key for each in VARIANTS)
    raise UnknownVariant(f"There is no variant “{key}”; expected one of {keys}.")
