"""The shelf loads a model once, for all who ask, and a broken one harms nobody."""

import sys
import types
from concurrent.futures import ThreadPoolExecutor

import pytest

from zoo.features import FeatureSpec, Weights
from zoo.releases import WeightsMissing
from zoo.shelf import Shelf


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """A module of encoders that notes what it loads; any folder is a release."""
    seen = []

    def load(folder, device):
        seen.append(folder.name)
        if folder.name == "broken":
            raise OSError("half a file")
        return object()

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
        found = list(threads.map(lambda _: shelf.encoder(spec("one")), range(32)))
    assert loaded == ["one"]
    assert len(set(map(id, found))) == 1
    assert shelf.encoder(spec("two")) is not found[0]


def test_a_broken_release_is_one_sentence_and_the_others_go_on(loaded):
    shelf = Shelf()
    with pytest.raises(WeightsMissing, match="half a file") as caught:
        shelf.encoder(spec("broken"))
    assert "\n" not in str(caught.value)
    assert shelf.encoder(spec("one")) is shelf.encoder(spec("one"))
    assert loaded == ["broken", "one"]
