"""Runs on ZeroGPU, with a stand-in for `spaces` that really forks and pickles."""

import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from encodings.names import encoding
from pipelines.page import compare, recognise, zero_gpu
from pipelines.page.context import PageContext
from pipelines.page.settings import Settings
from pipelines.page.zero_gpu import NoGpu, gpu_seconds, on_gpu
from pipelines.recognition import compare as comparing
from pipelines.recognition import recognise as recognising
from pipelines.recordings.recording import open_recording
from pipelines.space import DEPLOYED
from zoo.hub.pins import read_pins
from zoo.labels import LABEL_SETS
from zoo.model_store import ModelStore
from zoo.releases import embedded_releases, find_release
from zoo.weights import WeightsMissing

ROOT = Path(__file__).parents[4]
STAND_IN = ROOT / "tests" / "support" / "zero_gpu"
VISITOR = SimpleNamespace(session_hash="one")
V = encoding("V")


@pytest.fixture
def spaces(monkeypatch):
    """The stand-in, on a Space with ZeroGPU."""
    monkeypatch.syspath_prepend(str(STAND_IN))
    monkeypatch.delitem(sys.modules, "spaces", raising=False)
    monkeypatch.setattr(zero_gpu, "ZERO_GPU", True)
    for name, value in zero_gpu.SETTINGS.items():
        monkeypatch.setenv(name, value)  # and taken back after the test
    import spaces

    yield spaces
    sys.modules.pop("spaces")


@pytest.fixture(scope="module")
def store() -> ModelStore:
    return ModelStore()


@pytest.fixture(scope="module")
def recorded(video):
    return open_recording(video)


@pytest.fixture(scope="module")
def vi_cl():
    return find_release("vi-cl", "lab-actions", "V")


def test_without_zero_gpu_nothing_is_wrapped():
    assert not zero_gpu.ZERO_GPU
    assert zero_gpu.recognise is recognising.recognise
    assert zero_gpu.compare is comparing.compare
    assert zero_gpu.releases_to_load() == embedded_releases()
    assert "spaces" not in sys.modules


def test_recognition_runs_in_a_fork_and_comes_back_whole(spaces, recorded, vi_cl, store):
    store.load(vi_cl)
    here = list(recognising.recognise(recorded, vi_cl, V, store))
    there = list(on_gpu(recognising.recognise)(recorded, vi_cl, V, store))
    assert spaces.granted == [gpu_seconds(recorded, vi_cl, V)]
    assert [each.smoothed for each in there] == [each.smoothed for each in here]
    assert there[-1].finished
    assert there[-1].workflow == here[-1].workflow
    assert (there[-1].release, there[-1].encoding) == (vi_cl, V)


def test_a_comparison_runs_in_a_fork_with_the_models_that_failed(spaces, recorded, store):
    found, missing = (
        comparing.find_releases(("vi-cl",), "lab-actions", V, tier) for tier in ("embedded", "hub")
    )
    states = list(on_gpu(comparing.compare)(recorded, (*found, *missing), V, store))
    assert len(spaces.granted) == 1
    answered, failed = states[-1].runs
    assert answered.answer.finished
    assert failed.failed == missing[0].reason


def test_what_a_fork_changes_stays_in_it(spaces, recorded, vi_cl):
    seen, empty = [], ModelStore()

    def answers(recording, release, encoding, store):
        seen.append(recording)
        os.environ["CHANGED_IN_A_FORK"] = "1"
        yield os.getpid()
        yield store is empty

    process, has_store = on_gpu(answers)(recorded, vi_cl, V, empty)
    assert process != os.getpid()
    assert has_store
    assert seen == []
    assert "CHANGED_IN_A_FORK" not in os.environ


def test_a_user_error_in_a_fork_is_the_sentence_it_was(spaces, recorded, vi_cl, store):
    def answers(*_):
        yield 1
        raise WeightsMissing("These weights are missing; push them again.")

    with pytest.raises(WeightsMissing, match="These weights are missing; push them again"):
        list(on_gpu(answers)(recorded, vi_cl, V, store))


def test_our_own_mistake_in_a_fork_is_no_user_error(spaces, recorded, vi_cl, store):
    def answers(*_):
        yield 1 / 0

    with pytest.raises(RuntimeError, match="ZeroDivisionError in the process that had the GPU"):
        list(on_gpu(answers)(recorded, vi_cl, V, store))


def test_a_gpu_that_is_taken_back_is_one_sentence(spaces, recorded, vi_cl, store):
    def answers(*_):
        yield "named"
        os._exit(1)

    results = on_gpu(answers)(recorded, vi_cl, V, store)
    assert next(results) == "named"
    with pytest.raises(NoGpu, match=r"taken back before the end, because the run took more than the \d+ s"):
        next(results)


def test_closing_a_run_ends_it_in_the_fork(spaces, recorded, vi_cl, store, tmp_path):
    def answers(*_):
        try:
            yield from range(1000)
        finally:
            (tmp_path / "closed").touch()

    results = on_gpu(answers)(recorded, vi_cl, V, store)
    next(results)
    results.close()
    assert (tmp_path / "closed").exists()


