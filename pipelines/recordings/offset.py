"""The offset between the clocks of gaze and video, from how gaze follows the picture when the head turns.

While the eyes rest on something, they turn against the head (vestibulo-ocular reflex): in the picture of a
camera on the head, gaze then moves with the content.  So the slow part of the velocity of gaze correlates
with the velocity of the content, most at the offset of the clocks.
"""

from dataclasses import asdict, astuple, dataclass

import numpy as np

from pipelines.recordings.camera_motion import CameraMotion, camera_motion
from pipelines.recordings.gaze.gaze import Gaze
from pipelines.recordings.recording import Recording

MAX_LAG_S = 2.0
GRID_S = 0.02
BLOCK_S = 2.0  # longer than a head turn and a fixation, so that blocks are nearly independent
MIN_SHARED_S = 10.0  # of gaze and motion: fewer blocks can be permuted too rarely to tell chance
MIN_MOTION_HZ = 8.0
MAX_SPREAD_S = 0.25  # half of the 95 % interval; a wider one is of no use for clips sampled every 0.25 s
SURROGATES, RESAMPLINGS = 999, 499
MAX_P = 0.01
FASTEST = 0.99  # of the speeds of the picture: eyes that follow it are hardly faster, saccades are
SLACK = 1.5  # times that speed
# Saccades are found over a time that does not blur them.  The head follows them, so that what is left of one
# in a frame pair would make gaze seem early.
SACCADE_STEP_S, SACCADE_SPEED, SACCADE_MARGIN_S = 0.02, 5.0, 0.02  # speed in medians of gaze's own
USUAL = 0.95  # of the velocities; faster ones count as this, so that no single one decides
METHOD = (
    "Shift of the whole picture by phase correlation at up to 15 Hz against the velocity of gaze between "
    "saccades, over lags of ±2 s; significance by 999 permutations of blocks of 2 s with random signs; "
    "uncertainty as half of the 95 % interval of 499 bootstraps of these blocks plus half of the time "
    "between two pictures; first 2 min of the video."
)


@dataclass(frozen=True, kw_only=True)
class OffsetEstimate:
    """By how many seconds gaze must be shifted to fit the video, positive is later; None if nothing says so.

    uncertainty_s  half of the 95 % interval, and half of the time between frames that were compared
    correlation    of the velocities at the best lag, whether it is significant or not
    p_value        how often chance gives as high a correlation at any lag
    reason         why there is no estimate; empty if there is one
    method         how it was made, in words
    """

    seconds: float | None = None
    uncertainty_s: float | None = None
    correlation: float | None = None
    p_value: float | None = None
    reason: str = ""
    method: str = METHOD

    @property
    def sentence(self) -> str:
        """The estimate in words."""
        if self.seconds is None:
            return f"The offset between gaze and video cannot be estimated: {self.reason}."
        found = f"{self.seconds * 1000:+.0f} ± {self.uncertainty_s * 1000:.0f} ms"
        if abs(self.seconds) <= self.uncertainty_s:
            return f"Gaze and video agree in time ({found})."
        return f"Gaze should be shifted by {found} to fit the video."

    def as_json(self) -> dict:
        """Its fields and sentence."""
        return {**asdict(self), "sentence": self.sentence}


@dataclass(frozen=True, eq=False)
class _Lagged:
    """Velocity of gaze [axes, lags, M] and of the content [axes, M], per frame pair; 0 where not known."""

    gaze: np.ndarray
    content: np.ndarray


def estimate_offset(recording: Recording) -> OffsetEstimate:
    """Estimate the offset of a recording's gaze.  Raises UnreadableRecording; ValueError without gaze."""
    if recording.gaze is None:
        raise ValueError(f"{recording.name} has no gaze")
    return offset_of(recording.gaze, camera_motion(recording))


