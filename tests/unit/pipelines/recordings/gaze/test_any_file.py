"""Property tests: samples survive every format, and any file is read or refused in one sentence."""

import io
import zipfile

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.recordings.gaze.gaze import UnreadableGaze
from tests.support.gaze_files import (
    CLOUD,
    CORE,
    HEIGHT,
    START_NS,
    WIDTH,
    cloud_row,
    core_row,
    read,
    write_cloud_world,
    write_core_world,
    write_table,
)

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@quick
@given(
    samples=st.lists(
        st.tuples(st.integers(0, 3_900_000), st.integers(0, WIDTH), st.integers(0, HEIGHT)),
        min_size=3,
        max_size=30,
        unique_by=lambda each: each[0],
    ).map(sorted),
    form=st.sampled_from(["cloud", "core"]),
)
def test_samples_survive_the_formats_of_pupil(tmp_path, samples, form):
    """Times in whole microseconds and points in whole pixels are read as they were written."""
    for old in tmp_path.iterdir():
        old.unlink()
    if form == "cloud":
        write_cloud_world(tmp_path)
        (tmp_path / "info.json").write_text(f'{{"scene_camera_resolution": [{WIDTH}, {HEIGHT}]}}')
        path = write_table(tmp_path, CLOUD, [cloud_row(START_NS + us * 1000, x, y) for us, x, y in samples])
    else:
        write_core_world(tmp_path)
        rows = [core_row(us / 1e6, x / WIDTH, 1 - y / HEIGHT) for us, x, y in samples]
        path = write_table(tmp_path, CORE, rows)
    gaze = read(path)
    us, x, y = np.array(sorted(samples)).T
    np.testing.assert_allclose(gaze.times_s, us / 1e6, atol=1e-8)
    np.testing.assert_allclose(gaze.points_px, np.column_stack((x, y)), atol=1e-9)


@settings(quick, max_examples=100)
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
    """The file is read, or refused in one line."""
    try:
        text = read(path).source
    except UnreadableGaze as error:
        text = str(error)
    assert len(text.splitlines()) == 1
