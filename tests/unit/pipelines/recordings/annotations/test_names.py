"""Names that are no labels of the set: listed, mapped, left out."""

import pytest

from pipelines.recordings.annotations.entries import UnreadableLabels
from pipelines.recordings.annotations.names import BadMapping, UnknownNames, parse_mapping
from tests.support.label_files import read_file, spans
from zoo.labels import LAB_MOTION

TEXT = "start_s,end_s,label\n0,4,pour in\n4,8,Pour  In\n8,12,talk\n12,16,Add\n16,20,\n"


@pytest.fixture
def path(tmp_path):
    (tmp_path / "labels.csv").write_text(TEXT)
    return tmp_path / "labels.csv"


def test_all_names_are_listed_with_the_way_to_map_them(path):
    with pytest.raises(UnknownNames) as caught:
        read_file(path)
    assert set(caught.value.names) == {"pour in", "Pour  In", "talk"}
    assert "no labels of Lab Actions: map each to one of Add, AnalyticalMeasurement," in str(caught.value)
    assert "=Add" in str(caught.value)
    assert "--map" in str(caught.value)
    assert not caught.value.of_other_set


def test_mapped_names_whatever_their_case_and_spaces(path):
    truth = read_file(path, mapping={"POUR IN": "add", "talk": "", "gone": "Stir"})
    assert spans(truth) == [("Add", 0, 4), ("Add", 4, 8), ("Add", 12, 16)]
    assert truth.notes == (
        "1 row without a label is left out.",
        "1 interval that the mapping gives no label is left out.",
        "Labels are read by a mapping: “POUR IN” as add.",
        "The mapping names “gone”, which no label is called.",
    )


def test_a_label_of_the_set_can_be_mapped_too(path):
    truth = read_file(path, mapping={"pour in": "", "talk": "", "Add": "Stir"})
    assert spans(truth) == [("Stir", 12, 16)]


def test_nothing_left_is_refused(path):
    with pytest.raises(UnreadableLabels, match="no labelled interval"):
        read_file(path, mapping={"pour in": "", "talk": "", "add": ""})


def test_labels_of_another_set_are_told_by_its_name(path):
    path.write_text("start_s,end_s,label\n0,4,Add\n4,8,Stir\n")
    with pytest.raises(UnknownNames, match=r"labels of Lab Actions, choose .*--labels lab-actions") as caught:
        read_file(path, labels=LAB_MOTION)
    assert caught.value.of_other_set


def test_mappings_as_they_are_typed(path):
    assert parse_mapping(["a=Add", " b = Stir ", "c=", "x=y=Add"]) == {
        "a": "Add",
        "b": "Stir",
        "c": "",
        "x=y": "Add",
    }
    for pairs, says in (
        (["Add"], "expected OLD=NEW"),
        (["=Add"], "OLD=NEW"),
        (["a=Add", "a=Stir"], "map it once"),
    ):
        with pytest.raises(BadMapping, match=says):
            parse_mapping(pairs)
    with pytest.raises(BadMapping, match="“pour in” is mapped to “Dance”"):
        read_file(path, mapping={"pour in": "Dance"})
