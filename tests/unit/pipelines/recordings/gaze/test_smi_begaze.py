"""SMI BeGaze's raw data export: of version 3, and of the versions before it with lines of ##."""

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import join_gaze
from pipelines.recordings.recording import open_recording
from tests.support.cases import case
from tests.support.gaze_files import FRAMES_S, HEIGHT, WIDTH, read, refused_gaze
from tests.support.sentences import write_file

TIMES_S = np.arange(240) / 60
LOST = (TIMES_S >= 0.995) & (TIMES_S < 1.995)
ETG = "RecordingTime [ms]\tVideo Time [h:m:s:ms]\tCategory Binocular\tPoint of Regard Binocular X [px]\t"
ETG += "Point of Regard Binocular Y [px]"
REMARKS = f"## [BeGaze]\n## Converted from:\tC:\\test.idf\n## Calibration Area:\t{WIDTH}\t{HEIGHT}\n##\n"
OLD = "Time\tType\tTrial\tL POR X [px]\tL POR Y [px]\tR POR X [px]\tR POR Y [px]\tB Event Info\tStimulus"


def clock(at_s: float, mark: str = ":") -> str:
    """As in 00:00:01:016."""
    minutes, seconds = divmod(at_s, 60)
    return f"00:{minutes:02.0f}:{int(seconds):02d}{mark}{int(round(seconds % 1 * 1000, 6)):03d}"


def etg_rows(start_ms: float = 0.0, video_s=lambda at_s: at_s, lost="Visual Intake\t0\t0") -> list[str]:
    """Rows of a gaze that moves right by 64 pixels a second."""
    rows = []
    for at_s, is_lost in zip(TIMES_S, LOST, strict=True):
        seen = f"Visual Intake\t{64 + 64 * at_s:.1f}\t120.0"
        video = video_s(at_s)
        shown = "-" if video is None else clock(video)
        rows.append(f"{start_ms + at_s * 1000:.1f}\t{shown}\t{lost if is_lost else seen}")
    return rows


def write_export(path, header: str, rows: list[str], remarks: str = ""):
    return write_file(path, remarks + "\n".join([header, *rows, ""]))


def check_moving(gaze, late_s: float = 0.0) -> None:
    """It is the gaze of etg_rows, frame by frame."""
    joined = join_gaze(gaze, FRAMES_S)
    lost = np.isnan(joined).all(axis=1)
    at_s = FRAMES_S - late_s
    assert not lost[((at_s > 0.01) & (at_s < 0.97)) | ((at_s > 2.02) & (at_s < 3.9))].any()
    assert lost[(at_s > 1.02) & (at_s < 1.96)].all()
    kept = ~lost & (at_s > 0)
    np.testing.assert_allclose(joined[kept, 0], 64 + 64 * at_s[kept], atol=1.2)
    np.testing.assert_allclose(joined[kept, 1], 120)


def test_the_export_of_glasses(tmp_path):
    for remarks in ("", REMARKS):
        for lost in ("Visual Intake\t0\t0", "-\t-\t-", "Blink\t0.0\t0.0", "Blink\t5.0\t5.0", "Saccade\t\t"):
            gaze = read(write_export(tmp_path / "gaze.txt", ETG, etg_rows(lost=lost), remarks))
            assert gaze.source == "SMI BeGaze, with Video Time"
            check_moving(gaze)
    assert (
        "60 samples in blinks left out."
        in read(write_export(tmp_path / "g.txt", ETG, etg_rows(lost="Blink\t5\t5"))).notes
    )


def test_every_dialect_of_the_table(tmp_path):
    text = REMARKS + "\n".join([ETG, *etg_rows(lost="-\t-\t-"), ""])
    for content in (
        text.replace("\n", "\r\n").encode(),
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        text.replace("\t", ",").encode(),
        text.replace("\t", ";").replace(".", ",").encode(),
    ):
        check_moving(read(write_file(tmp_path / "gaze.csv", content)))


def test_the_clock_is_that_of_the_video(tmp_path):
    path = tmp_path / "gaze.txt"
    check_moving(read(write_export(path, ETG, etg_rows(1_234_567.8))))
    check_moving(read(write_export(path, ETG, etg_rows(500.0, lambda at_s: at_s + 0.5))), late_s=0.5)
    frames = etg_rows(98_765.4, lambda at_s: int(at_s * 24 + 1e-6) / 24)  # the time of the frame before
    check_moving(read(write_export(path, ETG, frames)))
    some = etg_rows(98_765.4, lambda at_s: at_s if round(at_s * 60) % 3 == 0 else None)
    check_moving(read(write_export(path, ETG, some)))
    stretched = etg_rows(9.0, lambda at_s: at_s * 1.1)
    gaze = read(write_export(path, ETG, stretched))
    np.testing.assert_allclose(gaze.times_s, TIMES_S * 1.1, atol=0.0011)


def without_video_time(rows: list[str]) -> list[str]:
    return ["\t".join([row.split("\t")[0], *row.split("\t")[2:]]) for row in rows]


def test_without_the_time_of_the_video(tmp_path):
    header = ETG.replace("Video Time [h:m:s:ms]\t", "")
    for start_ms, word in ((0.0, "count from the first frame"), (1_234_567.8, "start together")):
        gaze = read(write_export(tmp_path / "gaze.txt", header, without_video_time(etg_rows(start_ms))))
        assert any(word in note for note in gaze.notes)
        check_moving(gaze)


