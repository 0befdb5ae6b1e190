"""Tobii Pro Glasses 3 and 2: one JSON object a line, as the glasses write them on their memory card."""

import gzip
import json
import zipfile

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import join_gaze, read_gaze_alone
from pipelines.recordings.health import check_gaze
from tests.support.cases import case
from tests.support.gaze_files import FRAMES_S, HEIGHT, WIDTH, read, refused_gaze
from tests.support.sentences import write_file

START_US = 649_400_528


def g3_line(at_s: float, point: list | None, **more) -> str:
    """A line of gazedata; None is lost gaze."""
    eye = {"gazeorigin": [30.1, -9.2, -38.3], "gazedirection": [0.1, 0.2, 0.97], "pupildiameter": 3.3}
    data = {"gaze2d": point, "gaze3d": [1.0, 2.0, 3.0], "eyeleft": eye, "eyeright": eye} if point else {}
    return json.dumps({"type": "gaze", "timestamp": at_s, "data": data} | more)


def g2_line(at_us: float, **more) -> str:
    """A line of livedata.json, at_us after the first frame of the video."""
    return json.dumps({"ts": START_US + at_us, "s": 0} | more, separators=(",", ":"))


def write_lines(path, lines):
    text = "\n".join([*lines, ""]).encode()
    return write_file(path, gzip.compress(text) if path.suffix == ".gz" else text)


def g3_lines() -> list[str]:
    """A gaze that moves right by 10 % of the frame a second, at 50 Hz, lost from 1 s to 2 s."""
    times_s = np.round(np.arange(0, 4, 0.02), 6).tolist()
    return [g3_line(at_s, None if 1 <= at_s < 2 else [0.1 + 0.1 * at_s, 0.25]) for at_s in times_s]


def g2_lines(*clock: str) -> list[str]:
    """The same gaze in livedata.json, among other measurements and with the lines of a clock."""
    lines = [*clock]
    for number in range(200):
        at_us = number * 20_000
        lost = 1_000_000 <= at_us < 2_000_000
        lines += [g2_line(at_us, gidx=number, gd=[0.1, 0.2, 0.97], eye="left"), g2_line(at_us, ac=[0, -9, 4])]
        point = [0.0, 0.0] if lost else [0.1 + 0.1 * at_us / 1e6, 0.25]
        lines.append(g2_line(at_us, gidx=number, l=204_042, gp=point, s=int(lost and number % 2)))
        lines.append(g2_line(at_us, gidx=number, gp3=[-68.1, 64.8, 564.5]))
    return lines


def check_moving(gaze) -> None:
    """It is the gaze of g3_lines, frame by frame."""
    joined = join_gaze(gaze, FRAMES_S)
    lost = np.isnan(joined).all(axis=1)
    assert lost[FRAMES_S < 0.98].sum() == lost[FRAMES_S > 2.0].sum() == 0
    assert lost[(FRAMES_S > 1.01) & (FRAMES_S < 1.97)].all()
    np.testing.assert_allclose(joined[~lost, 0], (0.1 + 0.1 * FRAMES_S[~lost]) * WIDTH, atol=1)
    np.testing.assert_allclose(joined[~lost, 1], HEIGHT / 4, atol=1e-6)


@pytest.mark.parametrize("name", ["gazedata", "gazedata.gz", "renamed.json", "gazedata.txt"])
def test_glasses_3_under_any_name(tmp_path, name):
    gaze = read(write_lines(tmp_path / name, g3_lines()))
    assert gaze.source == "Tobii Pro Glasses 3"
    assert "50 samples of lost gaze left out." in gaze.notes
    check_moving(gaze)


