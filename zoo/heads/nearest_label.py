"""Video-LLaVA's zero-shot head: the label whose text is nearest to the caption, by cosine similarity."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from zoo.device import Compute, host
from zoo.encoders.sentences import SentenceEncoder
from zoo.features import Features
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing


class NearestLabelHead:
    """The label text with the greatest cosine similarity to the caption.

    Cosines do not sum to 1, so there are no scores; the answer itself stands in the caption.
    """

    def __init__(self, sentences: SentenceEncoder, labels: LabelSet) -> None:
        self.labels = labels.labels
        self.texts = sentences.embed_texts([each.text for each in labels.activities])  # [labels, D]

    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order; features have the vectors of the captions, of length 1."""
        nearest = (features.vectors @ self.texts.T).argmax(1)
        rows = zip(features.starts_s, features.ends_s, nearest, features.captions, strict=True)
        return tuple(
            ClipPrediction(
                start_s=float(start_s),
                end_s=float(end_s),
                label=self.labels[number],
                caption=caption,
            )
            for start_s, end_s, number, caption in rows
        )

    def parameters(self) -> int:
        """How many numbers its labels' vectors have."""
        return self.texts.size

    def memory(self) -> int:
        """How many bytes they take."""
        return self.texts.nbytes


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> NearestLabelHead:
    """Encode the labels' texts with the release's sentence model, once.  Raises WeightsMissing."""
    if release.sentences is None:
        raise WeightsMissing(
            f"{release.weights.name} does not say which sentence model compares its answers with the "
            "labels; name one under “sentences” in its config.json."
        )
    sentences = SentenceEncoder(fetch(release.sentences), host())
    head = NearestLabelHead(sentences, release.labels)
    if not np.isfinite(head.texts).all():
        raise WeightsMissing(f"The sentence model {release.sentences.name} gives no numbers; push it again.")
    return head
