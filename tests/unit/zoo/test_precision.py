"""Half precision answers like float32: on the processor here, on a CUDA card where there is one."""

from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.recordings.recording import cut_clips, open_recording
from tests.support.tiny_releases import (
    make_clips,
    write_vi_lm,
    write_videomae,
    write_xclip,
)
from zoo.device import Compute, compute, host
from zoo.encoders.sentences import SentenceEncoder
from zoo.hub.download import PACKAGED, fetch
from zoo.model_store import ModelStore
from zoo.releases import embedded_releases, find_release

EXAMPLE = next(iter(sorted((Path(__file__).parents[3] / "examples").glob("*/scene.mp4"))))
HALVES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "cuda": None}


@pytest.fixture(params=HALVES)
def half(request) -> Compute:
    """Where models run in half precision: the processor, or the card of this machine in its own type."""
    if request.param != "cuda":
        return Compute(torch.device("cpu"), HALVES[request.param])
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA card here")
    return compute()


WRITERS = {"vi-cl": write_videomae, "vi-lm": write_vi_lm, "x-clip": write_xclip}


@pytest.fixture(scope="module", params=WRITERS)
def tiny(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    WRITERS[request.param](folder)
    return find_release(request.param, "lab-actions", "V", "hub", str(folder))


def test_a_tiny_model_scores_alike_and_heads_see_float32(tiny, half):
    clips = make_clips(4)
    answers = []
    for where in (host(), half):
        store = ModelStore(where=where)
        features = store.embed(tiny.feature_spec, clips)
        assert {features.vectors.dtype, features.tokens.dtype} == {np.dtype(np.float32)}
        with store._encoder(tiny.feature_spec) as encoder:
            assert next(encoder.model.parameters()).dtype == where.dtype
            assert encoder.model.config._attn_implementation == "sdpa"
        answers.append(store.answer(tiny, features))
    for one, other in zip(*answers, strict=True):
        scores = np.array([list(each.scores.values()) for each in (one, other)])
        difference = np.abs(scores[0] - scores[1]).max()
        assert difference < 0.2  # fresh weights amplify noise
        first, second = np.sort(scores[0])[:-3:-1]
        assert one.label == other.label or first - second < 2 * difference


def test_sentences_have_length_one_in_half_precision(half):
    one, other = (
        SentenceEncoder(fetch(PACKAGED), where).embed_texts(["pours water", "stirs"])
        for where in (half, host())
    )
    assert one.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(one, other, atol=0.02)


@pytest.fixture(scope="module")
def example_clips():
    with closing(cut_clips(open_recording(EXAMPLE))) as clips:
        return list(islice(clips, 2))


@pytest.mark.parametrize("half", ["bfloat16", "cuda"], indirect=True)
def test_the_shipped_releases_name_the_same_activities(example_clips, half):
    """But for one clip or two: of a caption in 16 bits another word may be the likeliest."""
    releases = [each for each in embedded_releases() if each.labels.key == "lab-actions"]
    assert len(releases) == 8
    stores = [ModelStore(where=where) for where in (host(), half)]
    pairs = []
    for release in releases:
        answers = [
            store.answer(release, store.embed(release.feature_spec, example_clips)) for store in stores
        ]
        pairs += zip(*answers, strict=True)
    assert sum(one.label != other.label for one, other in pairs) <= 2
    for one, other in pairs:
        assert one.scores is None or one.scores == pytest.approx(other.scores, abs=0.05)
