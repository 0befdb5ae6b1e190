"""Tobii Pro Lab's data export, in the spellings of its versions and locales."""

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import join_gaze
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.gaze_files import FRAMES_S, HEIGHT, WIDTH, read, refused_gaze
from tests.support.sentences import write_file

TIMES_S = np.arange(0, 4, 0.02)
X_PX, Y_PX = 64 + 64 * TIMES_S, np.full(len(TIMES_S), 120.0)
LOST = (TIMES_S >= 0.995) & (TIMES_S < 1.995)


def export(**columns) -> str:
    """A TSV whose columns are given as lists or as one value for all rows, named as keys are."""
    rows = max(len(values) for values in columns.values() if isinstance(values, list))
    lists = [values if isinstance(values, list) else [values] * rows for values in columns.values()]
    lines = ["\t".join(columns), *("\t".join(map(str, row)) for row in zip(*lists, strict=True))]
    return "\n".join([*lines, ""])


def gaze_columns(time="Recording timestamp [ms]", unit_s=1e-3, point=" [MCS px]", scale=(1.0, 1.0)) -> dict:
    """Columns of a gaze that moves right by 64 pixels a second; blank where it is lost."""
    x = ["" if lost else f"{value / scale[0]:.6g}" for value, lost in zip(X_PX, LOST, strict=True)]
    y = ["" if lost else f"{value / scale[1]:.6g}" for value, lost in zip(Y_PX, LOST, strict=True)]
    stamps = [f"{at_s / unit_s:.0f}" for at_s in TIMES_S]
    return {time: stamps, "Sensor": "Eye Tracker", f"Gaze point X{point}": x, f"Gaze point Y{point}": y}


def check_moving(gaze) -> None:
    """It is the gaze of gaze_columns, frame by frame."""
    joined = join_gaze(gaze, FRAMES_S)
    lost = np.isnan(joined).all(axis=1)
    assert not lost[(FRAMES_S < 0.97) | (FRAMES_S > 2.01)].any()
    assert lost[(FRAMES_S > 1.01) & (FRAMES_S < 1.97)].all()
    np.testing.assert_allclose(joined[~lost, 0], 64 + 64 * FRAMES_S[~lost], atol=1)
    np.testing.assert_allclose(joined[~lost, 1], 120, atol=0.01)


@pytest.mark.parametrize(
    ("time", "unit_s", "point", "scale"),
    [
        ("Recording timestamp [ms]", 1e-3, " [MCS px]", (1, 1)),
        ("Recording timestamp [\u03bcs]", 1e-6, " [MCS px]", (1, 1)),
        ("Recording timestamp [\u00b5s]", 1e-6, " [MCS px]", (1, 1)),
        ("Recording timestamp [us]", 1e-6, " [MCS norm]", (WIDTH, HEIGHT)),
        ("Recording timestamp", 1e-3, "", (1, 1)),
        ("Recording timestamp", 1e-6, "", (1, 1)),
        ("Recording timestamp", 1e-6, " (MCSnorm)", (WIDTH, HEIGHT)),
        ("Recording timestamp [ms]", 1e-3, "", (WIDTH, HEIGHT)),
    ],
)
def test_every_spelling_of_the_columns(tmp_path, time, unit_s, point, scale):
    text = export(**gaze_columns(time, unit_s, point, scale))
    for name, content in {
        "plain.tsv": text.encode(),
        "bom.tsv": text.encode("utf-8-sig"),
        "utf16.tsv": text.encode("utf-16"),
        "german.tsv": text.replace(".", ",").encode(),
        "crlf.txt": text.replace("\n", "\r\n").encode(),
    }.items():
        gaze = read(write_file(tmp_path / name, content))
        assert gaze.source == "Tobii Pro Lab"
        check_moving(gaze)
        said = [note for note in gaze.notes if "Recording timestamp was read as" in note]
        assert len(said) == (time == "Recording timestamp")


