"""Models that a card has no room for wait in the host's memory, and come back when they are needed."""

import sys
import types
from typing import ClassVar

import numpy as np
import pytest
import torch

from tests.support.tiny_releases import make_clips, write_vi_lm
from zoo.device import Compute, compute
from zoo.features import Features, FeatureSpec
from zoo.model_store import MAX_BATCH, ModelStore
from zoo.releases import find_release
from zoo.weights import TooLittleMemory, Weights

CARD = Compute(torch.device("cuda"), torch.bfloat16)
needs_card = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA card here")


class OnCard:
    """An encoder of 100 bytes that notes where it is; the test's card has room for two of them."""

    here: ClassVar[dict[str, "OnCard"]] = {}  # those on the card, by their names

    def __init__(self, name: str) -> None:
        self.name, self.moves = name, []
        self.fits = True
        self.here[name] = self

    def embed(self, clips, prompt):
        assert self.name in self.here
        assert len(self.here) <= 2
        if not self.fits and len(self.here) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        starts = np.array([clip.start_s for clip in clips])
        return Features(starts_s=starts, ends_s=starts + 4, vectors=np.zeros((len(clips), 1)))

    def memory(self) -> int:
        return 100

    def clip_bytes(self) -> int:
        return 1

    def move(self, device) -> bool:
        self.moves.append(device.type)
        if device.type == "cpu":
            self.here.pop(self.name)
        else:
            self.here[self.name] = self
        return True


class Packed(OnCard):
    """One whose weights cannot be moved."""

    def move(self, device) -> bool:
        return False


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """The names of what was loaded, in order; any folder is a release, "packed" one that cannot be moved."""
    seen = []

    def load(spec, fetch, compute):
        assert compute == CARD
        seen.append(fetch(spec.weights).name)
        return (Packed if seen[-1] == "packed" else OnCard)(seen[-1])

    module = types.ModuleType("zoo.encoders.on_card")
    module.load = load
    monkeypatch.setitem(sys.modules, "zoo.encoders.on_card", module)
    monkeypatch.setattr("zoo.model_store.fetch", lambda weights: tmp_path / weights.source)
    monkeypatch.setattr("zoo.model_store.free_memory", lambda device: 1000)
    monkeypatch.setattr(OnCard, "here", {})
    return seen


def spec(name: str) -> FeatureSpec:
    return FeatureSpec(encoder="on_card", weights=Weights(name))


def test_the_least_recently_used_waits_in_the_hosts_memory_and_is_not_loaded_again(loaded, tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(bytes(100))
    store, clips = ModelStore(budget=200, where=CARD), make_clips(1)
    for name in ("one", "two", "three", "one"):  # there is room before one is loaded, and before it returns
        store.embed(spec(name), clips)
    assert loaded == ["one", "two", "three"]
    assert set(OnCard.here) == {"three", "one"}
    assert OnCard.here["one"].moves == ["cpu", "cuda"]
    assert store.memory() == 300


def test_what_the_host_has_no_room_for_is_dropped(loaded, monkeypatch):
    monkeypatch.setattr("zoo.model_cache.total_memory", lambda device: 200)  # models may take half of it
    store, clips = ModelStore(budget=100, where=CARD), make_clips(1)
    for name in ("one", "two", "three", "one"):
        store.embed(spec(name), clips)
    assert loaded == ["one", "two", "three", "one"]
    assert store.memory() == 200


def test_weights_that_cannot_be_moved_leave_for_good(loaded):
    store, clips = ModelStore(budget=100, where=CARD), make_clips(1)
    store.embed(spec("packed"), clips)
    OnCard.here.clear()
    store.embed(spec("one"), clips)
    assert store.memory() == 100
    store.embed(spec("packed"), clips)
    assert loaded == ["packed", "one", "packed"]


def test_out_of_memory_the_others_leave_the_card_before_anything_is_given_up(loaded):
    store, clips = ModelStore(budget=1000, where=CARD), make_clips(2)
    store.embed(spec("one"), clips)
    store.embed(spec("two"), clips)
    OnCard.here["two"].fits = False
    assert len(store.embed(spec("two"), clips).starts_s) == 2
    assert set(OnCard.here) == {"two"}
    assert store.memory() == 200


def test_a_model_that_fits_alone_is_loaded_alone_and_one_that_does_not_is_one_sentence(loaded):
    module, attempts = sys.modules["zoo.encoders.on_card"], []
    load = module.load

    def load_large(spec, fetch, compute):
        attempts.append(len(OnCard.here))
        if OnCard.here or spec.weights.source == "too large":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return load(spec, fetch, compute)

    store, clips = ModelStore(budget=1000, where=CARD), make_clips(1)
    store.embed(spec("one"), clips)
    module.load = load_large
    store.embed(spec("two"), clips)
    assert attempts == [1, 0]
    with pytest.raises(TooLittleMemory, match="too little memory for these weights"):
        store.embed(spec("too large"), clips)
    assert attempts == [1, 0, 1, 0]
    assert store.memory() == 200


def test_a_card_takes_many_clips_a_pass(loaded):
    store = ModelStore(budget=1000, where=CARD)
    assert store.max_batch == store.batch_limit(spec("one")) == MAX_BATCH


@needs_card
def test_on_a_card_models_come_and_go_and_answer_alike(tmp_path):
    write_vi_lm(tmp_path)
    release, clips = find_release("vi-lm", "lab-actions", "V", "hub", str(tmp_path)), make_clips(3)
    roomy, narrow = (ModelStore(budget, compute()) for budget in (1 << 30, 1))
    expected = roomy.answer(release, roomy.embed(release.feature_spec, clips))
    for _ in range(2):
        assert narrow.answer(release, narrow.embed(release.feature_spec, clips)) == expected
        with narrow._head(release) as head:
            assert next(head.model.parameters()).device.type == "cuda"
        slots = [narrow._slots[key] for key in (release.feature_spec.model, release)]
        assert [slot.on_card for slot in slots].count(True) == 1
