"""Trees on caption vectors answer alike on every processor, whatever the last bits of a vector are."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xgboost
from safetensors.numpy import save_file
from sklearn.ensemble import RandomForestClassifier

from zoo.device import host
from zoo.encoders.sentences import SentenceEncoder
from zoo.features import VECTOR_DECIMALS, Features, quantise
from zoo.heads.forest import forest_arrays
from zoo.hub.download import PACKAGED, fetch
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

CAPTIONS, WIDTH = 16, 384  # distinct ones, and the numbers of a vector
COPIES = 12  # clips of each caption, whose vectors differ in the last bits as on several processors
LAST_BITS, DISTURBANCE = 1e-7, 1e-6
KEYS = ("video-llava-rf", "video-llava-xgb")


@pytest.fixture(scope="module")
def sentences() -> SentenceEncoder:
    return SentenceEncoder(fetch(PACKAGED), host())


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Vectors of distinct captions: numbers of the size that a vector of length 1 has."""
    return np.random.default_rng(0).uniform(-0.09, 0.09, (CAPTIONS, WIDTH)).astype(np.float32)


def features(vectors: np.ndarray) -> Features:
    starts = np.arange(len(vectors)) * 4.0
    return Features(starts_s=starts, ends_s=starts + 4, vectors=vectors)


def disturbed(vectors: np.ndarray, by: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).uniform(-by, by, vectors.shape)
    return (vectors + noise).astype(np.float32)


def fit_head(folder: Path, key: str, vectors: np.ndarray, decimals: int | None) -> Release:
    """A head fitted on noisy copies of each caption, which was written of clips of several activities."""
    copies = disturbed(np.repeat(vectors, COPIES, axis=0), LAST_BITS, 1)
    material = quantise(features(copies), decimals).vectors
    truth = np.random.default_rng(2).permutation(np.arange(len(copies)) % len(LAB_ACTIONS.labels))
    if key == "video-llava-rf":
        forest = RandomForestClassifier(10, random_state=0).fit(material, truth)
        save_file(forest_arrays(forest), folder / "model.safetensors")
    else:
        trees = xgboost.XGBClassifier(n_estimators=4, max_depth=6, random_state=0, n_jobs=1)
        trees.fit(material, truth).save_model(folder / "model.ubj")
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(LAB_ACTIONS.labels))}))
    ReleaseConfig(variant=key, labels=LAB_ACTIONS.key, vector_decimals=decimals).write(folder)
    return Release(
        variant=variant(key),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=Weights(str(folder)),
    )


def changed_labels(release: Release, vectors: np.ndarray, tries: int = 10) -> int:
    """How many labels differ from those of the undisturbed vectors."""
    store = ModelStore()

    def labels(vectors: np.ndarray) -> list[str]:
        return [each.label for each in store.answer(release, features(vectors))]

    plain = labels(vectors)
    return sum(
        label != was
        for seed in range(tries)
        for label, was in zip(labels(disturbed(vectors, DISTURBANCE, 100 + seed)), plain, strict=True)
    )


@pytest.mark.parametrize("key", KEYS)
def test_the_last_bits_of_a_vector_change_no_label(tmp_path, vectors, key):
    assert changed_labels(fit_head(tmp_path, key, vectors, VECTOR_DECIMALS), vectors) == 0


@pytest.mark.parametrize("key", KEYS)
def test_without_quantisation_they_do(tmp_path, vectors, key):
    assert changed_labels(fit_head(tmp_path, key, vectors, None), vectors) > 0


def test_a_head_answers_as_it_was_fitted(tmp_path, vectors):
    """Whether vectors are rounded is the head's own setting: one fitted without it answers without it."""
    release = fit_head(tmp_path, "video-llava-rf", vectors, None)
    coarse = replace(ReleaseConfig.read(tmp_path), vector_decimals=0)
    before = [each.scores for each in ModelStore().answer(release, features(vectors))]
    coarse.write(tmp_path)
    after = [each.scores for each in ModelStore().answer(release, features(vectors))]
    rounded = [each.scores for each in ModelStore().answer(release, features(vectors.round(0)))]
    assert before != after == rounded


def test_a_sentence_has_one_vector_whatever_else_is_embedded(sentences):
    long = (
        "the person pours water out of a very tall bottle into each of five small glasses and stirs them all"
    )
    fresh = SentenceEncoder(fetch(PACKAGED), host())
    alone, beside = sentences.embed_texts(["stirs"]), fresh.embed_texts([long, "stirs", "", "stirs"])
    assert (beside[1] == alone[0]).all()
    assert (beside[1] == beside[3]).all()


def test_each_distinct_sentence_is_embedded_once(monkeypatch):
    encoder, embedded = SentenceEncoder(fetch(PACKAGED), host()), []
    encode = encoder.model.encode
    monkeypatch.setattr(
        encoder.model, "encode", lambda texts, **more: embedded.extend(texts) or encode(texts, **more)
    )
    encoder.embed_texts(["pours. And rests.", "stirs", "pours"])
    encoder.embed_texts(["stirs"])
    assert embedded == ["pours", "stirs"]
