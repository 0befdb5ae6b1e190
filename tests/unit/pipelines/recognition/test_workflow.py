"""The compiler is total, and agrees with the paper's rules written again, the slow way."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipelines.recognition.workflow import Rules, Workflow, compile_workflow
from zoo.labels import LAB_ACTIONS, LAB_MOTION, LABEL_SETS
from zoo.predictions import ClipPrediction


def clips(*labels: str, at=None) -> list[ClipPrediction]:
    starts = at or [4.0 * place for place in range(len(labels))]
    return [
        ClipPrediction(start_s=start, end_s=start + 4, label=label)
        for start, label in zip(starts, labels, strict=True)
    ]


CIRCLE, EIGHT, PUDDLE, RINSE, NOTHING = LAB_MOTION.labels


@st.composite
def labelled(draw):
    labels = draw(st.sampled_from(LABEL_SETS))
    names = draw(st.lists(st.sampled_from(labels.labels), max_size=30))
    places = sorted(draw(st.sets(st.integers(0, 60), min_size=len(names), max_size=len(names))))
    return labels, clips(*names, at=[4.0 * place for place in places])


def test_drops_no_action_and_merges_neighbours():
    steps = compile_workflow(clips("No action", "Add", "Add", "No action", "Add", "Stir"), LAB_ACTIONS).steps
    assert [(s.activity, s.start_s, s.end_s) for s in steps] == [("Add", 4, 20), ("Stir", 20, 24)]


def test_a_workflow_without_any_action_has_no_steps():
    assert compile_workflow(clips("No action", "No action"), LAB_ACTIONS) == Workflow()
    assert compile_workflow([], LAB_MOTION) == Workflow()


def test_the_three_developments_are_one_step_and_merge():
    found = compile_workflow(clips(CIRCLE, CIRCLE, EIGHT, EIGHT, RINSE, RINSE, PUDDLE, PUDDLE), LAB_MOTION)
    assert found.names == ("Development", "Rinsing", "Development")


def test_isolated_in_time_is_dropped_in_lab_motion_only():
    found = compile_workflow(clips(CIRCLE, CIRCLE, RINSE, CIRCLE, CIRCLE), LAB_MOTION)
    assert [(s.activity, s.start_s, s.end_s) for s in found.steps] == [("Development", 0, 20)]
    kept = compile_workflow(clips("Add", "Add", "Stir", "Add"), LAB_ACTIONS)
    assert kept.names == ("Add", "Stir", "Add")


def test_a_hole_in_time_makes_no_neighbours():
    apart = compile_workflow(clips(RINSE, RINSE, CIRCLE, at=[0, 4, 40]), LAB_MOTION)
    assert apart.names == ("Rinsing", "Development")  # nothing is near enough to contradict it


def test_each_rule_can_be_switched():
    plain = Rules(drop_no_action=False, drop_isolated=False, merge_neighbours=False)
    assert compile_workflow(clips(CIRCLE, NOTHING, CIRCLE), LAB_MOTION, plain).names == (
        "Development",
        "No action",
        "Development",
    )


@given(labelled())
def test_total_and_ordered(case):
    labels, given_clips = case
    steps = compile_workflow(given_clips, labels).steps
    assert all(step.activity in {each.step for each in labels.activities} - {None} for step in steps)
    assert all(step.start_s < step.end_s for step in steps)
    assert all(
        one.activity != two.activity and one.end_s <= two.start_s for one, two in itertools.pairwise(steps)
    )


@given(labelled())
def test_equals_the_rules_written_again(case):
    labels, given_clips = case
    steps_of = {each.name: each.step for each in labels.activities}
    names = [steps_of[clip.label] for clip in given_clips]
    starts = [clip.start_s for clip in given_clips]
    want: list[str] = []
    for place, name in enumerate(names):
        near = [
            names[i]
            for i in (place - 1, place + 1)
            if 0 <= i < len(names) and abs(starts[i] - starts[place]) == 4
        ]
        isolated = labels is LAB_MOTION and near and name not in near
        if name is not None and not isolated and (not want or want[-1] != name):
            want.append(name)
    assert list(compile_workflow(given_clips, labels).names) == want
