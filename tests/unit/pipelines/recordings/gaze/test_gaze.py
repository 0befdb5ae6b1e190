"""The one join of gaze and frames, its coverage and its gaps."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.recordings.gaze.gaze import GAZE_TOLERANCE_S, Gaze, join_gaze

quick = settings(max_examples=60, deadline=None)


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
def test_the_join_is_the_nearest_sample_within_the_tolerance(times_s, query_s):
    joined = join_gaze(gaze_of(times_s), np.array(query_s))[:, 0]
    for query_time_s, found in zip(query_s, joined, strict=True):
        distance = min(abs(query_time_s - each) for each in times_s)
        if distance < GAZE_TOLERANCE_S:
            assert abs(query_time_s - found) == distance
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
