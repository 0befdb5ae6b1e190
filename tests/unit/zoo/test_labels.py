"""Every published spelling is read; anything else is refused, or counts as No action."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.labels import LAB_ACTIONS, LAB_MOTION, LABEL_SETS, UnknownLabels, label_set, match_label, parse_label

PUBLISHED = [
    *[(LAB_ACTIONS, name, name) for name in LAB_ACTIONS.labels],
    (LAB_MOTION, "circular development", "Development (circular)"),
    (LAB_MOTION, "figure eight development", "Development (figure eight)"),
    (LAB_MOTION, "puddling development", "Development (puddle)"),
    (LAB_MOTION, "rinsing", "Rinsing"),
    (LAB_MOTION, "no action", "No action"),
    (LAB_MOTION, "Development (figure eight)", "Development (figure eight)"),
]


@pytest.mark.parametrize(("labels", "text", "name"), PUBLISHED, ids=lambda value: str(value)[:24])
def test_published_spellings(labels, text, name):
    assert parse_label(text, labels) == match_label(text, labels) == name
    assert match_label(f"  {text.upper()}. ", labels) == name


def test_the_sets_are_the_papers():
    assert LAB_ACTIONS.labels == (
        *("Add", "AnalyticalMeasurement", "CollectLayer", "MeasureSolid", "MeasureLiquid"),
        *("PhaseSeparation", "Stir", "No action"),
    )
    assert len(LAB_MOTION.labels) == 5
    assert [each.step for each in LAB_MOTION.activities] == ["Development"] * 3 + ["Rinsing", None]


@pytest.mark.parametrize("labels", LABEL_SETS, ids=lambda labels: labels.key)
def test_text_that_is_no_label(labels):
    assert match_label("a cat sits on the bench", labels) == "No action"
    with pytest.raises(UnknownLabels, match="cat"):
        parse_label("cat", labels)


@given(st.text(), st.sampled_from(LABEL_SETS))
def test_any_text_matches_some_label(text, labels):
    assert match_label(text, labels) in labels.labels


def test_no_spelling_means_two_things():
    for labels in LABEL_SETS:
        texts = [t for each in labels.activities for t in {each.name, each.title, *each.spellings}]
        assert {parse_label(t, labels) for t in texts} == set(labels.labels)


def test_unknown_set_lists_both():
    with pytest.raises(UnknownLabels, match="lab-actions, lab-motion"):
        label_set("kitchen")
