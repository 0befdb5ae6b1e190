"""The everyday benches: narrations keep clear of the label sets, vary, and stay the same for a seed."""

import re

import numpy as np
import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.acts.everyday_narrations import NARRATIONS
from pipelines.datasets.rendered.acts.keyframes import sampled
from pipelines.datasets.rendered.benches.everyday import EVERYDAY, EVERYDAY_ACTS
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.frames.frames import frames
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.rendered.scenes.scene import Scene, build_scene, draw_bench
from zoo.labels import LABEL_SETS

LAB_WORDS = (
    *("vial", "separat", "funnel", "ph", "balance", "graduated", "cylinder", "chip", "phase", "layer"),
    *("rins", "develop", "add", "adds", "adding", "stir", "collect", "measur", "analytic", "puddl", "petri"),
    *("beaker", "flask", "probe", "pipette", "spatula", "tweezers", "meter", "action", "solid", "organic"),
)
LAB_PROPS = {
    "funnel",
    "meter",
    "cylinder",
    "balance",
    "dish",
    "chip",
    "vial",
    "probe",
    "rack",
    "stirrer",
    "rod",
}
WHOLE = {"ph", "add", "adds", "adding", "chip", "meter", "action"}  # as words; the others within words too


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [build_scene("everyday", seed, number, number // 2) for seed in range(3) for number in range(10)]


def forbidden(text: str) -> list[str]:
    plain = text.casefold()
    words = set(re.findall(r"[a-z]+", plain))
    names = [each.name.casefold() for labels in LABEL_SETS for each in labels.activities]
    found = [name for name in names if name in plain]
    return found + [word for word in LAB_WORDS if (word in words if word in WHOLE else word in plain)]


def test_forbidden_finds_what_it_should():
    assert forbidden("C stirs the solution") == ["stir", "stir"]
    assert forbidden("C reads the pH meter") == ["ph", "meter"]
    assert not forbidden("C dips the thermometer into the soup")


def test_no_narration_names_an_activity(scenes):
    for scene in scenes:
        for segment in scene.segments:
            assert segment.narration.startswith("C "), segment
            assert not forbidden(segment.narration), segment.narration
            assert not re.search(r"[{}]|\ba [aeiou]|\ba a\b|\bthe the\b|  ", segment.narration), (
                segment.narration
            )


def test_no_wording_is_a_text_that_models_are_asked_for(scenes):
    texts = {each.text for labels in LABEL_SETS for each in labels.activities}
    assert not texts & {
        segment.narration.removeprefix("C ") for scene in scenes for segment in scene.segments
    }


def test_the_words_that_models_are_asked_for_are_known():
    known = {word for texts in NARRATIONS.values() for text in texts for word in re.findall(r"[a-z]+", text)}
    things = {
        word
        for scene in range(12)
        for word in nouns_and_contents(build_scene("everyday", 1, scene, total_s=4))
    }
    for labels in LABEL_SETS:
        for each in labels.activities:
            missing = set(re.findall(r"[a-z]+", each.text)) - known - things
            assert not missing, f"{each.text}: {missing}"


def nouns_and_contents(scene: Scene) -> set[str]:
    texts = [f"{prop.noun} {prop.contents}" for prop in scene.props.values()]
    return {word for text in texts for word in text.split()}


def test_many_narrations_of_many_acts(scenes):
    narrations = {segment.narration for scene in scenes for segment in scene.segments}
    assert len(narrations) > 150
    assert len(EVERYDAY_ACTS) >= 24
    assert {segment.label for scene in scenes for segment in scene.segments} == {*EVERYDAY_ACTS, "No action"}
    lengths = [segment.end_s - segment.start_s for scene in scenes for segment in scene.segments]
    assert 6 < np.mean(lengths) < 8


def test_no_lab_instruments_on_the_table(scenes):
    for scene in scenes:
        assert not {prop.kind for prop in scene.props.values()} & LAB_PROPS


def test_one_workflow_shows_one_place_and_a_wearer_keeps_their_hands(scenes):
    for first, second in zip(scenes[::2], scenes[1::2], strict=True):
        assert first.wearer == second.wearer
    assert len({scene.wearer.glove for scene in scenes}) == len(scenes) // 2


def test_props_in_a_hand_stay_in_reach(scenes):
    for scene in scenes[::4]:
        state = sampled(scene.keyframes, np.arange(0, scene.duration_s, 0.5))
        for place in state.positions_cm.values():
            assert np.isfinite(place).all()
            assert np.abs(place[:, 0]).max() < 75
            assert place[:, 2].min() > -4
            assert place[:, 2].max() < 45


def test_pours_go_between_things_that_are_there(scenes):
    for scene in scenes:
        for pour in scene.keyframes.pours:
            assert {pour.source, pour.target} <= set(scene.props)
            assert pour.start_s < pour.end_s


def test_the_same_again():
    first, again = (build_scene("everyday", 9, 4, 1, total_s=12) for _ in range(2))
    assert first.segments == again.segments
    pairs = zip(frames(first, 1.0, 96, 72), frames(again, 1.0, 96, 72), strict=True)
    for one, other in pairs:
        assert (one.rgb == other.rgb).all()
        assert (one.masks == other.masks).all()


def test_the_label_sets_scenes_do_not_depend_on_there_being_everyday():
    rng = np.random.default_rng(5)
    before = rng.bit_generator.state
    for key in ("lab-actions", "lab-motion"):
        assert draw_bench(BENCHES[key].benches, rng) is BENCHES[key].benches[0]
        assert BENCHES[key].benches[0].dress(None, 0) is None
    assert rng.bit_generator.state == before


def test_every_bench_can_be_drawn():
    seen = set()
    for number in range(40):
        scene = build_scene("everyday", 2, number, total_s=4)
        kinds = frozenset(prop.kind for prop in scene.props.values())
        if not kinds <= seen:
            seen |= kinds
            assert all(frame.rgb.std() > 5 for frame in frames(scene, 0.5, 96, 72))
    assert len(seen) > 35
    assert len(EVERYDAY.benches) > 4


def test_render_writes_narrations_and_no_published_table(tmp_path):
    sizes = {"rate_hz": 2.0, "width": 96, "height": 72, "workflow_s": 4.0}
    rows = read_manifest(render(Settings(labels="everyday", workflows=3, seed=5, **sizes), tmp_path / "out"))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("recordings", "manifest.csv", "render.json")
    }
    assert len(rows) == 3
    for row in rows:
        assert row.label.startswith("C ")
        labels = (tmp_path / "out" / row.video).with_name("labels.csv").read_text()
        assert row.label in labels
    assert len({BENCHES[key].stream for key in BENCHES}) == len(BENCHES)
