"""Alignments, against the distance they must have and the workflow they must lead to."""

import Levenshtein
from hypothesis import given
from hypothesis import strategies as st

from pipelines.recognition.alignment import DROP, INSERT, SAME, SWAP, align

workflow = st.lists(st.sampled_from("ABCD"), max_size=9)


def test_each_kind_of_edit():
    edits = align(["Add", "Stir", "Add", "MeasureSolid"], ["Stir", "MeasureLiquid", "MeasureSolid", "Add"])
    assert [(e.kind, e.expected, e.found) for e in edits] == [
        (DROP, 0, None),
        (SAME, 1, 0),
        (SWAP, 2, 1),
        (SAME, 3, 2),
        (INSERT, None, 3),
    ]


@given(workflow, workflow)
def test_following_the_edits_leads_from_one_workflow_to_the_other(expected, found):
    edits = align(expected, found)
    assert [e.expected for e in edits if e.kind != INSERT] == list(range(len(expected)))
    assert [e.found for e in edits if e.kind != DROP] == list(range(len(found)))
    assert sum(e.kind != SAME for e in edits) == Levenshtein.distance(expected, found)
    for edit in edits:
        if edit.kind in (SAME, SWAP):
            assert (expected[edit.expected] == found[edit.found]) is (edit.kind == SAME)
