"""What the page and a report say of gaze: the verdict first, loud where hardly any frame has gaze."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.recordings.gaze.gaze import Gaze
from pipelines.recordings.recording import Recording, open_recording
from pipelines.views.gaze import NO_GAZE, gaze_of, notes_html
from pipelines.views.timeline import lanes_of


def with_gaze(recording: Recording, to_s: float, *notes: str) -> Recording:
    times_s = np.arange(0, 6, 0.02)
    points = np.where(times_s[:, None] < to_s, (160.0, 45.0), np.nan)
    return replace(recording, gaze=Gaze(source="a tracker", times_s=times_s, points_px=points, notes=notes))


@pytest.fixture
def recording(video) -> Recording:
    return open_recording(video)


def test_the_verdict_comes_first_and_the_notes_are_folded(recording):
    html = notes_html(replace(with_gaze(recording, 6, "Times <b> were sorted."), notes=("A gap.",)))
    places = [html.index(text) for text in ("A gap.", "Fine: a tracker", "<details", "Times &lt;b&gt; were")]
    assert places == sorted(places)
    assert "strip" not in html


def test_hardly_any_gaze_is_loud(recording):
    html = notes_html(with_gaze(recording, 0.3))
    assert '<p class="strip">' in html
    assert "Not usable: gaze is seen on 5" in html


def test_without_gaze_the_page_says_what_that_means(recording):
    assert NO_GAZE in notes_html(recording)
    assert gaze_of(recording)["points"] == []
    assert gaze_of(None) == {"note": "", "points": []}


def test_the_ring_has_a_place_where_gaze_was_seen(recording):
    points = gaze_of(with_gaze(recording, 3))["points"]
    assert points[:30] == [[0.5, 0.25]] * 30
    assert not any(points[35:])


def test_when_gaze_was_seen_is_a_lane(recording):
    lane = lanes_of(with_gaze(recording, 3), None)["rows"][-1]
    assert lane["name"] == "Gaze"
    (cell,) = lane["cells"]
    assert "left:0.000%;width:49.664%" in cell
    assert "Gaze" not in [row["name"] for row in lanes_of(recording, None)["rows"]]
