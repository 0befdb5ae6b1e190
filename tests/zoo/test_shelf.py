"""The shelf loads a model once, for all who ask, and a broken one harms nobody."""

import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor

import pytest

from zoo.features import FeatureSpec
from zoo.shelf import Shelf
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


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """A module of encoders that notes what it loads; any folder is a release."""
    seen = []

    def load(spec, fetch, device):
        seen.append(fetch(spec.weights).name)
        if seen[-1] == "broken":
            raise OSError("half a file")
        return Noting()

    module = types.ModuleType("zoo.encoders.noting")
    module.load = load
    monkeypatch.setitem(sys.modules, "zoo.encoders.noting", module)
    monkeypatch.setattr("zoo.shelf.fetch", lambda weights: tmp_path / weights.source)
    return seen


def spec(name: str) -> FeatureSpec:
    return FeatureSpec("noting", Weights(name))


def test_many_askers_share_one_model(loaded):
    shelf = Shelf()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: shelf.embed(spec("one"), []), range(32)))
    assert loaded == ["one"]
    assert len(set(map(id, found))) == 1
    assert found[0].most == 1
    assert shelf.embed(spec("two"), []) is not found[0]


def test_a_broken_release_is_one_sentence_and_the_others_go_on(loaded):
    shelf = Shelf()
    with pytest.raises(WeightsMissing, match="half a file") as caught:
        shelf.embed(spec("broken"), [])
    assert "\n" not in str(caught.value)
    assert shelf.embed(spec("one"), []) is shelf.embed(spec("one"), [])
    assert loaded == ["broken", "one"]


def test_the_least_recently_used_leaves_when_the_budget_is_exceeded(loaded):
    shelf = Shelf(budget=250)
    for name in ("one", "two", "one", "three"):
        shelf.embed(spec(name), [])
    assert shelf.memory() == 200
    shelf.embed(spec("one"), [])
    assert loaded == ["one", "two", "three"]
    shelf.embed(spec("two"), [])
    assert loaded == ["one", "two", "three", "two"]


def test_a_model_in_use_stays(loaded):
    shelf = Shelf(budget=50)
    with shelf._encoder(spec("one")) as one:
        shelf.embed(spec("two"), [])
        assert shelf.embed(spec("two"), []) is not one
    assert loaded == ["one", "two"]


def test_a_budget_smaller_than_a_model_holds_one_at_a_time(loaded):
    shelf = Shelf(budget=50)
    for name in ("one", "two", "one"):
        shelf.embed(spec(name), [])
        assert shelf.memory() <= 100
    assert loaded == ["one", "two", "one"]


def test_a_release_mended_on_disk_answers_without_a_restart(loaded, tmp_path, monkeypatch):
    shelf, whole = Shelf(), []
    monkeypatch.setattr("zoo.shelf.fetch", lambda weights: tmp_path / (whole or ["broken"])[0])
    for _ in range(2):
        with pytest.raises(WeightsMissing):
            shelf.embed(spec("one"), [])
    whole.append("one")
    assert shelf.embed(spec("one"), [])
    assert loaded == ["broken", "broken", "one"]


@pytest.mark.parametrize("error", [TypeError("a list"), AttributeError("x"), AssertionError(), KeyError("y")])
def test_whatever_a_library_says_of_broken_files_is_one_sentence(loaded, monkeypatch, error):
    def load(*_):
        raise error

    monkeypatch.setattr(sys.modules["zoo.encoders.noting"], "load", load)
    with pytest.raises(WeightsMissing, match="cannot be loaded") as caught:
        Shelf().embed(spec("one"), [])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_one_sentence(loaded, monkeypatch, error):
    def load(*_):
        raise error

    monkeypatch.setattr(sys.modules["zoo.encoders.noting"], "load", load)
    with pytest.raises(WeightsMissing, match="too little memory"):
        Shelf().embed(spec("one"), [])


def test_visitors_who_push_each_others_models_out(loaded):
    """Never two copies of a model in use, never more than the budget at rest, and all are answered."""
    shelf = Shelf(budget=150)
    names = ["one", "two", "three"] * 20
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda name: shelf.embed(spec(name), []), names))
    assert len(found) == len(names)
    assert all(each.most == 1 for each in found)
    assert shelf.memory() <= 300
    shelf.embed(spec("four"), [])
    assert shelf.memory() == 100


def test_a_model_that_left_while_a_visitor_waited_is_loaded_anew(loaded):
    """The place that was waited for is no longer the model's: a second copy would go uncounted."""
    shelf = Shelf(budget=150)
    with ThreadPoolExecutor(1) as threads:
        with shelf._encoder(spec("one")):
            place = shelf._held[("noting", Weights("one"), None)]
            waiting = threads.submit(shelf.embed, spec("one"), [])
            while not waiting.running():
                time.sleep(0.001)
            time.sleep(0.02)
            del shelf._held[("noting", Weights("one"), None)]  # as _make_room does in the moment between
        waiting.result(timeout=5)
    assert loaded == ["one", "one"]
    assert shelf._held[("noting", Weights("one"), None)] is not place
    assert shelf.memory() == 100


def test_one_loads_while_another_answers(loaded):
    """A visitor who waits for a model to load does not hold up one whose model is there."""
    shelf = Shelf()
    shelf.embed(spec("one"), [])
    with shelf._loading, ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(shelf.embed, spec("two"), [])
        assert threads.submit(shelf.embed, spec("one"), []).result(timeout=5)
        assert not waiting.done()
        shelf._loading.release()
        try:
            assert waiting.result(timeout=5)
        finally:
            shelf._loading.acquire()


def test_a_variant_without_code_is_one_sentence():
    with pytest.raises(WeightsMissing, match="cannot run unwritten yet"):
        Shelf().embed(FeatureSpec("unwritten", Weights("one")), [])