def test_the_eyes_where_there_is_no_point_of_both(tmp_path):
    right = ETG.replace("Binocular", "Right")
    gaze = read(write_export(tmp_path / "right.txt", right, etg_rows()))
    assert "Points are of the right eye." in gaze.notes
    check_moving(gaze)
    both = right + "\tCategory Left\tPoint of Regard Left X [px]\tPoint of Regard Left Y [px]"
    rows = []
    for number, row in enumerate(etg_rows()):
        *start, category, x, y = row.split("\t")
        left = f"{float(x) + 20}\t{float(y) + 8}" if x != "0" else "0\t0"
        right_eye = f"{float(x) - 20}\t{float(y) - 8}" if x != "0" else "0\t0"
        if number % 7 == 0:  # only the left eye is seen
            left, right_eye = f"{x}\t{y}", "0\t0"
        rows.append("\t".join([*start, category, right_eye, category, left]))
    gaze = read(write_export(tmp_path / "both.txt", both, rows))
    assert "Points are of the right and left eye." in gaze.notes
    check_moving(gaze)


def old_rows(stimulus="1-recording.avi") -> list[str]:
    rows = ["9999000000\tMSG\t1\t# Message: start"]
    for at_s, is_lost in zip(TIMES_S, LOST, strict=True):
        x = 64 + 64 * at_s
        eyes = "0.00\t0.00\t0.00\t0.00" if is_lost else f"{x - 9:.2f}\t117.00\t{x + 9:.2f}\t123.00"
        rows.append(f"{10_000_000_000 + at_s * 1e6:.0f}\tSMP\t1\t{eyes}\tFixation\t{stimulus}")
    return [*rows[:30], "", "10000490000\tMSG\t1\tMarker:1.00", "", *rows[30:]]


def test_the_export_of_older_versions(tmp_path):
    gaze = read(write_export(tmp_path / "gaze.txt", OLD, old_rows(), REMARKS))
    assert any("start together" in note for note in gaze.notes)
    assert len(gaze.times_s) == len(TIMES_S)
    check_moving(gaze)
    binocular = OLD.replace("L POR", "B POR").replace("\tR POR X [px]\tR POR Y [px]", "")
    rows = ["\t".join(np.delete(row.split("\t"), [5, 6])) for row in old_rows() if "SMP" in row]
    gaze = read(write_export(tmp_path / "both.txt", binocular, rows, REMARKS))
    np.testing.assert_allclose(gaze.points_px[0], [55, 117])


def test_gaze_on_a_picture_and_of_several_people_is_refused(tmp_path):
    refused_gaze(
        write_export(tmp_path / "a.txt", OLD, old_rows("poster.jpg")), "picture “poster.jpg”", "export"
    )
    header = ETG + "\tParticipant"
    rows = [f"{row}\t{person}" for person in ("P1", "P2") for row in etg_rows()]
    refused_gaze(write_export(tmp_path / "b.txt", header, rows), "several recordings (P1, P2)", "alone")


def test_of_several_people_the_recording_as_long_as_the_video_is_read(tmp_path):
    rows = [f"{row}\tP1" for row in etg_rows()]
    rows += [f"{n * 20}\t{clock(n * 0.02)}\tVisual Intake\t9\t9\tP2" for n in range(3000)]
    gaze = read(write_export(tmp_path / "gaze.txt", f"{ETG}\tParticipant", rows))
    assert any("P1 was read" in note for note in gaze.notes)
    check_moving(gaze)


def test_events_of_smi_are_refused(tmp_path):
    header = "Event Start Trial Time [ms]\tEvent End Trial Time [ms]\tFixation Position X [px]"
    refused_gaze(write_file(tmp_path / "e.txt", f"{header}\n1\t2\t3\n"), "events of SMI BeGaze", "raw data")


def test_the_case():
    recording = open_recording(case("base.mp4"), case("smi_begaze/gaze.txt"))
    joined = join_gaze(recording.gaze, recording.frame_times_s)
    np.testing.assert_allclose(joined[:, 0], 10 + 15 * recording.frame_times_s, atol=1)
    assert recording.gaze.coverage(recording.frame_times_s) == pytest.approx(1.0)


def test_a_scene_video_that_was_made_smaller(tmp_path):
    """The remarks say the size of the scene camera's picture, and points are in its pixels."""
    rows = [
        "\t".join([*row.split("\t")[:3], *(str(float(each) * 2) for each in row.split("\t")[3:])])
        for row in etg_rows()
    ]
    for mark in ("\t", " "):
        remarks = f"## [Calibration]\n## Calibration Area:{mark}{WIDTH * 2}{mark}{HEIGHT * 2}\n"
        gaze = read(write_export(tmp_path / "gaze.txt", ETG, rows, remarks))
        assert any("were scaled" in note for note in gaze.notes)
        joined = join_gaze(gaze, FRAMES_S)
        np.testing.assert_allclose(joined[0], [64, 120])
    remarks = "## Calibration Area:\t1680\t1050\n"
    refused_gaze(write_export(tmp_path / "gaze.txt", ETG, rows, remarks), "1680×1050", "another shape")
