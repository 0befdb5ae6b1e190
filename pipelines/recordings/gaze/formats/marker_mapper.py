"""Marker Mapper and Surface Tracker: gaze on a marked surface, which is refused in words."""

COLUMNS = ("gaze position on surface x [normalized]", "on_surf")  # of Pupil Cloud, of Pupil Player
REFUSAL = (
    "is gaze on a marked surface (Marker Mapper), which does not say where in the video it lies: choose the "
    "gaze.csv or gaze_positions.csv of the recording itself"
)


def matches(columns: frozenset[str]) -> bool:
    """Whether a header gives points on a surface."""
    return not columns.isdisjoint(COLUMNS)
