"""Answers are compared with labels by their sentences' vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from zoo.encoders.sentences import MAX_CHARACTERS, first_sentence
from zoo.features import Features
from zoo.hub.download import PACKAGED, fetch
from zoo.labels import LAB_ACTIONS, LAB_MOTION, NO_ACTION
from zoo.model_store import ModelStore
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing


def release(labels=LAB_ACTIONS, sentences=PACKAGED) -> Release:
    return Release(
        variant=variant("video-llava"),
        labels=labels,
        encodings=("V",),
        tier="embedded",
        weights=Weights("."),
        sentences=sentences,
    )


def features(texts) -> Features:
    model = SentenceTransformer(str(fetch(PACKAGED)), device="cpu", local_files_only=True)
    vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    starts = np.arange(len(texts)) * 4.0
    return Features(starts_s=starts, ends_s=starts + 4, vectors=vectors, captions=tuple(texts))


@pytest.mark.parametrize("labels", [LAB_ACTIONS, LAB_MOTION], ids=lambda each: each.key)
def test_a_labels_own_text_is_nearest_to_itself(labels):
    texts = [each.text for each in labels.activities]
    said = ModelStore().answer(release(labels), features(texts))
    assert [each.label for each in said] == list(labels.labels)
    assert [each.caption for each in said] == texts
    assert all(each.scores is None for each in said)


def test_other_words_for_the_same():
    texts = ("the person pours water from a bottle into a small glass", "a spoon of powder is put on a scale")
    texts += ("the hands rest and nothing happens, the person looks around",)
    said = ModelStore().answer(release(), features(texts))
    assert [each.label for each in said] == ["Add", "MeasureSolid", NO_ACTION]


def test_no_sentence_model_is_one_sentence():
    with pytest.raises(WeightsMissing, match="sentence model"):
        ModelStore().answer(release(sentences=None), features(("a",)))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A person pours. Then they rest.", "A person pours"),
        ("  Pours 2.5 ml into a vial", "Pours 2.5 ml into a vial"),
        ("Is it stirred? Yes.", "Is it stirred"),
        ("", ""),
        ("one\ntwo", "one"),
    ],
)
def test_first_sentence(text, first):
    assert first_sentence(text) == first


@given(st.text(max_size=2000))
def test_a_first_sentence_is_short_and_stands_in_the_text(text):
    first = first_sentence(text)
    assert len(first) <= MAX_CHARACTERS
    assert first in text
    assert "\n" not in first
