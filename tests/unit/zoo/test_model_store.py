"""The store loads a model once, for all who use it, and a broken one harms nobody."""

import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.tiny_releases import describe, write_trees, write_xclip
from zoo.features import FeatureSpec
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.weights import Weights, WeightsMissing


class Noting:
    """An encoder that says which object it is, and how many use it at once."""

    def __init__(self) -> None:
        self.inside, self.most = 0, 0

    def embed(self, clips, prompt):
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.002)
        self.inside -= 1
        return self

    def memory(self) -> int:
        return 100

    def clip_bytes(self) -> int:
        return 1


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """A module of encoders that notes what it loads; any folder is a release."""
    seen = []

    def load(spec, fetch, device):
        seen.append(fetch(spec.weights).name)
        if seen[-1] == "broken":
            raise WeightsMissing("half a file")
        return Noting()

    module = types.ModuleType("zoo.encoders.noting")
    module.load = load
    monkeypatch.setitem(sys.modules, "zoo.encoders.noting", module)
    monkeypatch.setattr("zoo.model_store.fetch", lambda weights: tmp_path / weights.source)
    return seen


def spec(name: str) -> FeatureSpec:
    return FeatureSpec(encoder="noting", weights=Weights(name))


def test_many_askers_share_one_model(loaded):
    store = ModelStore()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: store.embed(spec("one"), []), range(32)))
    assert loaded == ["one"]
    assert len(set(map(id, found))) == 1
    assert found[0].most == 1
    assert store.embed(spec("two"), []) is not found[0]


def test_a_broken_release_is_one_sentence_and_the_others_go_on(loaded):
    store = ModelStore()
    with pytest.raises(WeightsMissing, match="half a file") as caught:
        store.embed(spec("broken"), [])
    assert "\n" not in str(caught.value)
    assert store.embed(spec("one"), []) is store.embed(spec("one"), [])
    assert loaded == ["broken", "one"]


def test_the_least_recently_used_leaves_when_the_budget_is_exceeded(loaded):
    store = ModelStore(budget=250)
    for name in ("one", "two", "one", "three"):
        store.embed(spec(name), [])
    assert store.memory() == 200
    store.embed(spec("one"), [])
    assert loaded == ["one", "two", "three"]
    store.embed(spec("two"), [])
    assert loaded == ["one", "two", "three", "two"]


def test_a_model_in_use_stays(loaded):
    store = ModelStore(budget=50)
    with store._encoder(spec("one")) as one:
        store.embed(spec("two"), [])
        assert store.embed(spec("two"), []) is not one
    assert loaded == ["one", "two"]


def test_a_budget_smaller_than_a_model_holds_one_at_a_time(loaded):
    store = ModelStore(budget=50)
    for name in ("one", "two", "one"):
        store.embed(spec(name), [])
        assert store.memory() <= 100
    assert loaded == ["one", "two", "one"]


def test_a_release_mended_on_disk_answers_without_a_restart(loaded, tmp_path, monkeypatch):
    store, whole = ModelStore(), []
    monkeypatch.setattr("zoo.model_store.fetch", lambda weights: tmp_path / (whole or ["broken"])[0])
    for _ in range(2):
        with pytest.raises(WeightsMissing):
            store.embed(spec("one"), [])
    whole.append("one")
    assert store.embed(spec("one"), [])
    assert loaded == ["broken", "broken", "one"]


@pytest.mark.parametrize("error", [TypeError("a list"), AttributeError("x"), AssertionError(), KeyError("y")])
def test_a_mistake_of_ours_in_a_loader_is_logged_and_not_taken_for_a_broken_file(
    loaded, monkeypatch, caplog, error
):
    def load(*_):
        raise error

    monkeypatch.setattr(sys.modules["zoo.encoders.noting"], "load", load)
    with pytest.raises(type(error)):
        ModelStore().embed(spec("one"), [])
    (record,) = caplog.records
    assert record.exc_info[1] is error
    assert "one" in record.getMessage()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_one_sentence(loaded, monkeypatch, error):
    def load(*_):
        raise error

    monkeypatch.setattr(sys.modules["zoo.encoders.noting"], "load", load)
    with pytest.raises(WeightsMissing, match="too little memory"):
        ModelStore().embed(spec("one"), [])


def test_visitors_who_push_each_others_models_out(loaded):
    """Never two copies of a model in use, never more than the budget at rest, and all are answered."""
    store = ModelStore(budget=150)
    names = ["one", "two", "three"] * 20
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda name: store.embed(spec(name), []), names))
    assert len(found) == len(names)
    assert all(each.most == 1 for each in found)
    assert store.memory() <= 300
    store.embed(spec("four"), [])
    assert store.memory() == 100


def test_a_model_that_left_while_a_visitor_waited_is_loaded_anew(loaded):
    """The slot that was waited for is no longer the model's: a second copy would go uncounted."""
    store = ModelStore(budget=150)
    with ThreadPoolExecutor(1) as threads:
        with store._encoder(spec("one")):
            slot = store._slots[("noting", Weights("one"), None)]
            waiting = threads.submit(store.embed, spec("one"), [])
            while not waiting.running():
                time.sleep(0.001)
            time.sleep(0.02)
            del store._slots[("noting", Weights("one"), None)]  # as _evict does in the moment between
        waiting.result(timeout=5)
    assert loaded == ["one", "one"]
    assert store._slots[("noting", Weights("one"), None)] is not slot
    assert store.memory() == 100


def test_one_loads_while_another_answers(loaded):
    """A visitor who waits for a model to load does not hold up one whose model is there."""
    store = ModelStore()
    store.embed(spec("one"), [])
    with store._loading, ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(store.embed, spec("two"), [])
        assert threads.submit(store.embed, spec("one"), []).result(timeout=5)
        assert not waiting.done()
        store._loading.release()
        try:
            assert waiting.result(timeout=5)
        finally:
            store._loading.acquire()


def test_kept_models_stay_whatever_the_budget_and_go_afterwards(tmp_path):
    write_xclip(tmp_path / "x-clip")
    write_trees(tmp_path / "x-clip-rf", "forest")
    for folder in tmp_path.iterdir():
        describe(folder, backbone={"source": "x-clip"})
    release = find_release("x-clip-rf", "lab-actions", "V", weights=str(tmp_path / "x-clip-rf"))
    store = ModelStore(budget=1)
    assert not store.has_room([release])
    with store.keep(release), store.keep(release):
        parameters, memory = store.size(release)
        assert parameters > 0
        assert store.memory() == memory > 1
    assert store.memory() == 0
    roomy = ModelStore(budget=10_000_000)
    with roomy.keep(release):
        assert roomy.has_room([release])
    assert roomy.memory() == memory