@pytest.fixture
def tabs(spaces, monkeypatch):
    """The Recognise and the Compare tab, whose runs need a GPU."""
    monkeypatch.setattr(recognise, "recognise", on_gpu(recognising.recognise))
    monkeypatch.setattr(compare, "compare", on_gpu(comparing.compare))
    context = PageContext()
    with gr.Blocks() as page, gr.Tab() as tab:
        return recognise.build(context, page, gr.HTML(), tab), compare.build(context, tab)


def test_examples_cost_nothing(spaces, tabs):
    recognising_tab, comparing_tab = tabs
    recognising_tab.open(VISITOR, "", "vi-cl", "lab-actions")
    for tab, models in ((recognising_tab, "vi-cl"), (comparing_tab, ["vi-cl"])):
        for example in ("collect-weigh-stir", None):
            tab.show_example(VISITOR, example, models, "lab-actions")
        session = tab.context.session(VISITOR)
        assert session.answer.finished
        assert session.comparison.finished
        tab.draw(session, Settings(models, "lab-actions"))
    assert spaces.granted == []


def test_a_run_of_the_page_keeps_its_answer_in_the_session(spaces, tabs, recorded):
    tab = tabs[0]
    session = tab.context.session(VISITOR)
    session.choose(recorded)
    tab.wait(VISITOR)
    drawn = list(tab.run(VISITOR, "vi-cl", "lab-actions", "V"))
    assert len(spaces.granted) == 1
    assert session.answer.finished
    assert f"Done: {recorded.windows} clips named." in drawn[-1][tab.status]
    assert not tab.context.store.holds(session.answer.release)  # loaded in the fork alone


def test_without_quota_the_page_says_so_and_nothing_is_lost(spaces, tabs, recorded, monkeypatch):
    monkeypatch.setattr(spaces, "quota_s", 1)
    tab = tabs[0]
    tab.context.session(VISITOR).choose_example()
    before = tab.context.session(VISITOR).answer
    tab.wait(VISITOR)
    drawn = list(tab.run(VISITOR, "vi-cl", "lab-actions", "V"))
    assert "no GPU for this run now" in drawn[-1][tab.status]
    assert "exceeded your free ZeroGPU quota" in drawn[-1][tab.status]
    assert tab.context.session(VISITOR).answer is before


def test_the_seconds_grow_with_clips_and_forward_passes(recorded, vi_cl):
    def seconds(*keys: str, tier: str = "embedded", windows: int = 18) -> int:
        releases = comparing.find_releases(keys, "lab-actions", V, tier)
        recording = SimpleNamespace(windows=windows, frames=windows * 120, width=1280, height=720)
        return gpu_seconds(recording, releases, V)

    assert zero_gpu.START_S < gpu_seconds(recorded, vi_cl, V) < 20
    assert seconds("vi-cl", windows=180) > 5 * seconds("vi-cl")
    assert seconds("vi-cl") < seconds("vi-cl", "vi-lm")
    assert seconds("x-clip", "x-clip-rf", "x-clip-xgb") == seconds("x-clip")  # one forward pass
    assert seconds("all") < 60  # an example again, with every embedded model, twice a day
    assert seconds("x-clip") < seconds("x-clip", tier="hub") < seconds("video-llava", tier="hub")
    assert isinstance(seconds("all"), int)


def test_on_zero_gpu_what_the_space_preloads_is_loaded_too(spaces, monkeypatch):
    pinned = read_pins().backbones["x-clip"]
    pushed = [each for each in zero_gpu.releases_to_load() if each.tier == "hub"]
    assert {each.weights for each in pushed} == {pinned}
    assert len(pushed) == len(LABEL_SETS)
    loaded = []

    def load(release):
        loaded.append(release)
        raise WeightsMissing("Not here.")

    zero_gpu.load_models(SimpleNamespace(load=load))
    assert loaded == [*embedded_releases(), *pushed]
    (late,) = comparing.find_releases(("x-clip",), "lab-actions", V, "hub")
    recording = SimpleNamespace(windows=0, frames=0, width=1, height=1)
    assert gpu_seconds(recording, late, V) == math.ceil(zero_gpu.START_S)


def test_what_is_deployed_starts_on_a_space_with_zero_gpu(tmp_path):
    for name in DEPLOYED:
        (tmp_path / name).symlink_to(ROOT / name)
    code = (
        "import app, os, spaces; from pipelines.page import recognise, zero_gpu;"
        "assert recognise.recognise is zero_gpu.recognise is not zero_gpu.recognising.recognise;"
        "assert zero_gpu.SETTINGS.items() <= os.environ.items()"
    )
    variables = {"SPACES_ZERO_GPU": "true", "SPACE_ID": "lab/benchscribe", "PYTHONPATH": str(STAND_IN)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