def offset_of(gaze: Gaze, motion: CameraMotion) -> OffsetEstimate:
    """Estimate the offset of gaze to a camera whose motion is known."""
    steps_s = motion.ends_s - motion.starts_s
    if len(steps_s) == 0 or np.median(steps_s) > 1 / MIN_MOTION_HZ:
        return OffsetEstimate(reason="the video has too few frames a second to see the head turn")
    step_s = float(np.median(steps_s))
    lags_s = GRID_S * np.arange(-round(MAX_LAG_S / GRID_S), round(MAX_LAG_S / GRID_S) + 1)
    a_block = round(BLOCK_S / step_s)
    blocks = len(steps_s) // a_block
    motion = CameraMotion(*(each[: blocks * a_block] for each in astuple(motion)))
    content = motion.velocity_px_s.T  # [2, M]
    if (shared_s := _known_s(content, step_s)) >= MIN_SHARED_S:
        moved = _gaze_velocity(gaze, motion, lags_s, _fastest(content))
        shared_s = _known_s(moved[:, len(lags_s) // 2], step_s)
    if shared_s < MIN_SHARED_S:
        return OffsetEstimate(
            reason=f"only {shared_s:.0f} s have a picture with one motion and gaze between saccades, and "
            f"{MIN_SHARED_S:.0f} s are needed"
        )
    lagged = _Lagged(_standardise(moved), _standardise(content))
    return _estimate(lagged, lags_s, blocks, step_s)


def _estimate(lagged: _Lagged, lags_s: np.ndarray, blocks: int, step_s: float) -> OffsetEstimate:
    """The lag [lags] of the highest correlation, unless it is by chance; M makes so many blocks."""
    correlation = _correlate(lagged, lagged.content[:, :, None])[:, 0]
    best = int(np.argmax(correlation))
    p_value = _p_value(lagged, blocks, correlation[best])
    tested = {"correlation": float(correlation[best]), "p_value": p_value}
    if p_value > MAX_P:
        reason = f"gaze does not follow the picture more than by chance (p = {p_value:.2g})"
        return OffsetEstimate(reason=reason, **tested)
    if best in (0, len(lags_s) - 1):
        return OffsetEstimate(reason=f"it may be more than {MAX_LAG_S:.0f} s", **tested)
    low, high = np.quantile(_bootstrap(lagged, blocks), (0.025, 0.975)) * GRID_S
    spread_s = float(high - low + step_s) / 2
    if spread_s > MAX_SPREAD_S:
        return OffsetEstimate(reason=f"its uncertainty is {spread_s:.1f} s", **tested)
    seconds = float(lags_s[0] + _peak(correlation) * GRID_S)
    return OffsetEstimate(seconds=seconds, uncertainty_s=spread_s, **tested)


def _known_s(velocity: np.ndarray, step_s: float) -> float:
    """Seconds in which a velocity [2, M], one every step_s, is known."""
    return step_s * np.count_nonzero(np.isfinite(velocity).all(axis=0))


def _fastest(content: np.ndarray) -> float:
    """The speed, px/s, up to which gaze may follow the content; what is faster is a saccade."""
    return SLACK * float(np.nanquantile(np.hypot(*content), FASTEST))


def _gaze_velocity(gaze: Gaze, motion: CameraMotion, lags_s: np.ndarray, fastest_px_s: float) -> np.ndarray:
    """[2, lags, M] velocity of gaze, so much later, over each frame pair; NaN in saccades and gaps."""
    distinct = np.append(True, np.diff(gaze.times_s) > 0)
    times_s, points_px = gaze.times_s[distinct], gaze.points_px[distinct]
    starts_s, ends_s = (each - lags_s[:, None] for each in (motion.starts_s, motion.ends_s))  # [lags, M]
    moved_px = [np.interp(ends_s, times_s, x) - np.interp(starts_s, times_s, x) for x in points_px.T]
    steps_s = motion.ends_s - motion.starts_s
    velocity = np.stack(moved_px) / steps_s
    outside = (starts_s < times_s[0]) | (ends_s > times_s[-1])
    gaps_s = np.diff(times_s, prepend=-np.inf, append=np.inf)
    apart_s = gaps_s[np.searchsorted(times_s, (starts_s + ends_s) / 2)]
    jumps = (np.hypot(*velocity) > fastest_px_s) | _has_saccade(times_s, points_px, starts_s, ends_s)
    velocity[:, outside | jumps | (apart_s > 2 * steps_s)] = np.nan
    return velocity


def _has_saccade(
    times_s: np.ndarray, points_px: np.ndarray, starts_s: np.ndarray, ends_s: np.ndarray
) -> np.ndarray:
    """[lags, M] bool, whether gaze [N, 2] at times [N] jumps between two times [lags, M] or near them."""
    if len(times_s) < 2:
        return np.zeros(starts_s.shape, bool)
    step_s = max(SACCADE_STEP_S, float(np.median(np.diff(times_s))))
    clock_s = np.arange(times_s[0], times_s[-1] + step_s, step_s / 2)
    places_px = np.stack([np.interp(clock_s, times_s, axis) for axis in points_px.T])
    speed = np.hypot(*(places_px[:, 2:] - places_px[:, :-2])) / step_s
    if not np.isfinite(speed).any():
        return np.zeros(starts_s.shape, bool)
    middles_s = clock_s[1:-1][speed > SACCADE_SPEED * np.nanmedian(speed)]
    first, last = starts_s - SACCADE_MARGIN_S, ends_s + SACCADE_MARGIN_S
    return np.searchsorted(middles_s, first) < np.searchsorted(middles_s, last, side="right")


def _standardise(velocity: np.ndarray) -> np.ndarray:
    """Velocity [2, …, M] around its median, outliers bounded, 0 where it is not known."""
    axes = tuple(range(1, velocity.ndim))
    velocity = velocity - np.nanmedian(velocity, axis=axes, keepdims=True)
    most = np.nanquantile(np.abs(velocity), USUAL, axis=axes, keepdims=True)
    return np.nan_to_num(velocity.clip(-most, most))


def _correlate(lagged: _Lagged, content: np.ndarray) -> np.ndarray:
    """[lags, K] correlation of gaze at each lag with the content [2, M, K], over both axes."""
    pairs = list(zip(lagged.gaze, content, strict=True))
    product = sum(gaze @ each for gaze, each in pairs)
    gaze_power = sum(gaze**2 @ (each != 0) for gaze, each in pairs)
    content_power = sum((gaze != 0) @ each**2 for gaze, each in pairs)
    return product / np.sqrt(np.maximum(gaze_power * content_power, np.finfo(float).tiny))


def _p_value(lagged: _Lagged, blocks: int, highest: float) -> float:
    """How often a picture with its blocks permuted and signs flipped correlates as highly, at any lag."""
    rng = np.random.default_rng(0)
    pieces = lagged.content.reshape(2, blocks, -1)
    order = np.stack([rng.permutation(blocks) for _ in range(SURROGATES)])  # [S, B]
    signs = rng.choice((-1.0, 1.0), (2, SURROGATES, blocks, 1))
    surrogates = (pieces[:, order] * signs).reshape(2, SURROGATES, -1).transpose(0, 2, 1)
    chance = _correlate(lagged, surrogates).max(axis=0)
    return float((1 + np.count_nonzero(chance >= highest)) / (1 + SURROGATES))


def _bootstrap(lagged: _Lagged, blocks: int) -> np.ndarray:
    """[R] the best lag of resampled blocks, in steps."""
    gaze, content = lagged.gaze, lagged.content[:, None]

    def by_block(values: np.ndarray) -> np.ndarray:
        return values.reshape(2, values.shape[1], blocks, -1).sum(axis=(0, 3))  # [lags, B]

    rng = np.random.default_rng(0)
    weights = rng.multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLINGS).T  # [B, R]
    product = by_block(content * gaze) @ weights
    content_power, gaze_power = (
        by_block(each) @ weights for each in ((gaze != 0) * content**2, gaze**2 * (content != 0))
    )
    correlation = product / np.sqrt(np.maximum(content_power * gaze_power, np.finfo(float).tiny))
    return np.array([_peak(each) for each in correlation.T])


def _peak(correlation: np.ndarray) -> float:
    """The place of the highest value [lags], between steps by a parabola."""
    best = int(np.argmax(correlation))
    if best in (0, len(correlation) - 1):
        return float(best)
    before, at, after = correlation[best - 1 : best + 2]
    bend = before - 2 * at + after
    return best + (0.5 * (before - after) / bend if bend else 0.0)
