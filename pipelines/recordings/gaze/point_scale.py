"""Whether the points of a table are pixels or fractions, by where the middle 90 % of them lies."""

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import UnreadableGaze

MIN_POINTS = 10  # fewer are no evidence
MANY = 100
MIDDLE = (0.05, 0.95)
FRACTIONS = (-0.5, 1.5)  # looking past the edge is normal
TINY = 3.0  # pixels within which nobody looks all the time
PAST = 0.25  # of the frame: gaze of this video hardly goes further
CORNER = 0.05  # of the frame
PERCENT_SPAN = 50.0
MOST_OFF, MOST_NEGATIVE = 0.5, 0.3  # of the points
PIXEL_REMEDY = "give points in pixels of this video from its top left corner, or in fractions of it"


def lost_rows(points: np.ndarray) -> np.ndarray:
    """[N] bool, which points [N, 2] stand for none: NaN, exactly 0,0, or one negative whole number twice."""
    x, y = points.T
    with np.errstate(invalid="ignore"):
        return ~np.isfinite(points).all(axis=1) | ((x == y) & (x <= 0) & (x == np.round(x)))


def choose_scale(
    points: np.ndarray, unit: str | None, video: Video | None, name: str
) -> tuple[bool, tuple[str, ...]]:
    """Whether points [N, 2], NaN where not seen, are fractions of the frame; and a note unless unit says so.

    unit is what the columns' names say.  Raises UnreadableGaze for points that are neither.
    """
    seen = points[np.isfinite(points).all(axis=1)]
    if len(seen) < MIN_POINTS:
        fractions = len(seen) > 0 and bool((seen >= 0).all() and (seen <= 1).all())
        normalised = unit == "fractions" or (unit is None and fractions)
        return normalised, () if unit or not normalised else (_note(normalised),)
    middle = np.quantile(seen, MIDDLE, axis=0)  # [2, 2], low and high of x and y
    fractions = bool((middle[0] >= FRACTIONS[0]).all() and (middle[1] <= FRACTIONS[1]).all())
    where = "the middle 90 % of its points lies from {:.4g}, {:.4g} to {:.4g}, {:.4g}".format(*middle.ravel())
    if unit and (unit == "fractions") != fractions:
        raise UnreadableGaze(
            f"“{name}” names its points {unit}, but {where}: correct the column's name or its values."
        )
    if fractions:
        _check_fractions(seen, where, name)
    elif np.abs(middle).max() <= TINY:
        raise UnreadableGaze(f"In “{name}” {where}, which are neither pixels nor fractions: {PIXEL_REMEDY}.")
    elif video is not None:
        _check_pixels(seen, middle, video, (where, name, unit))
    notes = () if unit else (_note(fractions),)
    if (
        video
        and not fractions
        and len(seen) >= MANY
        and (seen < np.array((video.width, video.height)) / 2).all()
    ):
        notes += (
            "All points lie in the top left quarter of the frame: check that they are not of a smaller one.",
        )
    return fractions, notes


def _note(normalised: bool) -> str:
    if normalised:
        return "Points were read as fractions of the frame from its top left, by where the middle 90 % lies."
    return "Points were read as pixels from the top left of the frame, by where the middle 90 % lies."


def _check_fractions(seen: np.ndarray, where: str, name: str) -> None:
    off = float(((seen < 0) | (seen > 1)).any(axis=1).mean())
    if off > MOST_OFF or (seen < 0).mean(axis=0).max() > MOST_NEGATIVE:
        raise UnreadableGaze(
            f"In “{name}” {where}, and as fractions of the frame from its top left {off:.0%} of them are off "
            f"it (does it count from the middle?): {PIXEL_REMEDY}."
        )
    _check_corner(np.quantile(seen, MIDDLE, axis=0), where, name)


def _check_pixels(
    seen: np.ndarray, middle: np.ndarray, video: Video, of: tuple[str, str, str | None]
) -> None:
    where, name, unit = of
    size = np.array((video.width, video.height), float)
    off = float(((seen < 0) | (seen > size)).any(axis=1).mean())
    if off > MOST_OFF or (middle[0] < -PAST * size).any() or (middle[1] > (1 + PAST) * size).any():
        raise UnreadableGaze(
            f"In “{name}” {where}, and the video has {video.width}×{video.height} pixels: choose the gaze of "
            "this video (is it of a larger one?), or give points in fractions of the frame."
        )
    _check_corner(middle / size, where, name)
    percent = (seen >= 0).mean() > 0.9 and (seen <= 100).mean() > 0.9 and size.min() >= 200
    if percent and unit is None and (middle[1] - middle[0] >= PERCENT_SPAN).all():
        raise UnreadableGaze(
            f"In “{name}” {where}, which may be pixels or percent: put the unit into the columns' names, as "
            "in x [px] or x [%]."
        )


def _check_corner(middle: np.ndarray, where: str, name: str) -> None:
    """Refuse points that all lie in one corner of the frame.  middle: low and high, in fractions."""
    if ((middle[1] <= CORNER) | (middle[0] >= 1 - CORNER)).all():
        raise UnreadableGaze(f"In “{name}” {where}, all in one corner of the frame: {PIXEL_REMEDY}.")
