"""check-gaze: a summary for a person, JSON for a program, a table of frames, and shifts by hand."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.__main__ import main
from pipelines.recordings.recording import open_recording
from tests.support.gaze_files import write_table

EVENLY = np.arange(0, 6, 0.05)
SPARSE = np.concatenate((np.arange(0, 0.3, 0.05), np.arange(50, 56, 0.05)))  # most comes after the video
GAPPED = np.array([time_s for time_s in np.arange(0, 6, 0.02) if time_s % 0.6 < 0.3])


def write_gaze(folder: Path, times_s: np.ndarray = EVENLY) -> Path:
    return write_table(folder, "t,x,y", [f"{time_s:.3f},{20 + time_s},10" for time_s in times_s])


def check(*arguments, capsys, code: int = 0) -> tuple[str, str]:
    assert main(["check-gaze", *map(str, arguments)]) == code
    return capsys.readouterr()


def test_a_terminal_shows_the_verdict_first_and_no_long_list(tmp_path, video, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    out, _ = check(write_gaze(tmp_path, GAPPED), "--video", video, capsys=capsys)
    lines = out.replace("\xa0", " ").splitlines()
    assert lines[0].startswith("Fine: table of t x y at 50 Hz, gaze seen on ")
    assert "  Points          pixels from the top left" in lines
    gaps = lines[lines.index("Gaps") + 1 :]
    assert [each.endswith(" s") for each in gaps[:5]] == [True] * 5
    assert gaps[5] == "  and 5 shorter"
    assert lines[-1] == "All of it as JSON: --json, or --json FILE"


@pytest.mark.parametrize("flag", [["--json"], ["--json", "-"]])
def test_a_terminal_gets_json_where_it_is_asked_for(flag, tmp_path, video, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    path = write_gaze(tmp_path)
    for arguments in ([path, "--video", video, *flag], [path, *flag, "--video", video]):
        assert json.loads(check(*arguments, capsys=capsys)[0])["coverage"] == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["gaze.csv"]


def test_json_keeps_its_keys_in_a_pipe_and_in_a_file(tmp_path, video, capsys):
    found = json.loads(check(write_gaze(tmp_path), "--video", video, capsys=capsys)[0])
    before = {"source", "samples", "seen", "start_s", "end_s", "coverage", "gaps", "notes"}
    assert before | {"verdict", "rate_hz", "coverage_by_s", "unit", "origin"} <= set(found)
    assert "offset_estimate" not in found
    written = tmp_path / "found.json"
    assert check(tmp_path / "gaze.csv", "--video", video, "--json", written, capsys=capsys)[0] == ""
    assert json.loads(written.read_text("utf-8")) == found


def test_frames_are_written_in_pixels_of_the_video(tmp_path, video, capsys):
    out = tmp_path / "frames.csv"
    path = write_gaze(tmp_path, np.arange(0, 4.5, 0.05))
    check(path, "--video", video, "--frames", out, capsys=capsys)
    rows = list(csv.reader(out.open(encoding="utf-8")))
    assert rows[0] == ["frame", "time_s", "x_px", "y_px", "seen"]
    times_s = open_recording(video).frame_times_s
    assert [int(row[0]) for row in rows[1:]] == list(range(len(times_s)))
    np.testing.assert_allclose([float(row[1]) for row in rows[1:]], times_s, atol=1e-6)
    for time_s, (_, _, x_px, y_px, seen) in zip(times_s, rows[1:], strict=True):
        if time_s < 4.45:
            assert (float(x_px), float(y_px), seen) == (pytest.approx(20 + time_s, abs=0.03), 10, "1")
        if time_s > 4.6:
            assert (x_px, y_px, seen) == ("", "", "0")


def test_hardly_any_gaze_is_exit_2_unless_it_is_forced(tmp_path, video, capsys):
    given = (write_gaze(tmp_path, SPARSE), "--video", video)
    out, err = check(*given, capsys=capsys, code=2)
    assert json.loads(out)["verdict"].startswith("Not this recording's: ")
    assert err.endswith("choose the gaze of this video, or give --force if it is.\n")
    assert len(err.splitlines()) == 1
    assert check(*given, "--force", capsys=capsys)[1] == ""


def test_a_shift_is_in_the_result(tmp_path, video, capsys):
    out = tmp_path / "frames.csv"
    shift = ("--gaze-offset-ms", -500, "--gaze-offset-px", "5,-3")
    given = (write_gaze(tmp_path), "--video", video, "--frames", out, *shift)
    found = json.loads(check(*given, capsys=capsys)[0])
    assert found["start_s"] == pytest.approx(-0.5)
    assert found["notes"][-1] == "Gaze was shifted by -500 ms and by 5, -3 px by hand."
    first = next(csv.DictReader(out.open(encoding="utf-8")))
    assert (float(first["x_px"]), float(first["y_px"])) == (pytest.approx(25.5), 7)


def test_points_that_are_shifted_off_the_frame_are_not_seen(tmp_path, video, capsys):
    given = (write_gaze(tmp_path), "--video", video, "--gaze-offset-px", "0,-11", "--force")
    assert json.loads(check(*given, capsys=capsys)[0])["coverage"] == 0


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--frames", "out.csv"], "--frames writes a row a frame"),
        (["--estimate-offset"], "--estimate-offset compares gaze with a video"),
        (["--gaze-offset-ms", "5"], "shift gaze on a video"),
    ],
)
def test_what_needs_a_video_asks_for_it(option, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, err = check(write_gaze(tmp_path), *option, capsys=capsys, code=2)
    assert words in err
    assert err.endswith("and none is given; add --video VIDEO.\n")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("text", ["5", "5,", "5,x", "1,2,3", "nan,0"])
def test_a_shift_that_is_none_is_refused(text, tmp_path, video, capsys):
    given = (write_gaze(tmp_path), "--video", video, "--gaze-offset-px", text)
    assert "expected X,Y in pixels" in check(*given, capsys=capsys, code=2)[1]
    given = (*given[:3], "--gaze-offset-ms", text if "," in text else "soon")
    assert "expected milliseconds" in check(*given, capsys=capsys, code=2)[1]


@pytest.mark.parametrize("verb", ["recognise", "compare"])
def test_a_shift_without_gaze_is_refused(verb, video, capsys):
    assert main([verb, str(video), "--gaze-offset-ms", "40"]) == 2
    assert "give --gaze too" in capsys.readouterr().err


def test_an_offset_is_estimated_or_said_to_be_unknown(tmp_path, video, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    given = (write_gaze(tmp_path), "--video", video, "--estimate-offset")
    found = json.loads(check(*given, "--json", capsys=capsys)[0])["offset_estimate"]
    assert (found["seconds"], found["uncertainty_s"]) == (None, None)
    assert "10 s are needed" in found["reason"]
    assert "phase correlation" in found["method"]
    out, _ = check(*given, capsys=capsys)
    assert "Offset\n  The offset between gaze and video cannot be estimated: " in out


@pytest.mark.parametrize("verb", ["recognise", "compare"])
def test_nothing_is_recognised_with_hardly_any_gaze_unless_it_is_forced(verb, tmp_path, video, capsys):
    given = (verb, video, "--gaze", write_gaze(tmp_path, SPARSE))
    models = ("--variants", "vi-cl") if verb == "compare" else ()
    assert main([*map(str, given)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "Gaze covers 6.7% of the video's frames, and at least 10% is expected: choose the gaze of this "
        "video, or give --force if it is.\n"
    )
    assert main([*map(str, (*given, *models, "--force"))]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["recording"]["gaze"]["notes"][0].startswith("Warning: only 6.7 %")
    assert err.startswith("Not this recording's: gaze is seen on 7")


@pytest.mark.parametrize("verb", ["recognise", "compare"])
def test_what_was_assumed_of_gaze_and_a_shift_are_in_every_result(verb, tmp_path, video, capsys, monkeypatch):
    report = tmp_path / "report.html"
    given = [verb, video, "--gaze", write_gaze(tmp_path), "--gaze-offset-ms", 40]
    given += ["--variants", "vi-cl", "--html", report] if verb == "compare" else []
    shift = "Gaze was shifted by 40 ms by hand."
    assert main([*map(str, given)]) == 0
    notes = json.loads(capsys.readouterr().out)["recording"]["gaze"]["notes"]
    assert notes[-1] == shift
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main([*map(str, given)]) == 0
    out = capsys.readouterr().out
    assert all(each in out for each in notes)
    if verb == "compare":
        assert "<summary>How the gaze was read</summary>" in report.read_text("utf-8")
        assert shift in report.read_text("utf-8")
