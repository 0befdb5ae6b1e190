"""Tables that eye trackers write beside their gaze, or gaze that is not of the video: refused by name.

Each message says which file to choose instead.  Sources: docs.pupil-labs.com, "export formats" (Cloud and
Player); Project Aria, "MPS output: eye gaze"; the manuals of Tobii Pro Lab and SMI BeGaze.
"""

from dataclasses import dataclass, replace

IN_CLOUD = "choose the gaze.csv of the recording itself (Timeseries Data)"
IN_CORE = "choose gaze_positions.csv of the same export"
WORLD = (
    "has the times of the video's frames (world_timestamps.csv), not gaze: choose the gaze file beside it, "
    "which is read together with this one"
)
NOT_IN_VIDEO = "which does not say where in the video it lies"


@dataclass(frozen=True, kw_only=True)
class OtherTable:
    """A table that is not gaze in the video: it has all columns of one of the sets.

    exact    whether it has no columns but those
    refusal  what follows the file's name in the message, without the full stop
    """

    name: str
    columns: tuple[frozenset[str], ...]
    refusal: str
    exact: bool = False

    def matches(self, columns: frozenset[str]) -> bool:
        """Whether a header is one of this table."""
        return any(columns == each if self.exact else columns >= each for each in self.columns)


def _table(name: str, refusal: str, *columns: str) -> OtherTable:
    """columns: each a set of names, separated by commas."""
    sets = tuple(frozenset(each.split(", ")) for each in columns)
    return OtherTable(name=name, columns=sets, refusal=refusal)


# These have the columns of gaze, too, and come before the formats that are read.
LIKE_GAZE = (
    _table(
        "Project Aria",
        "is gaze of Project Aria as angles, and pixels of the video need the calibration of its camera: "
        "project it with projectaria_tools (get_gaze_vector_reprojection), and write a table t,x,y",
        "tracking_timestamp_us, pitch_rads_cpf",
        "tracking_timestamp_us, yaw_rads_cpf",
        "tracking_timestamp_us, left_yaw_rads_cpf",
    ),
    _table(
        "Marker Mapper",
        f"is gaze on a marked surface (Marker Mapper), {NOT_IN_VIDEO}: choose the gaze.csv or "
        "gaze_positions.csv of the recording itself",
        "gaze position on surface x [normalized]",
        "gaze detected on surface",
        "fixation detected on surface",
        "on_surf",
    ),
    _table(
        "Reference Image Mapper",
        f"is gaze on a reference image (Reference Image Mapper), {NOT_IN_VIDEO}: {IN_CLOUD}",
        "gaze position in reference image x [px]",
        "gaze detected in reference image",
        "fixation detected in reference image",
    ),
    _table(
        "Face Mapper",
        f"says when gaze was on a face (Face Mapper), {NOT_IN_VIDEO}: {IN_CLOUD}",
        "gaze on face",
        "fixation on face",
        "eye left x [px], eye right x [px]",
    ),
    _table(
        "screen",
        "is gaze on a screen, not in a scene camera's video: choose gaze of a recording made with glasses, "
        "or for a video of that screen write a table t,x,y in its pixels",
        "recordingtimestamp, gazepointx (adcspx)",  # Tobii Studio
        "recordingtimestamp, gazepointx (mcspx)",
        "recordingtimestamp, gazepointx",
        "left_gaze_point_on_display_area_x",  # Tobii Pro SDK
        "left_gaze_point_on_display_area",
        "fpogx, fpogy",  # Gazepoint
        "bpogx, bpogy",
    ),
    _table(
        "Pupil Core pupils",
        f"has the pupils in the eye cameras (pupil_positions.csv), not gaze: {IN_CORE}",
        "pupil_timestamp, eye_id",
        "norm_pos_x, diameter, confidence",
    ),
    _table(
        "Pupil Core fixations",
        f"has fixations, not every sample of gaze: {IN_CORE}",
        "start_timestamp, duration, norm_pos_x",
        "start_frame_index, end_frame_index, dispersion",
    ),
)
# These have no point, or none that a format would read, and come after those.
BESIDE_GAZE = (
    _table(
        "Pupil Cloud fixations",
        f"has fixations, not every sample of gaze: {IN_CLOUD}",
        "fixation id, start timestamp [ns]",
        "fixation x [px]",
    ),
    _table("Pupil Cloud saccades", f"has saccades, not gaze: {IN_CLOUD}", "saccade id, start timestamp [ns]"),
    _table("Pupil Cloud blinks", f"has blinks, not gaze: {IN_CLOUD}", "blink id, start timestamp [ns]"),
    _table(
        "Pupil Cloud eye states",
        f"has the states of the eyes (3d_eye_states.csv), not gaze in the video: {IN_CLOUD}",
        "timestamp [ns], pupil diameter left [mm]",
        "timestamp [ns], eyeball center left x [mm]",
        "timestamp [ns], eyelid aperture left [mm]",
    ),
    _table(
        "Pupil Cloud IMU",
        f"has the movement of the head (imu.csv), not gaze: {IN_CLOUD}",
        "timestamp [ns], gyro x [deg/s]",
        "timestamp [ns], acceleration x [g]",
        "timestamp [ns], roll [deg]",
    ),
    _table(
        "events",
        f"has events, not gaze: {IN_CLOUD}",
        "timestamp [ns], name, type",
        "timestamp [ns], name, recording id",
    ),
    _table("Pupil Core world timestamps", WORLD, "timestamps [seconds]"),
    replace(
        _table(
            "Pupil Cloud world timestamps",
            WORLD,
            "timestamp [ns]",
            "recording id, timestamp [ns]",
            "section id, recording id, timestamp [ns]",
        ),
        exact=True,
    ),
    _table("sections", f"lists sections of recordings, not gaze: {IN_CLOUD}", "section id, recording name"),
    _table(
        "Pupil Core blinks",
        f"has blinks, not gaze: {IN_CORE}",
        "start_timestamp, end_timestamp, duration",
        "filter_response",
    ),
    _table(
        "Pupil Core annotations", f"has annotations, not gaze: {IN_CORE}", "timestamp, label, duration, index"
    ),
    _table(
        "Pupil Core head pose",
        f"has poses of the head, not gaze: {IN_CORE}",
        "timestamp, rotation_x, translation_x",
    ),
    _table("Pupil Core information", f"has information on a recording, not gaze: {IN_CORE}", "key, value"),
    _table(
        "SMI events",
        "has events of SMI BeGaze, not every sample of gaze: export the raw data with Point of Regard",
        "event start trial time [ms], event end trial time [ms]",
        "fixation position x [px]",
        "event type, trial, number, start, end",
    ),
    _table(
        "labels",
        "has labels, not gaze: choose it as the true labels, and for gaze the export of the eye tracker",
        "start_s, end_s, label",
        "start_s, end_s, activity",
        "behavior, behavior type",
        "start_timestamp, stop_timestamp, narration",
    ),
)
