"""The one path, stage by stage: what is streamed, what is measured, what is closed."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from encodings.clip import Clip
from encodings.errors import MissingSignal
from encodings.names import encoding
from pipelines.recognition import clip_source
from pipelines.recognition import recognise as room
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.clip_source import prefetch
from pipelines.recognition.recognise import add_clip, recognise, start_recognition
from pipelines.recognition.smoothing import smooth
from pipelines.recordings.recording import open_recording
from zoo.features import Features
from zoo.labels import LAB_ACTIONS
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

RELEASE = Release(
    variant=variant("vi-cl"), labels=LAB_ACTIONS, encodings=("V",), tier="embedded", weights=Weights(".")
)


class Counting:
    """An encoder and a head in one, which names clips by their number: what is tested is the path."""

    def __init__(self) -> None:
        self.seen: list[Clip] = []

    def load(self, release):
        pass

    def batch_limit(self, spec):
        return 1

    def embed(self, spec, clips):
        self.seen += clips
        starts, ends = ([getattr(clip, name) for clip in clips] for name in ("start_s", "end_s"))
        return Features(starts_s=np.array(starts), ends_s=np.array(ends), vectors=np.zeros((len(clips), 1)))

    def answer(self, release, features):
        names = LAB_ACTIONS.labels
        rows = zip(features.starts_s, features.ends_s, strict=True)
        return tuple(
            ClipPrediction(start_s=start, end_s=end, label=names[int(start) // 4 % len(names)])
            for start, end in rows
        )


@pytest.fixture(autouse=True)
def _release(tmp_path, monkeypatch):
    """A release that says nothing of itself, where RELEASE looks for it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text("{}")


@pytest.fixture
def recording(make_video):
    return open_recording(make_video("14s.mp4", range(0, 14500, 100)))


def test_with_the_last_clip_all_of_them_are_smoothed(recording):
    rng, count = np.random.default_rng(0), 3 * room.RECENT
    names = LAB_ACTIONS.labels
    transition_counts = tuple(tuple(map(int, row)) for row in rng.integers(0, 9, (len(names), len(names))))
    state = start_recognition(recording, RELEASE, encoding("V"))
    state = replace(state, total=count, transition_counts=transition_counts)
    for number in range(count):
        scores = dict(zip(names, rng.dirichlet(np.ones(len(names))).tolist(), strict=True))
        prediction = ClipPrediction(
            start_s=4.0 * number, end_s=4.0 * number + 4, label=max(scores, key=scores.get), scores=scores
        )
        clip = NamedClip(prediction=prediction, encoding=encoding("V"), gaze_coverage=0.0, thumbnail="")
        state = add_clip(state, clip)
        assert len(state.smoothed) == number + 1
    assert state.smoothed == smooth([clip.prediction for clip in state.clips], LAB_ACTIONS, transition_counts)
    assert state.smoothed != state.labels


def test_every_clip_is_yielded_as_it_is_labelled(recording):
    store = Counting()
    states = list(recognise(recording, RELEASE, encoding("V"), store))
    assert [len(state.clips) for state in states] == [0, 1, 2, 3, 4]
    assert [state.finished for state in states] == [False] * 4 + [True]
    last = states[-1]
    assert [clip.prediction.start_s for clip in last.clips] == [0, 4, 8, 12]
    assert last.clips[-1].prediction.end_s == recording.duration_s == pytest.approx(14.45, abs=0.06)
    assert last.workflow.names == LAB_ACTIONS.labels[:4]
    assert all(clip.thumbnail.startswith("data:image/jpeg;base64,") for clip in last.clips)


def test_latency_is_the_paths_own_and_not_its_readers(recording):
    states = []
    for state in recognise(recording, RELEASE, encoding("V"), Counting()):
        states.append(state)
        time.sleep(0.2)
    assert 0 < states[-1].latency.total < 0.6


def test_closing_it_half_way_closes_the_recording(recording, monkeypatch):
    closed = threading.Event()
    cut = clip_source.cut_clips

    def watched(opened):
        try:
            yield from cut(opened)
        finally:
            closed.set()

    monkeypatch.setattr(clip_source, "cut_clips", watched)
    states = recognise(recording, RELEASE, encoding("V"), Counting())
    next(states), next(states)
    states.close()
    assert closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def test_a_missing_signal_is_refused(recording):
    with pytest.raises(MissingSignal, match="gaze"):
        list(recognise(recording, RELEASE, encoding("VG"), Counting()))


def test_prefetching_keeps_order_and_passes_errors_on():
    def broken():
        yield 1
        yield 2
        raise ZeroDivisionError

    items = prefetch(broken())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ZeroDivisionError):
        next(items)
