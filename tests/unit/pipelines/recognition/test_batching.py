"""Clips are embedded together where that pays: when, how many, and with the same answers."""

import logging
import threading
import time

import numpy as np
import pytest
import torch

import zoo.releases
from encodings.names import encoding
from pipelines.exports.json import as_json
from pipelines.recognition.clip_pass import ClipBatch
from pipelines.recognition.clip_source import ready_batches
from pipelines.recognition.compare import compare, find_releases
from pipelines.recognition.recognise import recognise
from pipelines.recordings.recording import open_recording
from tests.support.tiny_releases import make_clips, write_zoo
from tests.unit.pipelines.conftest import write_video
from zoo.features import Features
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.predictions import ClipPrediction
from zoo.releases import Release, find_release
from zoo.variants import variant
from zoo.weights import TooLittleMemory, Weights

V = encoding("V")
KEYS = ["vi-cl", "video-llava", "x-clip", "x-clip-rf"]
CLIPS = 5


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = write_zoo(tmp_path_factory.mktemp("zoo"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo.releases, "EMBEDDED", folder)
        yield folder


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "20s.mp4"
    return open_recording(write_video(path, range(0, 4000 * CLIPS, 250), size=(64, 48)))


class Slow(ModelStore):
    """The store itself, which lets decoding get ahead, and notes the size of every forward pass."""

    def __init__(self, max_batch: int) -> None:
        super().__init__(max_batch=max_batch)
        self.sizes: list[int] = []

    def embed(self, spec, clips):
        time.sleep(0.02)
        self.sizes.append(len(clips))
        return super().embed(spec, clips)


def answers_of(state) -> dict:
    return {key: value for key, value in as_json(state).items() if key != "latency_s"}


@pytest.mark.parametrize("key", ["vi-cl", "vi-lm"])
def test_answers_do_not_depend_on_the_batch_size(tiny, recording, key):
    release = find_release(key, "lab-actions", "V")
    *_, alone = recognise(recording, release, V, ModelStore())
    for size in range(2, CLIPS + 2):
        store = Slow(size)
        states = list(recognise(recording, release, V, store))
        assert [len(state.clips) for state in states] == list(range(CLIPS + 1))
        assert store.sizes[0] == 1
        assert max(store.sizes) <= size
        assert_same(alone, states[-1])


def assert_same(one, other) -> None:
    one, other = answers_of(one), answers_of(other)
    for mine, theirs in zip(one.pop("clips"), other.pop("clips"), strict=True):
        assert mine.pop("scores") == pytest.approx(theirs.pop("scores"), abs=1e-4)
        assert mine == theirs
    assert one == other


def test_a_comparison_in_batches_is_the_one_clip_by_clip(tiny, recording):
    found = find_releases(KEYS, "lab-actions", V)
    *_, alone = compare(recording, found, V, ModelStore())
    store = Slow(int(np.random.default_rng().integers(2, CLIPS)))
    *_, last = compare(recording, found, V, store)
    assert len(last.answered) == len(KEYS)
    for one, other in zip(alone.runs, last.runs, strict=True):
        assert_same(one.answer, other.answer)
    assert sum(store.sizes) == 3 * CLIPS  # three forward passes
    assert last.latency.total < sum(run.answer.latency.total for run in last.runs)


def steps(finished: list[threading.Event]):
    """Numbers, each of which is there when its event is set."""
    for number, event in enumerate(finished):
        assert event.wait(10)
        yield number


def test_batches_grow_while_the_caller_is_behind_and_only_then():
    finished = [threading.Event() for _ in range(12)]
    begun = [threading.Event() for _ in range(13)]

    def items():
        for number, item in enumerate(steps(finished)):
            yield item
            begun[number + 1].set()  # the one before has arrived by now

    def finish(upto: int) -> None:
        for event in finished[:upto]:
            event.set()
        if upto < len(finished):
            assert begun[upto].wait(10)

    finished[0].set()
    batches = ready_batches(items(), 4)
    assert next(batches) == [0]
    finish(4)
    assert next(batches) == [1, 2]  # at most twice as many as before
    finish(6)
    assert next(batches) == [3, 4, 5]  # all that are ready
    threading.Timer(0.05, finished[6].set).start()
    assert next(batches) == [6]  # nothing was: the caller is not behind
    finish(12)
    rest = list(batches)
    assert [number for batch in rest for number in batch] == [7, 8, 9, 10, 11]
    assert max(map(len, rest)) <= 4


def test_an_error_comes_after_the_items_before_it_and_closing_drops_what_is_ahead():
    closed, decoded = threading.Event(), []

    def broken():
        try:
            for number in range(100):
                decoded.append(number)
                if number == 3:
                    raise ZeroDivisionError
                yield number
        finally:
            closed.set()

    found, batches = [], ready_batches(broken(), 4)
    while len(found) < 3:
        found += next(batches)
    assert found == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        next(batches)
    assert closed.is_set()
    batches = ready_batches(iter_numbers(decoded), 4)
    next(batches)
    decoded.clear()
    batches.close()
    assert len(decoded) <= 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def iter_numbers(decoded: list[int]):
    for number in range(100):
        decoded.append(number)
        yield number


class Stopwatch:
    """A store whose forward pass takes 30 ms, whatever it is given."""

    def embed(self, spec, clips):
        time.sleep(0.03)
        return Features(
            starts_s=np.array([clip.start_s for clip in clips]),
            ends_s=np.array([clip.end_s for clip in clips]),
            vectors=np.zeros((len(clips), 1)),
        )

    def answer(self, release, features):
        return tuple(ClipPrediction(start_s=s, end_s=s + 4, label="Add") for s in features.starts_s)


def test_each_clip_bears_its_share_and_the_shares_are_what_was_spent():
    release = Release(
        variant=variant("vi-cl"), labels=LAB_ACTIONS, encodings=("V",), tier="hub", weights=Weights(".")
    )
    batch = ClipBatch(make_clips(4), 0.4, Stopwatch())
    latencies = [batch.answer(number, release, V)[1] for number in range(4)]
    spent = batch.take_latency()
    assert [each.decode for each in latencies] == [pytest.approx(0.1)] * 4
    assert len({each.embed for each in latencies}) == 1
    assert sum(each.total for each in latencies) == pytest.approx(spent.total)
    assert spent.embed >= 0.03
    assert batch.take_latency().total == 0


class Narrow:
    """An encoder whose device has room for some clips at once."""

    def __init__(self, encoder, room: int, error: Exception) -> None:
        self.encoder, self.room, self.error, self.tried = encoder, room, error, []

    def __getattr__(self, name):
        return getattr(self.encoder, name)

    def embed(self, clips, prompt=None):
        self.tried.append(len(clips))
        if len(clips) > self.room:
            raise self.error
        return self.encoder.embed(clips, prompt)


ERRORS = [torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), MemoryError()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_out_of_memory_halves_the_batch_and_says_so(tiny, caplog, error):
    release, clips = find_release("vi-cl", "lab-actions", "V"), make_clips(8)
    store = ModelStore(max_batch=8)
    whole = store.embed(release.feature_spec, clips)
    slot = store._slots[release.feature_spec.model]
    slot.model = narrow = Narrow(slot.model, 3, error)
    with caplog.at_level(logging.WARNING):
        found = store.embed(release.feature_spec, clips)
    assert narrow.tried == [8, 4, 2, 2, 2, 2]
    assert [record.getMessage() for record in caplog.records] == [
        "out of memory with 8 clips in one forward pass; trying 4",
        "out of memory with 4 clips in one forward pass; trying 2",
    ]
    np.testing.assert_allclose(found.vectors, whole.vectors, atol=1e-5)
    assert found.starts_s.tolist() == whole.starts_s.tolist()
    assert store.batch_limit(release.feature_spec) == 2  # it is remembered


def test_one_clip_that_does_not_fit_is_one_sentence(tiny):
    release = find_release("vi-cl", "lab-actions", "V")
    store = ModelStore(max_batch=8)
    store.load(release)
    slot = store._slots[release.feature_spec.model]
    slot.model = narrow = Narrow(slot.model, 0, ERRORS[0])
    with pytest.raises(TooLittleMemory, match="one clip beside this model; close") as caught:
        store.embed(release.feature_spec, make_clips(4))
    assert narrow.tried == [4, 2, 1]
    assert "\n" not in str(caught.value)


def test_a_processor_takes_one_clip_a_pass_and_a_batch_what_is_free(tiny, monkeypatch):
    spec = find_release("vi-cl", "lab-actions", "V").feature_spec
    assert ModelStore().batch_limit(spec) == 1
    store = ModelStore(max_batch=8)
    with store._encoder(spec) as encoder:
        clip_bytes = encoder.clip_bytes()
    for free, expected in ((0, 1), (4 * clip_bytes, 3), (100 * clip_bytes, 8)):
        monkeypatch.setattr("zoo.model_store.free_memory", lambda device, free=free: free)
        assert store.batch_limit(spec) == expected
