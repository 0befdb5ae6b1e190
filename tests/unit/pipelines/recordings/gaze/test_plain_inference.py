"""What is inferred of a plain table, and what is refused because it is ambiguous or contradicts itself."""

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import read_gaze, read_gaze_alone
from tests.support.gaze_files import FRAMES_S, HEIGHT, WIDTH, read, refused_gaze, write_table

T_S = np.arange(0, 4, 0.01)


def table(folder, times, x, y, header="t,x,y"):
    """A table of 4 s at 100 Hz."""
    rows = [f"{a},{b},{c}" for a, b, c in np.broadcast(times, x, y)]
    return write_table(folder, header, rows)


def wander(low: float, high: float) -> np.ndarray:
    return low + (high - low) * (0.5 + 0.5 * np.sin(T_S * 5))


@pytest.mark.parametrize(
    ("header", "factor", "words"),
    [
        ("time_s,x,y", 1000, "looks like milliseconds"),
        ("time [ms],x,y", 1, "names milliseconds"),
        ("t_ns,x,y", 1e6, "names nanoseconds"),
    ],
)
def test_a_unit_that_the_times_contradict(tmp_path, header, factor, words):
    refused_gaze(table(tmp_path, T_S * factor, 300, 200, header), words, "correct")


def test_units_are_read_without_a_video_too(tmp_path):
    gaze = read_gaze_alone(table(tmp_path, (T_S * 1e6).round(), 300, 200))
    assert abs(gaze.times_s[-1] - 3.99) < 1e-6
    gaze = read_gaze_alone(table(tmp_path, T_S + 1_671_196_599, 300, 200))
    assert abs(gaze.times_s[-1] - 3.99) < 1e-3


def test_slow_gaze_is_placed_by_the_length_of_the_video(tmp_path):
    rows = [f"{n / 2},300,200" for n in range(40)]
    path = write_table(tmp_path, "t,x,y", rows)
    gaze = read_gaze(path, np.arange(600) / 30, WIDTH, HEIGHT)
    assert gaze.times_s[-1] == 19.5


def test_numbers_of_frames_are_no_times(tmp_path):
    refused_gaze(
        write_table(tmp_path, "t,x,y", [f"{n},300,200" for n in range(120)]), "numbers of the video's"
    )


def test_absolute_times_that_do_not_fit_the_video(tmp_path):
    path = table(tmp_path, T_S * 10 + 1_671_196_599, 300, 200)
    refused_gaze(path, "since 1970 (2022-12-16", "39.9 s", "4.0 s")


def test_a_clock_of_its_own_starts_with_the_video_and_is_loud(tmp_path):
    gaze = read(table(tmp_path, T_S + 4242.5, 300, 200))
    assert abs(gaze.times_s[-1] - 3.99) < 1e-6
    assert any(note.startswith("ATTENTION") for note in gaze.notes)
    refused_gaze(table(tmp_path, T_S + 3, 300, 200), "both last as long")


def test_times_of_the_day_and_dates(tmp_path):
    clock = [f"14:00:{t:06.3f}" for t in T_S]
    rows = [f"{text},300,200" for text in clock]
    assert abs(read(write_table(tmp_path, "time,x,y", rows)).times_s[-1] - 3.99) < 1e-3
    rows = [f"2024-05-31 {text},300,200" for text in clock]
    gaze = read(write_table(tmp_path, "timestamp,x,y", rows))
    assert abs(gaze.times_s[-1] - 3.99) < 1e-3
    assert any("2024-05-31 14:00" in note for note in gaze.notes)
    rows = [f"00:0{t:06.3f},300,200".replace("00:0", "0:", 1) for t in T_S]
    assert read(write_table(tmp_path, "time,x,y", rows)).times_s[-1] == 3.99


def test_clocks_that_start_again_are_refused(tmp_path):
    path = table(tmp_path, np.where(T_S < 2, T_S, T_S - 2), 300, 200)
    refused_gaze(path, "fall back by 2.0 s")


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (wander(0, 1500), wander(0, 1100), "larger one"),
        (wander(1, 9), wander(1, 9), "one corner"),
        (wander(0.001, 0.02), wander(0.001, 0.02), "one corner"),
        (wander(-0.5, 0.5), wander(-0.5, 0.5), "from the middle"),
        (wander(-2.5, 2.5), wander(-2.5, 2.5), "neither pixels nor fractions"),
        (wander(5, 95), wander(5, 95), "percent"),
        (wander(-300, 300), wander(-200, 200), "pixels"),
    ],
)
def test_points_that_are_not_of_this_video(tmp_path, x, y, words):
    refused_gaze(table(tmp_path, T_S, x, y), words)


