"""Property: a plain table of a known gaze in any spelling comes back as that gaze, or is refused."""

import os

import numpy as np
from hypothesis import HealthCheck, event, given, settings

from pipelines.recordings.gaze.gaze import UnreadableGaze, read_gaze
from tests.support.plain_tables import SPELLINGS, KnownGaze, Spelling, known_gazes, spell
from tests.support.sentences import check_sentence

EXAMPLES = int(os.environ.get("BENCHSCRIBE_SPELLINGS", "100"))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known_gazes(), SPELLINGS)
def test_any_spelling_of_a_known_gaze_is_that_gaze_or_refused(tmp_path, known, how):
    path = tmp_path / "gaze.csv"
    path.write_bytes(spell(known, how))
    try:
        gaze = read_gaze(path, known.frames_s, known.width, known.height)
    except UnreadableGaze as error:
        event("refused")
        check_sentence(error, path.name)
        return
    event("read")
    check_same(gaze, known, how)


def check_same(gaze, known: KnownGaze, how: Spelling) -> None:
    """Times within a frame of 30 Hz, points within a pixel, and seen when they were."""
    assert len(gaze.times_s) == len(known.times_s)
    np.testing.assert_allclose(gaze.times_s, known.times_s, atol=1 / 30)
    size = (known.width, known.height)
    off = ((known.points_px < 0) | (known.points_px > size)).any(axis=1)
    expected = np.where(off[:, None], np.nan, known.points_px)
    np.testing.assert_allclose(gaze.points_px, expected, atol=1)