def test_glasses_3_as_a_recording_folder_and_a_zip(tmp_path):
    folder = tmp_path / "20240101T101010Z"
    (folder / "meta").mkdir(parents=True)
    write_lines(folder / "gazedata.gz", g3_lines())
    write_lines(folder / "gazedata", g3_lines())
    write_lines(folder / "imudata.gz", [json.dumps({"type": "imu", "timestamp": 0.0, "data": {}})])
    write_file(folder / "recording.g3", json.dumps({"uuid": "1", "gaze": {"file": "gazedata.gz"}}))
    write_file(folder / "meta" / "participant", json.dumps({"name": "P1"}))
    with zipfile.ZipFile(tmp_path / "card.zip", "w") as archive:
        for each in folder.rglob("*"):
            archive.write(each, each.relative_to(tmp_path))
    for path in (folder, tmp_path / "card.zip"):
        check_moving(read(path))


def test_samples_of_glasses_3_that_are_no_point_are_not_seen(tmp_path):
    odd = [None, [0.0, 0.0], [0.5], [0.5, None], ["0.5", "0.5"], [True, True], "x", [1e400, 0.5]]
    lines = [g3_line(n / 10, point) for n, point in enumerate(odd)] + [g3_line(0.9, [0.5, 0.5])]
    lines += [
        '{"type":"gaze","timestamp":1.0,"data":{"gaze2d":[NaN,NaN]}}',
        '{"type":"gaze","timestamp":1.1}',
    ]
    gaze = read(write_lines(tmp_path / "gazedata", lines))
    assert gaze.times_s.tolist() == pytest.approx([n / 10 for n in (*range(8), 9, 10, 11)])
    assert gaze.seen.tolist() == [False] * 8 + [True, False, False]


def test_other_streams_between_the_lines_of_gaze_are_passed_over(tmp_path):
    lines = [json.dumps({"type": "event", "timestamp": n / 9, "data": {"tag": "x"}}) for n in range(9)]
    check_moving(read(write_lines(tmp_path / "all.json", lines + g3_lines())))


@pytest.mark.parametrize(
    ("name", "item", "word"),
    [
        ("imudata", {"type": "imu", "timestamp": 0.1, "data": {"accelerometer": [0, 9.8, 0]}}, "movement"),
        ("eventdata", {"type": "event", "timestamp": 0.1, "data": {"tag": "start"}}, "events"),
    ],
)
def test_other_streams_of_glasses_3(tmp_path, name, item, word):
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        refused_gaze(write_lines(path, [json.dumps(item)] * 5), word, "Glasses 3", "choose gazedata.gz")


def test_json_of_something_else(tmp_path):
    for text in ('{\n  "uuid": "1",\n  "gaze": {}\n}', '[{"type": "gaze"}]', "{}", '{"a": 1}\n{"a": 2}\n'):
        refused_gaze(
            write_file(tmp_path / "recording.g3", text), "is JSON", "gazedata.gz", "livedata.json.gz"
        )


def test_damaged_lines_are_counted_or_too_many(tmp_path):
    lines = g3_lines()
    lines[5], lines[-1] = lines[5][:40], lines[-1][:30]
    gaze = read(write_lines(tmp_path / "gazedata", lines))
    assert "2 damaged lines left out." in gaze.notes
    assert len(gaze.times_s) == 198
    cut = [line if n < 40 else line[:30] for n, line in enumerate(lines)]
    refused_gaze(write_lines(tmp_path / "cut", cut), "161 of its 200 lines", "copy it again")


def test_a_line_without_end_is_not_read_into_memory(tmp_path):
    text = g3_line(0.0, [0.5, 0.5]) + "\n" + '{"type":"gaze","timestamp":' + "1" * 3_000_000
    refused_gaze(write_file(tmp_path / "gazedata", text), "a line of over 2 MB")


VTS = g2_line(0, vts=0)


@pytest.mark.parametrize("name", ["livedata.json", "livedata.json.gz", "renamed.txt"])
def test_glasses_2_with_the_clock_of_its_video(tmp_path, name):
    gaze = read(write_lines(tmp_path / name, g2_lines(VTS)))
    assert gaze.source == "Tobii Pro Glasses 2, with vts"
    assert "50 samples of lost gaze left out." in gaze.notes
    check_moving(gaze)