def test_a_scale_that_the_points_contradict(tmp_path):
    refused_gaze(table(tmp_path, T_S, wander(0.1, 0.9), 0.5, "t,x [px],y [px]"), "names its points pixels")
    refused_gaze(table(tmp_path, T_S, wander(100, 300), 200, "t,x_norm,y_norm"), "names its points fractions")


def test_points_of_three_coordinates_are_directions(tmp_path):
    rows = [f"{t},0.1,0.2,0.9" for t in T_S]
    refused_gaze(write_table(tmp_path, "t,gaze_x,gaze_y,gaze_z", rows), "x, y and z")


def test_points_of_a_smaller_video_are_noted(tmp_path):
    gaze = read(table(tmp_path, T_S, wander(100, 300), wander(50, 200)))
    assert any("top left quarter" in note for note in gaze.notes)


def test_of_several_recordings_the_one_named_like_the_video_is_read(tmp_path):
    rows = [f"{t},{300 if name == 'a' else 100},200,{name}.mp4" for name in "ab" for t in T_S]
    path = write_table(tmp_path, "t,x,y,video", rows)
    gaze = read_gaze(path, FRAMES_S, WIDTH, HEIGHT, video_name="B.MP4")
    assert (gaze.points_px[:, 0] == 100).all()
    assert any("b.mp4" in note for note in gaze.notes)
    refused_gaze(path, "several recordings", "a.mp4, b.mp4")
    rows = [f"{t},300,200,{'a' if t < 2 else 'b'}" for t in T_S]
    for column in ("video", "participant id", "Recording"):
        refused_gaze(write_table(tmp_path, f"t,x,y,{column}", rows), "several recordings")
    rows = [f"{t},300,200,{'rest' if t < 2 else 'task'}" for t in T_S]
    assert read(write_table(tmp_path, "t,x,y,trial", rows)).seen.all()


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("t;x;y", "{0};1.300,5;200", "thousands"),
        ("t,x,y,x", "{0},300,200,5", "more than one column called x"),
        ("t,x,y", "{0},5,300,5,200,5", "decimal commas"),
    ],
)
def test_tables_that_cannot_be_read_for_sure(tmp_path, header, row, words):
    refused_gaze(write_table(tmp_path, header, [row.format(n) for n in range(100)]), words)


def test_thousands_among_bare_numbers(tmp_path):
    rows = [f"{n * 10:,}".join('""') + ",300,200" for n in range(400)]
    refused_gaze(write_table(tmp_path, "t_ms,x,y", rows), "thousands")


@pytest.mark.parametrize("before", ["sep=;\n", "# made by hand\n#\n\n", "## [BeGaze]\n# t = time\n"])
def test_lines_before_the_header(tmp_path, before):
    rows = "".join(f"{t};300;200\n" for t in T_S)
    (tmp_path / "look.csv").write_text(f"{before}t;x;y\n{rows}")
    assert (read(tmp_path / "look.csv").points_px == [300, 200]).all()
    (tmp_path / "look.csv").write_text(f"#t;x;y\n{rows}")
    assert (read(tmp_path / "look.csv").points_px == [300, 200]).all()


@pytest.mark.parametrize(
    "name",
    [
        "Time (µs)",
        "timestamp_us",
        "t / us",
        "TimeStampUs",
        "time_in_us",
        "timestamp (us since epoch)",
        "Time since start [us]",
        "elapsed-microseconds",
        "microseconds",
        "gaze_timestamp_usec",
    ],
)
def test_units_in_names(tmp_path, name):
    path = table(tmp_path, (T_S * 1e6).round(), 300, 200, f"{name},x,y")
    assert abs(read(path).times_s[-1] - 3.99) < 1e-6


def test_a_column_that_may_say_what_was_seen_is_named(tmp_path):
    gaze = read(table(tmp_path, T_S, 300, "200,7", "t,x,y,valid_count"))
    assert any("valid_count" in note for note in gaze.notes)