def test_rows_of_events_and_of_other_sensors_are_passed_over(tmp_path):
    columns = gaze_columns() | {"Event": "", "Eye movement type": "Fixation"}
    text = export(**columns)
    lines = text.splitlines()
    mixed = [lines[0]]
    for number, line in enumerate(lines[1:]):
        at_ms = number * 20
        mixed += [line, f"{at_ms + 1}\tMouse\t1\t2\t\t", f"{at_ms + 2}\tGyroscope\t\t\t\t"]
        mixed += [f"{at_ms + 3}\t\t\t\tSyncPortOutHigh\t"]
    gaze = read(write_file(tmp_path / "all.tsv", "\n".join(mixed)))
    assert len(gaze.times_s) == len(TIMES_S)
    check_moving(gaze)


def test_an_export_without_the_column_of_the_sensor(tmp_path):
    columns = gaze_columns() | {
        "Validity left": ["Invalid" if lost else "Valid" for lost in LOST],
        "Event": "",
    }
    del columns["Sensor"]
    lines = export(**columns).splitlines()
    lines.insert(20, "371\t\t\t\tImageStimulusStart")
    gaze = read(write_file(tmp_path / "gaze.tsv", "\n".join(lines)))
    assert len(gaze.times_s) == len(TIMES_S)
    check_moving(gaze)


def test_samples_that_are_marked_as_invalid_are_not_seen(tmp_path):
    columns = gaze_columns()
    x, y = "Gaze point X [MCS px]", "Gaze point Y [MCS px]"
    columns[x] = ["3" if lost else value for value, lost in zip(columns[x], LOST, strict=True)]
    columns[y] = ["5" if lost else value for value, lost in zip(columns[y], LOST, strict=True)]
    valid = ["Invalid" if lost else "Valid" for lost in LOST]
    found = ["EyesNotFound" if lost else "Fixation" for lost in LOST]
    for more in (
        {"Validity left": valid, "Validity right": valid},
        {"Validity left": ["4" if lost else "0" for lost in LOST], "Validity right": "4"},
        {"Validity right": valid},
        {"Eye movement type": found},
    ):
        gaze = read(write_file(tmp_path / "gaze.tsv", export(**columns | more)))
        assert "50 samples that the tracker marked as invalid left out." in gaze.notes
        check_moving(gaze)
    one_eye = {"Validity left": "Invalid", "Validity right": "Valid"}
    assert read(write_file(tmp_path / "gaze.tsv", export(**columns | one_eye))).seen.all()


def two_recordings(seconds: float) -> str:
    """Recording1 of 4 s as above, and Recording2 of some seconds with all points at 9, 9."""
    stamps = np.arange(0, seconds, 0.02)
    first = export(**gaze_columns() | {"Recording name": "Recording1", "Participant name": "P1"})
    second = [f"{at_s * 1000:.0f}\tEye Tracker\t9\t9\tRecording2\tP2" for at_s in stamps]
    return first + "\n".join(second) + "\n"


def test_of_several_recordings_the_one_as_long_as_the_video_is_read(tmp_path):
    gaze = read(write_file(tmp_path / "gaze.tsv", two_recordings(60)))
    check_moving(gaze)
    assert any("Recording1, Recording2" in note and "Recording1 was read" in note for note in gaze.notes)


def test_several_recordings_that_fit_the_video_are_named(tmp_path):
    path = write_file(tmp_path / "gaze.tsv", two_recordings(4))
    refused_gaze(
        path, "several recordings (Recording1, Recording2)", "export the recording of this video alone"
    )
    path.write_text(path.read_text().replace("Recording2", "Recording1"))
    refused_gaze(path, "Recording1 (P1), Recording1 (P2)")


def test_media_of_the_scene_camera_are_read(tmp_path):
    for more in (
        {"Recording media name": "scenevideo.mp4"},
        {"Recording media name": "Recording1.mp4", "Presented Stimulus name": ""},
        {"Presented Media name": "Recording1", "Recording name": "Recording1"},
        {
            "Recording media name": "fullstream.mp4",
            "Recording media width": WIDTH,
            "Recording media height": HEIGHT,
        },
    ):
        check_moving(read(write_file(tmp_path / "gaze.tsv", export(**gaze_columns() | more))))