def test_glasses_2_when_its_video_runs_otherwise_than_its_clock(tmp_path):
    clock = [g2_line(at_us, vts=round(at_us * 1.01) + 5000) for at_us in range(0, 4_000_001, 500_000)]
    gaze = read(write_lines(tmp_path / "livedata.json", g2_lines(*clock)))
    np.testing.assert_allclose(gaze.times_s, np.arange(200) * 0.02 * 1.01 + 0.005, atol=1e-6)


def test_glasses_2_counts_from_the_last_start_of_the_video(tmp_path):
    gaze = read(write_lines(tmp_path / "livedata.json", g2_lines(g2_line(-900_000, vts=0), VTS)))
    check_moving(gaze)
    failed = g2_line(1_000_000, vts=0, s=1)
    check_moving(read(write_lines(tmp_path / "livedata.json", g2_lines(VTS, failed))))


def test_glasses_2_with_the_clock_of_its_stream(tmp_path):
    clock = [
        g2_line(at_us, pts=15_812_964 + at_us * 9 // 100, pv=1) for at_us in range(0, 4_000_001, 500_000)
    ]
    gaze = read(write_lines(tmp_path / "livedata.json", g2_lines(*clock)))
    assert gaze.source == "Tobii Pro Glasses 2, with pts"
    assert any("first line of pts" in note for note in gaze.notes)
    check_moving(gaze)
    check_moving(read(write_lines(tmp_path / "livedata.json", g2_lines(*clock, VTS))))


def test_glasses_2_without_a_clock(tmp_path):
    gaze = read(write_lines(tmp_path / "livedata.json", g2_lines()))
    assert any("assumed to start together" in note for note in gaze.notes)
    check_moving(gaze)


def test_glasses_2_as_a_recording_folder(tmp_path):
    segment = tmp_path / "zi4xmt2" / "segments" / "1"
    segment.mkdir(parents=True)
    write_lines(segment / "livedata.json.gz", g2_lines(VTS))
    write_file(tmp_path / "zi4xmt2" / "recording.json", json.dumps({"rec_id": "zi4xmt2"}))
    check_moving(read(tmp_path / "zi4xmt2"))


def test_glasses_2_without_gaze(tmp_path):
    refused_gaze(
        write_lines(tmp_path / "live.json", [VTS, g2_line(5, ac=[0, 9, 0])]), "without gaze", "segments/1"
    )


def test_the_case_of_glasses_3():
    for name in ("gazedata", "gazedata.gz"):
        path = case(f"gazetoolkit36_tobii3/{name}")
        gaze = read_gaze_alone(path)
        assert (len(gaze.times_s), gaze.times_s[-1]) == (600, pytest.approx(5.99))
        lines = [json.loads(line) for line in case("gazetoolkit36_tobii3/gazedata").read_text().splitlines()]
        np.testing.assert_allclose(gaze.points_px, [line["data"]["gaze2d"] for line in lines])
        checked = check_gaze(path, case("base.mp4"))
        assert checked["coverage"] == pytest.approx(0.305, abs=0.01)  # the first 6 s of 20


def test_the_case_of_glasses_2():
    """28 samples around the first frame, 8 of which have a status other than 0."""
    gaze = read_gaze_alone(case("lightocular_tobii2_zeros/livedata.json"))
    assert (len(gaze.times_s), gaze.seen.sum()) == (28, 20)
    table = np.loadtxt(case("lightocular_tobii2_zeros/gaze.csv"), delimiter=",", skiprows=1)
    for at_s, x, y in table[:10]:  # which a user has made of the same recording
        number = np.argmin(np.abs(gaze.times_s - at_s))
        assert gaze.times_s[number] == pytest.approx(at_s, abs=2e-6)
        expected = [x, y] if x else [np.nan, np.nan]
        np.testing.assert_allclose(gaze.points_px[number], expected, atol=1e-4)
