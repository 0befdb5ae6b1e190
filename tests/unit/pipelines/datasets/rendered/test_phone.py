"""A phone's recording: what is sampled at a time is what the scene was then, and where the eyes were."""

import csv

import av
import numpy as np
import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.benches.wearer import wearer_of
from pipelines.datasets.rendered.frames.frames import frames_at
from pipelines.datasets.rendered.output.phone import frame_times
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings, UnusableSettings
from pipelines.datasets.rendered.scenes.gaze import gaze_track
from pipelines.datasets.rendered.scenes.scene import build_scene
from pipelines.recordings.recording import cut_clips, open_recording

SEED = 5  # its 8 s have frames in poor light, a stall, and gaps of gaze
WIDE = {"rate_hz": 12.0, "width": 128, "height": 96, "workflow_s": 8.0, "clips": False}


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    manifest = render(
        Settings(labels="lab-actions", workflows=1, seed=SEED, camera="phone", gaze_format="table", **WIDE),
        out,
    )
    row = read_manifest(manifest)[0]
    return open_recording(out / row.video, out / row.gaze)


@pytest.fixture(scope="module")
def scene():
    return build_scene("lab-actions", SEED, 0, wearer_of(0, 1), 8.0)


def test_it_is_stored_lying_and_shown_standing(filmed):
    with av.open(str(filmed.path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (128, 96)
        assert stream.time_base.denominator == 90_000
    assert (filmed.width, filmed.height, filmed.rotation_deg) == (96, 128, 270)


def test_its_rate_varies(filmed):
    steps_s = np.diff(filmed.frame_times_s)
    assert steps_s.min() > 0.99 / 12
    assert steps_s.max() > 1.9 / 12
    assert filmed.duration_s == pytest.approx(8, abs=0.6)
    by_index = np.arange(filmed.frames) * filmed.duration_s / filmed.frames
    assert np.abs(by_index - filmed.frame_times_s).max() > 0.2  # counting frames would go wrong


def test_what_is_sampled_is_the_scene_at_that_time(filmed, scene):
    """Drawn once more, at the time of the frame on screen, without the file."""
    due_s = np.arange(32) / 4
    shown_s = np.array([filmed.frame_times_s[filmed.frame_times_s <= due + 0.0005][-1] for due in due_s])
    drawn = [frame.rgb for frame in frames_at(scene, shown_s, 96, 128, truth=False)]
    sampled = [frame for clip in cut_clips(filmed) for frame in clip.frames]
    assert len(sampled) == len(drawn) == 32
    apart = np.array([[np.abs(a.astype(int) - b).mean() for b in drawn] for a in sampled])
    assert np.diag(apart).max() < 9  # noise and compression
    assert (shown_s[apart.argmin(axis=1)] == shown_s).all()
    assert np.median(np.sort(apart, axis=1)[:, 1]) > 9  # other moments look otherwise


def test_gaze_is_where_the_scene_says_or_missing(filmed, scene):
    truth = gaze_track(scene, 96, 128)
    gaze_px = np.concatenate([clip.gaze_px for clip in cut_clips(filmed)])
    due_s = np.arange(32) / 4
    shown_s = np.array([filmed.frame_times_s[filmed.frame_times_s <= due + 0.0005][-1] for due in due_s])
    seen = np.isfinite(gaze_px).all(1)
    assert 0.4 < seen.mean() < 0.98
    nearest = truth.px[np.rint(shown_s * 200).astype(int).clip(max=len(truth.px) - 1)]
    close = np.abs(gaze_px[seen] - nearest[seen]).max(1) < 0.02
    assert close.mean() > 0.85  # beside a gap the nearest seen sample is up to 0.125 s away
    assert [gap for gap in filmed.gaze.gaps(filmed.duration_s) if gap[1] - gap[0] > 0.5]
    assert filmed.gaze.source == "table of t x y"


def test_the_labels_stay(filmed, scene):
    with filmed.path.with_name("labels.csv").open() as file:
        rows = [(float(r["start_s"]), float(r["end_s"]), r["label"]) for r in csv.DictReader(file)]
    assert rows == [(each.start_s, each.end_s, each.label) for each in scene.segments]


@pytest.mark.parametrize("seed", range(5))
def test_times_are_whole_ticks_in_order(seed):
    times_s = frame_times(60, 30, np.random.default_rng(seed))
    assert times_s[0] == 0
    assert (np.diff(times_s) > 0).all()
    assert times_s[-1] < 60
    np.testing.assert_allclose(times_s * 90_000, np.rint(times_s * 90_000), atol=1e-6)


@pytest.mark.parametrize("other", [{"clips": True}, {"signals": True}])
def test_what_needs_a_steady_rate_is_refused(tmp_path, other):
    with pytest.raises(UnusableSettings, match="no steady rate"):
        render(
            Settings(labels="lab-actions", workflows=1, seed=0, camera="phone", **WIDE | other),
            tmp_path / "new",
        )
    with pytest.raises(UnusableSettings, match="glasses or phone"):
        render(Settings(labels="lab-actions", workflows=1, seed=0, camera="drone", **WIDE), tmp_path / "new")
    assert not list(tmp_path.iterdir())
