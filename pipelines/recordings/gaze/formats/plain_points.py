"""The points of a plain table: which were seen, of which eye, and at which scale."""

from dataclasses import dataclass

import numpy as np

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.column_names import PointColumns
from pipelines.recordings.gaze.formats.samples import mark_unseen
from pipelines.recordings.gaze.formats.texts import Text
from pipelines.recordings.gaze.point_scale import choose_scale, lost_rows
from pipelines.recordings.gaze.validity import SeenColumn, unseen_rows

Columns = dict[str, np.ndarray | Text]
LOST = "without a point (exactly 0,0, or one negative number for both)"


@dataclass(frozen=True, eq=False)
class EyePoints:
    """The points [N, 2] of one eye, or of both if eye is nothing; lost [N] bool are the rows without one."""

    eye: str
    points: np.ndarray
    lost: np.ndarray


def read_points(
    columns: Columns, points_of: list[PointColumns], seen_of: list[SeenColumn], of: tuple[str, Video | None]
) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    """[N, 2] points from the top left, NaN where not seen, whether they are fractions, and notes.

    of is the table's name and the video.  Raises UnreadableGaze for values that are ambiguous.
    """
    name, video = of
    eyes, notes = [], ()
    for each in points_of:
        points = np.column_stack((columns[each.x], columns[each.y]))
        lost = lost_rows(points)
        notes += mark_unseen(points, lost, LOST)
        eyes.append(EyePoints(each.eye, points, lost))
    notes += _leave_out_unseen(columns, eyes, seen_of, name)
    points, merged = _merge(eyes)
    unit = points_of[0].unit
    if unit == "percent":
        points, unit = points / 100, "fractions"
    normalised, scaled = choose_scale(points, unit, video, name)
    if points_of[0].bottom and (normalised or video):
        points = np.column_stack((points[:, 0], (1 if normalised else video.height) - points[:, 1]))
        scaled += (f"By its name “{points_of[0].y}” counts from the bottom of the frame.",)
    return points, normalised, (*notes, *merged, *scaled)


def _leave_out_unseen(
    columns: Columns, eyes: list[EyePoints], seen_of: list[SeenColumn], name: str
) -> tuple[str, ...]:
    """Set points to NaN in place where a column says that they, or both eyes, were not seen; notes on it."""
    notes, one_eye = (), {"left": [], "right": []}
    for column in seen_of:
        of_column = [each for each in eyes if column.eye in ("", each.eye)]
        lost = np.logical_and.reduce([each.lost for each in of_column or eyes])
        unseen, reading = unseen_rows(column, columns[column.name], lost, name)
        if not of_column:
            one_eye[column.eye].append((unseen, reading))
        for each in of_column:
            notes += mark_unseen(each.points, unseen, f"({reading})")
    found = [each for each in one_eye.values() if each]
    if found:
        neither = np.logical_and.reduce([np.logical_or.reduce([rows for rows, _ in each]) for each in found])
        readings = ", ".join(dict.fromkeys(reading for each in found for _, reading in each if reading))
        for each in eyes:
            notes += mark_unseen(each.points, neither, f"({readings})")
    return notes


def _merge(eyes: list[EyePoints]) -> tuple[np.ndarray, tuple[str, ...]]:
    """One point of two eyes: their mean, or that of the eye that was seen."""
    if len(eyes) == 1:
        return eyes[0].points, (f"Only points of the {eyes[0].eye} eye were found.",) if eyes[0].eye else ()
    both = np.stack([each.points for each in eyes])
    seen = np.isfinite(both).all(axis=2, keepdims=True)
    total, number = np.where(seen, both, 0).sum(axis=0), seen.sum(axis=0)
    mean = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return mean, ("Points are the mean of both eyes, or those of the one that was seen.",)
