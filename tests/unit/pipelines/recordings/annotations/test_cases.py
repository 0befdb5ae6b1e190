"""Labels that were once read wrong or refused without a remedy."""

import pytest

from pipelines.recordings.annotations.entries import UnreadableLabels
from pipelines.recordings.annotations.labelled_video import as_labelled
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.label_files import ADD_THEN_STIR, read_file, spans

TOOLS, EXCEL = "boris299_and_other_label_exports", "pupil1665_excel_labels"
READ = [
    *((TOOLS, f"boris_{name}") for name in ("aggregated.csv", "aggregated.tsv", "tabular.csv")),
    *((TOOLS, name) for name in ("elan.txt", "epic.csv", "events.csv", "labelstudio.json")),
    (TOOLS, "pupil_annotations.csv"),
    *((EXCEL, f"excel_{name}") for name in ("de.csv", "semicolon.csv", "tab.tsv", "utf16.txt")),
]


def video():
    return as_labelled(open_recording(case("base.mp4")))


@pytest.mark.parametrize(("folder", "name"), READ)
def test_read(folder, name):
    truth = read_file(case(folder) / name, video())
    assert spans(truth) == ADD_THEN_STIR
    assert bool(truth.notes) == (folder == TOOLS)  # which tool they are of


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ms.csv", r"run to 20000 s and base\.mp4 lasts 20\.0 s; as milliseconds they would end at 20\.0 s"),
        ("late.csv", r"touches the video: they run from 3600 s to 3620 s .* not a time of day"),
        ("of_another_video.csv", r"another video, “P02_other\.mp4”, and this one is base\.mp4"),
    ],
)
def test_refused(name, says):
    with pytest.raises(UnreadableLabels, match=says):
        read_file(case("perceptiontest14_label_unit") / name, video())


def test_labels_on_the_clock_of_a_player_that_starts_with_the_sound():
    folder = case("labelstudio4714_late_picture")
    recording = open_recording(folder / "late_picture.mp4")
    truth = read_file(folder / "labels_on_player_clock.csv", as_labelled(recording))
    assert "1.5 s" in " ".join(truth.notes)
    assert "1.5 s" in " ".join(recording.notes)


@pytest.mark.parametrize("name", ["wide-labels", "index-digits"])
def test_tables_that_once_took_all_memory_are_one_sentence(name):
    with pytest.raises(UnreadableLabels, match=r"^labels\.csv.*\.$"):
        read_file(case(f"robust/{name}") / "labels.csv")


def test_real_tables_of_many_videos_are_read_or_refused_by_the_names_in_them():
    folder = case("../real/egoexolearn-lab")
    tables = sorted(folder.glob("*_valid.lab.csv"))
    for table in tables:
        with pytest.raises(UnreadableLabels, match="other videos"):
            read_file(table, video())
    assert tables
