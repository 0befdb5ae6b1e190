"""Property tests: anything under a vendor's header, and any line of JSON, is read or refused."""

import gzip
import json

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.recordings.gaze.gaze import UnreadableGaze
from tests.support.gaze_files import HEIGHT, WIDTH, read

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LAB = "Recording timestamp [ms],Sensor,Recording name,Participant name,Gaze point X [MCS px]"
LAB += ",Gaze point Y [MCS px],Validity left,Validity right,Presented Media name,Eye movement type"
OLD_LAB = "Recording timestamp,Gaze point X,Gaze point Y,Recording media width,Recording media height"
SMI = "RecordingTime [ms],Video Time [h:m:s:ms],Category Right,Stimulus,Participant"
SMI += ",Point of Regard Right X [px],Point of Regard Right Y [px]"
OLD_SMI = "Time,Type,L POR X [px],L POR Y [px],R POR X [px],R POR Y [px],B Event Info"
WORDS = [
    "Eye Tracker",
    "Mouse",
    "Invalid",
    "Valid",
    "SMP",
    "MSG",
    "Blink",
    "-",
    "00:00:01:500",
    "a.png",
    "R1",
]
NUMBERS = ["", "0", "1,5", "-1", "1e400", "9e15", "NaN", "12", "1000", "３", '"', "1:2"]
CELLS = st.one_of(st.sampled_from(WORDS), st.sampled_from(NUMBERS), st.floats().map(repr))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
TIMES = st.sampled_from([0, 0.5, 1, 2_000_000, -1, 10**30, None, "1", True]) | st.floats()
G3_LINES = st.fixed_dictionaries(
    {"type": st.sampled_from(["gaze", "imu", 3]), "timestamp": TIMES},
    optional={"data": st.fixed_dictionaries({}, optional={"gaze2d": st.lists(JSON, max_size=3)}) | JSON},
)
G2_LINES = st.fixed_dictionaries(
    {"ts": TIMES, "s": st.sampled_from([0, 1, None])},
    optional={"gp": st.lists(st.floats(), max_size=3) | JSON, "vts": TIMES, "pts": TIMES, "ac": JSON},
)


def check_any(path) -> None:
    """The file is read, or refused in one line."""
    try:
        text = read(path).source
    except UnreadableGaze as error:
        text = str(error)
        assert len(text) < 400
    assert len(text.splitlines()) == 1


@quick
@given(
    header=st.sampled_from([LAB, OLD_LAB, SMI, OLD_SMI]),
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=10), min_size=1, max_size=8),
    separator=st.sampled_from(",;\t"),
    remarks=st.sampled_from(["", "## Calibration Area:\t640\t480\n\n", "## Calibration Area: 0 x\n##\n"]),
)
def test_any_rows_under_the_header_of_a_vendor(tmp_path, header, rows, separator, remarks):
    lines = [header.replace(",", separator), *(separator.join(row) for row in rows)]
    path = tmp_path / "any.txt"
    path.write_bytes((remarks + "\n".join(lines)).encode("utf-8", "replace"))
    check_any(path)


@quick
@given(
    lines=st.lists(
        st.one_of(G3_LINES, G2_LINES).map(json.dumps) | st.text(max_size=9), min_size=1, max_size=9
    ),
    packed=st.booleans(),
    cut=st.integers(0, 5),
)
def test_any_lines_of_json(tmp_path, lines, packed, cut):
    content = "\n".join(lines).encode("utf-8", "replace")
    content = gzip.compress(content) if packed else content
    (tmp_path / "any.json").write_bytes(content[: len(content) - cut])
    check_any(tmp_path / "any.json")


SAMPLES = st.lists(
    st.tuples(st.integers(0, 3900), st.integers(1, WIDTH), st.integers(1, HEIGHT)),
    min_size=3,
    max_size=30,
    unique_by=lambda each: each[0],
).map(sorted)


def rows_of(form: str, samples: list[tuple[int, int, int]]) -> list[str]:
    """Samples (milliseconds, x, y) as a vendor writes them."""
    if form == "Tobii Pro Glasses 3":
        return [
            json.dumps({"type": "gaze", "timestamp": ms / 1e3, "data": {"gaze2d": [x / WIDTH, y / HEIGHT]}})
            for ms, x, y in samples
        ]
    if form == "Tobii Pro Glasses 2, with vts":
        lines = [
            json.dumps({"ts": 77 + ms * 1000, "s": 0, "gp": [x / WIDTH, y / HEIGHT]}) for ms, x, y in samples
        ]
        return [*lines, json.dumps({"ts": 77, "s": 0, "vts": 0})]
    if form == "Tobii Pro Lab":
        header = "Recording timestamp [ms]\tSensor\tGaze point X [MCS px]\tGaze point Y [MCS px]"
        return [header, *(f"{ms}\tEye Tracker\t{x}\t{y}" for ms, x, y in samples)]
    header = "RecordingTime [ms]\tVideo Time [h:m:s:ms]\tPoint of Regard Binocular X [px]\t"
    header += "Point of Regard Binocular Y [px]"
    clock = [f"00:00:{ms // 1000:02d}:{ms % 1000:03d}" for ms, _, _ in samples]
    return [header, *(f"{ms + 5e5}\t{at}\t{x}\t{y}" for at, (ms, x, y) in zip(clock, samples, strict=True))]


@quick
@given(
    samples=SAMPLES,
    form=st.sampled_from(
        [
            "Tobii Pro Glasses 3",
            "Tobii Pro Glasses 2, with vts",
            "Tobii Pro Lab",
            "SMI BeGaze, with Video Time",
        ]
    ),
    packed=st.booleans(),
)
def test_samples_survive_the_formats_of_vendors(tmp_path, samples, form, packed):
    """Times in whole milliseconds and points in whole pixels are read as they were written."""
    content = "\n".join(rows_of(form, samples)).encode()
    (tmp_path / "any").write_bytes(gzip.compress(content) if packed else content)
    gaze = read(tmp_path / "any")
    assert gaze.source == form
    ms, x, y = np.array(samples).T
    np.testing.assert_allclose(gaze.times_s, ms / 1e3, atol=1e-6)
    np.testing.assert_allclose(gaze.points_px, np.column_stack((x, y)), atol=1e-6)


@quick
@given(
    st.sets(
        st.sampled_from(f"{LAB},{OLD_LAB},{SMI},{OLD_SMI},t,x,y,timestamp [ns]".split(",")), min_size=1
    ).map(sorted)
)
def test_any_set_of_columns_is_read_or_refused(tmp_path, columns):
    """No format lacks a column that it reads, whatever else a header has."""
    rows = ["\t".join(str(number * 10) for _ in columns) for number in range(5)]
    (tmp_path / "any.tsv").write_text("\n".join(["\t".join(columns), *rows]))
    check_any(tmp_path / "any.tsv")