def test_gaze_on_a_screen_or_a_picture_is_refused(tmp_path):
    for point, more, where in (
        (" [DACS px]", {}, "on a screen"),
        (" (DACSpx)", {}, "on a screen"),
        ("", {"Gaze point X [DACS px]": "5"}, "on a screen"),
        (" [MCS px]", {"Presented Stimulus name": "poster.png"}, "on “poster.png”"),
        (" [MCS px]", {"Presented Media name": "film.mp4"}, "on “film.mp4”"),
        ("", {"Presented Stimulus name": "film"}, "on “film”"),
        ("", {"Recording media name": "Screen recording media"}, "on “Screen recording media”"),
    ):
        path = write_file(tmp_path / "gaze.tsv", export(**gaze_columns(point=point) | more))
        refused_gaze(path, where, "MCS px", "t,x,y")


def test_a_stimulus_that_is_shown_without_gaze_does_not_matter(tmp_path):
    shown = ["poster.png" if lost else "" for lost in LOST]
    check_moving(
        read(write_file(tmp_path / "g.tsv", export(**gaze_columns() | {"Presented Media name": shown})))
    )


@pytest.mark.parametrize(
    "header",
    [
        "Recording timestamp [ms]\tSensor\tFixation point X [MCS px]\tFixation point Y [MCS px]",
        "Recording timestamp\tSensor\tAssisted mapping gaze point X [Snapshot]",
        "Recording timestamp [\u03bcs]\tComputer timestamp [\u03bcs]\tPupil diameter left [mm]",
        "Recording timestamp\tEvent\tEye movement type\tMapped fixation X [Snapshot]",
    ],
)
def test_an_export_without_gaze(tmp_path, header):
    row = "\t".join("1" for _ in header.split("\t"))
    refused_gaze(write_file(tmp_path / "export.tsv", f"{header}\n{row}\n"), "Tobii Pro Lab", "Gaze point X")


def test_other_exports_that_cannot_be_placed(tmp_path):
    pixels = gaze_columns()
    refused_gaze(write_file(tmp_path / "a.tsv", export(**pixels | {"Sensor": "Mouse"})), "sensor Eye Tracker")
    text = export(**gaze_columns("Recording timestamp", 1.0))
    refused_gaze(write_file(tmp_path / "b.tsv", text), "unit of Recording timestamp", "[ms] or [μs]")
    del pixels["Gaze point Y [MCS px]"]
    refused_gaze(write_file(tmp_path / "c.tsv", export(**pixels)), "without points", "Gaze point Y")


def test_the_case():
    recording = open_recording(case("base.mp4"), case("gazeplotter56_tobii_lab/gaze.tsv"))
    joined = join_gaze(recording.gaze, recording.frame_times_s)
    seen = recording.frame_times_s < 10
    np.testing.assert_allclose(joined[seen, 0], 10 + 15 * recording.frame_times_s[seen], atol=1)
    np.testing.assert_allclose(joined[seen, 1], 120)
    assert recording.gaze.coverage(recording.frame_times_s) == pytest.approx(0.51)


def test_a_scene_video_that_was_made_smaller(tmp_path):
    """The export says the size of the scene video, and points are in its pixels."""
    larger = gaze_columns(scale=(1 / 3, 1 / 3))
    size = {"Recording media width": WIDTH * 3, "Recording media height": HEIGHT * 3}
    gaze = read(write_file(tmp_path / "gaze.tsv", export(**larger | size)))
    assert any("were scaled" in note for note in gaze.notes)
    check_moving(gaze)
    other = {"Recording media width": 1920, "Recording media height": 1080}
    refused_gaze(write_file(tmp_path / "other.tsv", export(**larger | other)), "1920×1080", "another shape")
