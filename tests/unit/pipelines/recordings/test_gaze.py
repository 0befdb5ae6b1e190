"""Gaze of every format on the video's clock, and the one join."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.recordings.gaze.gaze import GAZE_TOLERANCE_S, Gaze, UnreadableGaze, join_gaze, read_gaze
from pipelines.recordings.health import check_gaze, gaze_sentence
from pipelines.recordings.recording import open_recording

FRAMES_S = np.arange(120) / 30
WIDTH, HEIGHT = 640, 480
START_NS = 1_728_546_108_163_313_161  # no float64 holds it
CLOUD = "section id,recording id,timestamp [ns],gaze x [px],gaze y [px],worn,fixation id,blink id"
CORE = "gaze_timestamp,world_index,confidence,norm_pos_x,norm_pos_y,base_data"
WORLD = "section id,recording id,timestamp [ns]"

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path, **kwargs) -> Gaze:
    return read_gaze(path, FRAMES_S, WIDTH, HEIGHT, **kwargs)


def table(folder, header: str, rows: list[str], name: str = "gaze.csv"):
    (folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return folder / name


def cloud_row(ns: int, x="10", y="20", worn="1.0", blink="") -> str:
    return f"a,b,{ns},{x},{y},{worn},,{blink}"


def world(folder, stamps_ns) -> None:
    table(folder, WORLD, [f"a,b,{ns}" for ns in stamps_ns], "world_timestamps.csv")


def steady_world(folder, frames: int = 120) -> None:
    world(folder, [START_NS + round(n * 1e9 / 30) for n in range(frames)])


def test_cloud_on_the_clock_of_its_world_timestamps(tmp_path):
    steady_world(tmp_path)
    rows = [cloud_row(START_NS + 1_000_000_000 + n, x=n) for n in (0, 1, 257, 5_000_000)]
    gaze = read(table(tmp_path, CLOUD, rows))
    assert gaze.source == "Pupil Cloud, with world_timestamps.csv"
    np.testing.assert_allclose(gaze.times_s, [1, 1 + 1e-9, 1 + 257e-9, 1.005], atol=2e-11)
    assert len(set(gaze.times_s)) == 4  # a float64 of the stamps would have made two of them one
    assert gaze.points_px[0].tolist() == [0, 20]


def test_row_i_of_world_timestamps_is_frame_i(tmp_path):
    """The tracker's clock and the video's run apart: what was seen in a frame stays in it."""
    stamps = [START_NS + round(n * 1.02e9 / 30) for n in range(120)]
    world(tmp_path, stamps)
    gaze = read(table(tmp_path, CLOUD, [cloud_row(stamps[n]) for n in (0, 60, 119)]))
    np.testing.assert_allclose(gaze.times_s, FRAMES_S[[0, 60, 119]], atol=1e-9)


def test_a_row_too_many_is_aligned_by_the_first_frame_and_said(tmp_path):
    steady_world(tmp_path, frames=123)
    gaze = read(table(tmp_path, CLOUD, [cloud_row(START_NS + 500_000_000)]))
    assert gaze.times_s[0] == pytest.approx(0.5)
    assert any("123 rows for 120 frames" in note for note in gaze.notes)


def test_world_timestamps_given_by_hand_are_used(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    steady_world(tmp_path / "elsewhere")
    path = table(tmp_path, CLOUD, [cloud_row(START_NS + 2_000_000_000)])
    gaze = read(path, world_timestamps_path=tmp_path / "elsewhere/world_timestamps.csv")
    assert gaze.times_s[0] == pytest.approx(2.0)


def test_without_world_timestamps_info_json_is_used_and_said(tmp_path):
    (tmp_path / "info.json").write_text(json.dumps({"start_time": START_NS}))
    gaze = read(table(tmp_path, CLOUD, [cloud_row(START_NS + 1_500_000_000)]))
    assert gaze.times_s[0] == pytest.approx(1.5)
    assert any("info.json" in note for note in gaze.notes)


@pytest.mark.parametrize("info", [None, "not json", "[]", '{"start_time": "soon"}', '{"start_time": null}'])
def test_without_either_gaze_and_video_start_together_and_it_is_said(tmp_path, info):
    if info is not None:
        (tmp_path / "info.json").write_text(info)
    gaze = read(table(tmp_path, CLOUD, [cloud_row(START_NS + ns) for ns in (0, 10**9)]))
    np.testing.assert_allclose(gaze.times_s, [0, 1], atol=1e-9)
    assert any("start together" in note for note in gaze.notes)


def test_blinks_and_glasses_taken_off_are_not_seen(tmp_path):
    rows = [
        cloud_row(START_NS),
        cloud_row(START_NS + 10**8, worn="0.0"),
        cloud_row(START_NS + 2 * 10**8, blink="7"),
        cloud_row(START_NS + 3 * 10**8, worn=""),
        cloud_row(START_NS + 4 * 10**8, x=""),
    ]
    gaze = read(table(tmp_path, CLOUD, rows))
    assert gaze.seen.tolist() == [True, False, False, True, False]
    assert "1 sample in blinks left out." in gaze.notes


def core_row(at_s: float, x: float, y: float, confidence: float = 0.9) -> str:
    return f"{4242.5 + at_s},{round(at_s * 30)},{confidence},{x},{y},1-2"


def test_core_has_its_origin_at_the_bottom_left(tmp_path):
    rows = [core_row(n / 30, 0.25, 0.9) for n in range(100)]
    gaze = read(table(tmp_path, CORE, rows, "gaze_positions.csv"))
    np.testing.assert_allclose(gaze.points_px[0], [160, 48])
    np.testing.assert_allclose(gaze.times_s, np.arange(100) / 30, atol=1e-9)
    assert any("world_index" in note for note in gaze.notes)


def test_core_drops_what_it_is_not_confident_of(tmp_path):
    rows = [core_row(0, 0.5, 0.5, 0.59), core_row(0.1, 0.5, 0.5, 0.6), core_row(0.2, 0.5, 0.5, "")]
    gaze = read(table(tmp_path, CORE, rows))
    assert gaze.seen.tolist() == [False, True, False]


def test_core_on_the_clock_of_its_world_timestamps(tmp_path):
    stamps = [f"{4242.5 + n / 30},{n}" for n in range(120)]
    table(tmp_path, "# timestamps [seconds],pts", stamps, "world_timestamps.csv")
    gaze = read(table(tmp_path, CORE, [core_row(1.25, 0.5, 0.5)]))
    assert gaze.source == "Pupil Core, with world_timestamps.csv"
    assert gaze.times_s[0] == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("t,x,y", ["0.5,100.5,200", "1,101,201"]),
        ("\ufefft,x,y", ["0.5,100.5,200", "1,101,201"]),
        ("t;x;y", ["0,5;100,5;200", "1;101;201"]),
        ("time\tgaze_x\tgaze_y", ["0.5\t100.5\t200", "1\t101\t201"]),
        ("time_s\tx\ty", ["0,5\t100,5\t200", "1\t101\t201"]),
        ('"timestamp [s]","x [px]","y [px]"', ['"0.5","100.5","200"', '"1","101","201"']),
        ("t_ms,x,y,comment", ["500,100.5,200,a", "1000,101,201,"]),
        ("t,x,y", ['"0,5","100,5",200', "1,101,201"]),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_plain_table_however_it_is_written(tmp_path, header, rows, newline):
    (tmp_path / "look.csv").write_bytes(newline.join([header, *rows]).encode())
    gaze = read(tmp_path / "look.csv")
    assert gaze.times_s.tolist() == [0.5, 1.0]
    assert gaze.points_px.tolist() == [[100.5, 200], [101, 201]]


def test_a_table_saved_as_unicode_text_by_a_spreadsheet(tmp_path):
    (tmp_path / "look.txt").write_bytes("t\tx\ty\r\n0,5\t100,5\t200\r\n".encode("utf-16"))
    assert read(tmp_path / "look.txt").points_px.tolist() == [[100.5, 200]]


def test_points_within_0_to_1_are_fractions_and_it_is_said(tmp_path):
    gaze = read(table(tmp_path, "t,x,y", ["0,0.5,0.25", "1,1,0", "2,,"]))
    assert gaze.points_px[:2].tolist() == [[320, 120], [640, 0]]
    assert any("fractions" in note for note in gaze.notes)


def test_untidy_rows_are_put_in_order_and_said(tmp_path):
    rows = ["1,10,10", "0.5,20,20", "0.5,30,30", "2,nan,5", "2.5,9000,5", ",1,1", "oops,1,1", "3,inf,2"]
    gaze = read(table(tmp_path, "t,x,y", rows))
    assert gaze.times_s.tolist() == [0.5, 0.5, 1, 2, 2.5, 3]
    assert gaze.points_px[:3].tolist() == [[20, 20], [30, 30], [10, 10]]
    assert not gaze.seen[3:].any()
    said = " ".join(gaze.notes)
    assert "2 rows without a readable time" in said
    assert "1 time earlier than the one before" in said
    assert "1 time equal to the one before" in said
    assert "1 point off the frame" in said


def test_gaze_that_starts_late_and_runs_on_is_said(tmp_path):
    rows = [f"{t},10,10" for t in np.arange(1.1, 20, 0.1)]
    gaze = read(table(tmp_path, "t,x,y", rows))
    assert "Gaze starts 1.1 s after the video." in gaze.notes
    assert any(note.startswith("Gaze runs on for 15.9 s") for note in gaze.notes)


def test_a_folder_and_a_zip_as_they_are_exported(tmp_path):
    inner = tmp_path / "export" / "2024-10-10-neon"
    inner.mkdir(parents=True)
    steady_world(inner)
    table(inner, CLOUD, [cloud_row(START_NS + 10**9)])
    table(inner, "section id,start timestamp [ns]", ["a,1"], "fixations.csv")
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for each in inner.iterdir():
            archive.write(each, f"2024-10-10-neon/{each.name}")
            archive.writestr(f"__MACOSX/2024-10-10-neon/._{each.name}", b"\0\1")
    for path in (inner, tmp_path / "export", tmp_path / "export.zip"):
        gaze = read(path)
        assert gaze.source == "Pupil Cloud, with world_timestamps.csv"
        assert gaze.times_s[0] == pytest.approx(1.0)


def gaze_of(times_s, points=None) -> Gaze:
    times_s = np.array(times_s, float)
    points = np.column_stack((times_s, times_s)) if points is None else np.array(points, float)
    return Gaze(source="a test", times_s=times_s, points_px=points)


def test_the_nearest_sample_decides_also_when_it_saw_nothing():
    gaze = gaze_of([0, 0.1, 0.2], [[1, 1], [np.nan, np.nan], [3, 3]])
    joined = join_gaze(gaze, np.array([0.04, 0.11, 0.16, 0.3, 0.5]))
    np.testing.assert_array_equal(joined[:, 0], [1, np.nan, 3, 3, np.nan])


@quick
@given(
    st.lists(st.floats(-2, 10), min_size=1, max_size=40).map(sorted),
    st.lists(st.floats(-2, 10), min_size=1, max_size=20),
)
def test_the_join_is_the_nearest_sample_within_the_tolerance(times_s, asked_s):
    joined = join_gaze(gaze_of(times_s), np.array(asked_s))[:, 0]
    for asked, found in zip(asked_s, joined, strict=True):
        distance = min(abs(asked - each) for each in times_s)
        if distance < GAZE_TOLERANCE_S:
            assert abs(asked - found) == distance
        else:
            assert np.isnan(found)


@quick
@given(st.lists(st.floats(0, 4), min_size=1, max_size=40).map(sorted))
def test_no_sample_serves_two_sampled_frames(times_s):
    joined = join_gaze(gaze_of(times_s, [[n, n] for n in range(len(times_s))]), np.arange(16) / 4)[:, 0]
    used = joined[np.isfinite(joined)]
    assert len(used) == len(set(used))


def test_coverage_and_gaps():
    gaze = gaze_of([0.5, 0.6, 0.7, 0.8, 1.0, 3.0], [[1, 1]] * 3 + [[np.nan, np.nan]] + [[1, 1]] * 2)
    assert gaze.gaps(4.0) == ((0.0, 0.5), (0.7, 1.0), (1.0, 3.0), (3.0, 4.0))
    assert gaze.coverage(np.array([0.5, 0.8, 1.0, 2.0])) == 0.5


@quick
@given(
    samples=st.lists(
        st.tuples(st.integers(0, 3_900_000), st.integers(0, WIDTH), st.integers(0, HEIGHT)),
        min_size=3,
        max_size=30,
        unique_by=lambda each: each[0],
    ),
    form=st.sampled_from(["cloud", "core", "plain", "semicolons", "fractions"]),
)
def test_samples_survive_every_format(tmp_path, samples, form):
    """times in whole microseconds and points in whole pixels, written, read, and found again."""
    for old in tmp_path.iterdir():
        old.unlink()
    if form == "cloud":
        steady_world(tmp_path)
        path = table(tmp_path, CLOUD, [cloud_row(START_NS + us * 1000, x, y) for us, x, y in samples])
    elif form == "core":
        stamps = [f"{4242.5 + n / 30!r},{n}" for n in range(120)]
        table(tmp_path, "# timestamps [seconds],pts", stamps, "world_timestamps.csv")
        rows = [core_row(us / 1e6, x / WIDTH, 1 - y / HEIGHT) for us, x, y in samples]
        path = table(tmp_path, CORE, rows)
    elif form == "fractions":
        path = table(
            tmp_path, "t,x,y", [f"{us / 1e6!r},{x / WIDTH!r},{y / HEIGHT!r}" for us, x, y in samples]
        )
    else:
        # One point beyond 1 px, or the table would be one of fractions.
        samples = [(4_000_000, WIDTH, HEIGHT), *samples]
        rows = [f"{us / 1e6:.6f};{x};{y}" for us, x, y in samples]
        rows = [row.replace(".", ",") if form == "semicolons" else row.replace(";", ",") for row in rows]
        path = table(tmp_path, "t;x;y" if form == "semicolons" else "t,x,y", rows)
    gaze = read(path)
    us, x, y = np.array(sorted(samples)).T
    np.testing.assert_allclose(gaze.times_s, us / 1e6, atol=1e-8)
    np.testing.assert_allclose(gaze.points_px, np.column_stack((x, y)), atol=1e-9)


CELLS = st.one_of(
    st.text(max_size=8),
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(["", "NaN", '"', '"a', "1,5", "1.7E+18", "\n", "0.0", "-0", "1e999", "\0", "１"]),
)
HEADERS = st.one_of(
    st.sampled_from([CLOUD, CORE, "t,x,y", "t;x;y", "timestamp [ns],gaze x [px],gaze y [px]", "x,y,t,t"]),
    st.text(max_size=20),
)


@settings(quick, max_examples=300)
@given(HEADERS, st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=6))
def test_any_text_is_read_or_refused(tmp_path, header, rows):
    text = "\n".join([header, *rows]).encode("utf-8", "replace")
    (tmp_path / "any.csv").write_bytes(text)
    check_any(tmp_path / "any.csv")


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path, content):
    for head in (b"", b"t,x,y\n", b"PK\x03\x04"):
        (tmp_path / "any.csv").write_bytes(head + content)
        check_any(tmp_path / "any.csv")


@quick
@given(st.integers(0, 400), st.integers(0, 255))
@example(282, 0)  # a name of nothing
@example(282, 10)  # a name that breaks the line
def test_a_damaged_zip_is_read_or_refused(tmp_path, at, value):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gaze.csv", "t,x,y\n" + "\n".join(f"{n},{n * 7},{n}" for n in range(40)))
    damaged = bytearray(content.getvalue())
    damaged[at % len(damaged)] = value
    (tmp_path / "any.zip").write_bytes(damaged)
    check_any(tmp_path / "any.zip")


def check_any(path) -> None:
    """Nothing but a gaze or one sentence may come of it."""
    try:
        said = read(path).source
    except UnreadableGaze as error:
        said = str(error)
    assert len(said.splitlines()) == 1


def test_a_gaze_file_is_described_without_its_video(tmp_path):
    steady_world(tmp_path)
    rows = [cloud_row(START_NS + n * 10**8) for n in (1, 2, 3, 9)]
    found = check_gaze(table(tmp_path, CLOUD, rows))
    assert (found["samples"], found["seen"], found["coverage"]) == (4, 1.0, None)
    assert (found["start_s"], found["end_s"]) == pytest.approx((0.1, 0.9))
    np.testing.assert_allclose(found["gaps"], [[0.3, 0.9]])
    json.dumps(found)


def test_a_gaze_file_is_described_with_its_video(tmp_path, video):
    path = table(tmp_path, "t,x,y", [f"{t},10,10" for t in np.arange(0, 4.5, 0.05)])
    found = check_gaze(path, video)
    assert found["coverage"] == pytest.approx(4.575 / 6, abs=0.01)
    np.testing.assert_allclose(found["gaps"], [[4.45, 6.0]], atol=0.01)
    recording = open_recording(video, path)
    assert gaze_sentence(recording).replace("\xa0", " ") == "table of t x y, 77 % covered, 1 gap of 1.6 s"
    assert gaze_sentence(open_recording(video)) == "no gaze"


def test_the_real_gaze_is_described(neon):
    recording = open_recording(neon / "scene_ps1.mp4", neon / "gaze.csv")
    assert gaze_sentence(recording).replace("\xa0", " ") == "Pupil Cloud, 80 % covered, 1 gap of 1.1 s"
    assert len(recording.gaze.times_s) == 2659
