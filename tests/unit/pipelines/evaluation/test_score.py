"""Tables in the published layout, scored."""

import random

import pytest

from encodings.errors import UserError
from pipelines.evaluation.metrics import ratio_names
from pipelines.evaluation.prediction_table import score
from zoo.labels import LAB_ACTIONS, LAB_MOTION

HEADER = "video,label,split,prediction\n"


def write(path, rows, header=HEADER):
    path.write_text(header + "".join(",".join(row) + "\n" for row in rows))
    return path


def test_natural_order_parts_and_holes(tmp_path):
    """Index 10 comes after 9, part 2 after part 1, and indices may start above 0."""
    truth = {
        ("a", 1, 9): "Add",
        ("a", 1, 10): "Stir",
        ("a", 2, 3): "MeasureSolid",
        ("a", 2, 5): "MeasureSolid",
    }
    rows = [(f"a_{part}_{index}.mp4", label, "testing", label) for (_, part, index), label in truth.items()]
    random.Random(0).shuffle(rows)
    rows.append(("b_0_0.mp4", "Stir", "training", "Add"))  # another split does not count
    scores = score(write(tmp_path / "p.csv", rows), LAB_ACTIONS).to_json()
    assert scores["f1"] == 1
    assert scores["ratio"] == {"names": 1, "symbols": 1, "strict": 1}
    assert (scores["workflows"], scores["clips"], scores["split"]) == (1, 4, "testing")


def test_means_over_workflows(tmp_path):
    rows = [
        ("a_0_0.mp4", "Add", "testing", "Add"),
        ("a_0_1.mp4", "Stir", "testing", "Add"),
        ("b_0_0.mp4", "Stir", "testing", "Stir"),
    ]
    scores = score(write(tmp_path / "p.csv", rows), LAB_ACTIONS).to_json()
    assert scores["workflows"] == 2
    assert scores["ratio"]["names"] == pytest.approx((ratio_names(["Add", "Stir"], ["Add"]) + 1) / 2)
    assert scores["ratio"]["strict"] == pytest.approx((0.5 + 1) / 2)
    # Add: 1 hit, 1 false; Stir: 1 hit, 1 missed: both 2/3.
    assert scores["f1"] == pytest.approx(2 / 3)
    assert scores["per_activity"] == {"Add": pytest.approx(2 / 3), "Stir": pytest.approx(2 / 3)}


def test_lab_motion_spellings_and_text_that_is_no_label(tmp_path):
    rows = [
        ("a_0_0.mp4", "circular development", "testing", "circular development"),
        ("a_0_1.mp4", "figure eight development", "testing", "figure eight development"),
        ("a_0_2.mp4", "no action", "testing", "I see two hands."),
    ]
    scores = score(write(tmp_path / "p.csv", rows), LAB_MOTION).to_json()
    assert scores["f1"] == 1
    assert scores["per_activity"]["No action"] == 1


def test_workflow_without_any_action(tmp_path):
    rows = [("a_0_0.mp4", "No action", "testing", "No action")]
    assert score(write(tmp_path / "p.csv", rows), LAB_ACTIONS).scores.ratio["strict"] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        (HEADER, "no rows"),
        ("video,label\na_0_0.mp4,Add\n", "columns video, label"),
        (HEADER + "clip.mp4,Add,testing,Add\n", "clip.mp4"),
        (HEADER + "a_0_0.mp4,Dance,testing,Add\n", "Dance"),
        ("\x00\x01\xff", "expected"),
        ("start_s,end_s,label\n0,4,Add\n", "no column truth"),
        ("start_s,end_s,label,truth\n0,four,Add,Add\n", "the time “four”"),
        ("start_s,end_s,label,truth\n0,inf,Add,Add\n", "the time “inf”"),
        ("start_s,end_s,label,truth\n0,4,Add,Dance\n", "Dance"),
    ],
)
def test_bad_tables_get_one_sentence(tmp_path, text, says):
    path = tmp_path / "p.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=says) as caught:
        score(path, LAB_ACTIONS)
    assert "\n" not in str(caught.value)


def test_missing_table(tmp_path):
    with pytest.raises(UserError, match=r"nowhere\.csv"):
        score(tmp_path / "nowhere.csv", LAB_ACTIONS)
