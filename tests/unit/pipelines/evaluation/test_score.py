"""Tables in the published layout, scored."""

import random

import pytest

from encodings.errors import UserError
from pipelines.evaluation.metrics import ratio_names
from pipelines.evaluation.prediction_table import score
from pipelines.recordings.annotations.names import UnknownNames
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
        ("", "is empty"),
        (HEADER, "no rows"),
        ("video,label\na_0_0.mp4,Add\n", "columns video, label"),
        (HEADER + "clip.mp4,Add,testing,Add\n", "clip.mp4"),
        (HEADER + "a_0_0.mp4,Dance,testing,Add\n", "Dance"),
        ("\x00\x01\xff", "damaged text|binary data"),
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


def test_any_spelling_of_a_spreadsheet_and_no_split(tmp_path):
    text = "Video;Label;Prediction\r\na_0_0.mp4;add;Add\r\na_0_1.mp4;Stir;Add\r\n"
    for number, data in enumerate((text.encode(), text.encode("utf-16"), text.replace(";", "\t").encode())):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(data)
        scores = score(path, LAB_ACTIONS).to_json()
        assert (scores["clips"], scores["split"], scores["f1"]) == (2, "all", pytest.approx(1 / 3))
    page = tmp_path / "page.csv"
    page.write_bytes(
        "sep=;\nstart_s;end_s;label;truth\n0,00;4,00;Add;Add\n4,00;8,00;Stir;\n".encode("utf-8-sig")
    )
    assert score(page, LAB_ACTIONS).scores.f1 == 1


def test_names_of_no_label_are_listed_and_can_be_mapped(tmp_path):
    rows = [("a_0_0.mp4", "pour", "testing", "pour"), ("a_0_1.mp4", "talk", "testing", "Stir")]
    path = write(tmp_path / "p.csv", rows)
    with pytest.raises(UnknownNames, match=r"“pour”, “talk”.*--map") as caught:
        score(path, LAB_ACTIONS)
    assert caught.value.names == ("pour", "talk")
    scores = score(path, LAB_ACTIONS, mapping={"pour": "Add", "talk": ""}).scores
    assert (scores.clips, scores.f1) == (1, 1)
    with pytest.raises(UserError, match="map fewer to nothing"):
        score(path, LAB_ACTIONS, mapping={"pour": "", "talk": ""})


def test_labels_of_another_set_are_told_by_its_name(tmp_path):
    rows = [("a_0_0.mp4", "Rinsing", "testing", "Rinsing")]
    with pytest.raises(UnknownNames, match=r"labels of Lab Motion.*--labels lab-motion"):
        score(write(tmp_path / "p.csv", rows), LAB_ACTIONS)
