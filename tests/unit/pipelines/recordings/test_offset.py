"""The offset between gaze and video, known because both are made here: a turning head, eyes that follow."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipelines.recordings.camera_motion import CameraMotion, camera_motion
from pipelines.recordings.gaze.gaze import Gaze
from pipelines.recordings.gaze.nudge import nudge
from pipelines.recordings.offset import estimate_offset, offset_of
from pipelines.recordings.recording import Recording, open_recording

EXAMPLES = Path(__file__).parents[4] / "examples"
WIDTH, HEIGHT, RATE_HZ, GAZE_HZ = 160, 120, 15, 100
LENGTH_S = 24
NOISE_PX = 0.3


def head_px(seed: int, times_s: np.ndarray) -> np.ndarray:
    """[N, 2] where the head points: turns of about a second, with pauses between them."""
    rng = np.random.default_rng(seed)
    knots_s = np.cumsum(rng.uniform(0.5, 1.5, 4 * LENGTH_S)) - 4
    places = rng.uniform(-30, 30, (len(knots_s), 2))
    return np.column_stack([np.interp(times_s, knots_s, axis) for axis in places.T])


def looking(seed: int, heads_px: np.ndarray, times_s: np.ndarray) -> Gaze:
    """Gaze that rests on places of the room for 0.2 to 0.6 s each, while the head turns."""
    rng = np.random.default_rng(seed + 1000)
    starts_s = np.cumsum(rng.uniform(0.2, 0.6, 8 * LENGTH_S))
    aims_px = rng.normal(0, 15, (len(starts_s) + 1, 2))
    fixation = np.searchsorted(starts_s, times_s)
    began = np.searchsorted(times_s, np.append(0, starts_s)[fixation]).clip(0, len(times_s) - 1)
    room_px = heads_px[began] + aims_px[fixation]
    points_px = room_px - heads_px + (WIDTH / 2, HEIGHT / 2) + rng.normal(0, NOISE_PX, (len(times_s), 2))
    return Gaze(source="made", times_s=times_s, points_px=points_px)


def make(seed: int) -> tuple[CameraMotion, Gaze]:
    """The motion of a camera, and the gaze that follows it."""
    frames_s, samples_s = np.arange(0, LENGTH_S, 1 / RATE_HZ), np.arange(0, LENGTH_S, 1 / GAZE_HZ)
    velocity = -np.diff(head_px(seed, frames_s), axis=0) * RATE_HZ
    motion = CameraMotion(frames_s[:-1], frames_s[1:], velocity)
    return motion, looking(seed, head_px(seed, samples_s), samples_s)


@pytest.mark.parametrize("offset_s", [-1.3, -0.4, 0.0, 0.06, 0.9])
def test_a_known_offset_is_found(offset_s):
    motion, gaze = make(seed=1)
    found = offset_of(nudge(gaze, -offset_s), motion)
    assert found.seconds == pytest.approx(offset_s, abs=0.03)
    assert found.uncertainty_s < 0.1
    assert found.p_value <= 0.01


def test_its_uncertainty_covers_the_error():
    errors = []
    for seed in range(10):
        motion, gaze = make(seed)
        found = offset_of(nudge(gaze, -0.2), motion)
        errors.append(abs(found.seconds - 0.2) - found.uncertainty_s)
    assert np.count_nonzero(np.array(errors) > 0) <= 1


def test_of_gaze_that_does_not_follow_the_picture_nothing_is_found():
    found = [offset_of(make(seed + 1)[1], make(seed)[0]) for seed in range(20)]
    assert sum(each.seconds is not None for each in found) <= 1
    assert "cannot be estimated: gaze does not follow the picture more than by chance" in found[0].sentence


def test_beyond_two_seconds_nothing_is_found():
    motion, gaze = make(seed=1)
    assert offset_of(nudge(gaze, -5.0), motion).seconds is None


def test_of_too_little_nothing_is_found():
    motion, gaze = make(seed=1)
    few = Gaze(source="few", times_s=gaze.times_s[:600], points_px=gaze.points_px[:600])
    assert "10 s are needed" in offset_of(few, motion).sentence
    still = replace(motion, velocity_px_s=np.zeros_like(motion.velocity_px_s))
    assert offset_of(gaze, still).seconds is None
    slow = CameraMotion(motion.starts_s[::5], motion.starts_s[::5] + 0.3, motion.velocity_px_s[::5])
    assert "too few frames a second" in offset_of(gaze, slow).sentence
    none = CameraMotion(np.empty(0), np.empty(0), np.empty((0, 2)))
    assert offset_of(gaze, none).seconds is None
    unseen = replace(gaze, points_px=np.full_like(gaze.points_px, np.nan))
    assert offset_of(unseen, motion).seconds is None
    cuts = replace(motion, velocity_px_s=np.full_like(motion.velocity_px_s, np.nan))
    assert offset_of(gaze, cuts).seconds is None


def write_pan(path: Path, heads_px: np.ndarray) -> Path:
    """A video of a textured room, seen by a head that points at [N, 2] px."""
    rng = np.random.default_rng(0)
    room = cv2.GaussianBlur(rng.integers(0, 256, (400, 500), np.uint8), (0, 0), 2)
    room = cv2.normalize(room, None, 0, 255, cv2.NORM_MINMAX)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, head in enumerate(heads_px):
            centre = (250 + float(head[0]), 200 + float(head[1]))
            grey = cv2.getRectSubPix(room, (WIDTH, HEIGHT), centre)
            frame = av.VideoFrame.from_ndarray(np.dstack([grey] * 3), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def panned(tmp_path_factory) -> Recording:
    """A recording whose gaze is on the clock of its video."""
    frames_s, samples_s = np.arange(0, LENGTH_S, 1 / RATE_HZ), np.arange(0, LENGTH_S, 1 / GAZE_HZ)
    path = write_pan(tmp_path_factory.mktemp("pan") / "pan.mp4", head_px(3, frames_s))
    return replace(open_recording(path), gaze=looking(3, head_px(3, samples_s), samples_s))


def test_the_motion_of_the_camera_is_measured(panned):
    motion = camera_motion(panned)
    expected = -np.diff(head_px(3, panned.frame_times_s), axis=0) * RATE_HZ
    assert motion.velocity_px_s.shape == expected.shape
    assert np.median(np.abs(motion.velocity_px_s - expected)) < 2  # 0.13 px of a step


def test_an_offset_is_found_in_a_video(panned):
    shifted = replace(panned, gaze=nudge(panned.gaze, -0.35))
    found = estimate_offset(shifted)
    assert found.seconds == pytest.approx(0.35, abs=0.04)
    assert found.sentence.startswith("Gaze should be shifted by +3")
    assert "agree in time" in estimate_offset(panned).sentence
    assert set(found.as_json()) >= {"seconds", "uncertainty_s", "method", "sentence"}


def test_without_gaze_there_is_no_offset(panned):
    with pytest.raises(ValueError, match="no gaze"):
        estimate_offset(replace(panned, gaze=None))


@pytest.mark.parametrize("name", ["collect-weigh-stir", "phone-measure-and-weigh", "rinse-and-develop"])
def test_in_rendered_scenes_whose_head_follows_the_eyes_there_is_no_bias(name):
    recording = open_recording(EXAMPLES / name / "scene.mp4", EXAMPLES / name)
    motion = camera_motion(recording)
    for offset_s in (0.0, -0.3):
        found = offset_of(nudge(recording.gaze, offset_s), motion)
        assert found.seconds == pytest.approx(-offset_s, abs=0.04)
        assert found.uncertainty_s < 0.15
    later = replace(recording.gaze, points_px=np.roll(recording.gaze.points_px, 4000, axis=0))
    assert offset_of(later, motion).seconds is None


def test_of_a_few_seconds_of_real_gaze_nothing_is_found(neon):
    found = estimate_offset(open_recording(neon / "scene_ps1.mp4", neon / "gaze.csv"))
    assert found.seconds is None
    assert "10 s are needed" in found.sentence
