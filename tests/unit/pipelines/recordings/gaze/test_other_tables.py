"""Tables that lie beside gaze, or are gaze of something else: each is refused by name, with the way out."""

import pytest

from tests.support.cases import case
from tests.support.gaze_files import read, refused_gaze, write_table
from tests.support.sentences import write_file

ARIA = "tracking_timestamp_us,left_yaw_rads_cpf,right_yaw_rads_cpf,pitch_rads_cpf,depth_m"
OLD_ARIA = "tracking_timestamp_us,yaw_rads_cpf,pitch_rads_cpf,depth_m,yaw_low_rads_cpf,pitch_low_rads_cpf"
IMAGE = "gaze position in reference image x [px],gaze position in reference image y [px]"
SURFACE = "gaze position on surface x [normalized],gaze position on surface y [normalized]"
CLOUD_SPAN = "section id,recording id,{} id,start timestamp [ns],end timestamp [ns],duration [ms]"
CORE_SPAN = "id,start_timestamp,duration,{}start_frame_index,end_frame_index,confidence"
TABLES = {  # the header, and words of the refusal
    "aria": (ARIA, "Project Aria", "angles", "calibration", "projectaria_tools", "t,x,y"),
    "aria of before": (OLD_ARIA, "Project Aria", "projectaria_tools"),
    "aria personalized": (ARIA + ",session_uid,tx_left_eye_cpf", "Project Aria"),
    "reference image": (
        f"section id,recording id,timestamp [ns],gaze detected in reference image,{IMAGE},fixation id",
        "Reference Image Mapper",
        "where in the video",
        "gaze.csv of the recording itself",
    ),
    "reference image fixations": (
        CLOUD_SPAN.format("fixation") + ",fixation detected in reference image",
        "Reference Image Mapper",
    ),
    "marker": (
        f"section id,recording id,timestamp [ns],gaze detected on surface,{SURFACE}",
        "Marker Mapper",
        "of the recording itself",
    ),
    "surface": (
        "world_timestamp,world_index,gaze_timestamp,x_norm,y_norm,x_scaled,y_scaled,on_surf,confidence",
        "Marker Mapper",
        "gaze_positions.csv",
    ),
    "face": ("section id,recording id,timestamp [ns],gaze on face", "Face Mapper", "of the recording itself"),
    "cloud fixations": (
        CLOUD_SPAN.format("fixation") + ",fixation x [px],fixation y [px],azimuth [deg],elevation [deg]",
        "fixations",
        "gaze.csv",
    ),
    "cloud saccades": (CLOUD_SPAN.format("saccade") + ",amplitude [px]", "saccades", "gaze.csv"),
    "cloud blinks": (CLOUD_SPAN.format("blink"), "blinks", "gaze.csv"),
    "cloud eye states": (
        "section id,recording id,timestamp [ns],pupil diameter left [mm],pupil diameter right [mm]",
        "3d_eye_states.csv",
        "gaze.csv",
    ),
    "cloud imu": (
        "section id,recording id,timestamp [ns],gyro x [deg/s],gyro y [deg/s],acceleration x [g]",
        "imu.csv",
        "gaze.csv",
    ),
    "cloud world": ("section id,recording id,timestamp [ns]", "times of the video's frames", "beside it"),
    "cloud events": ("recording id,timestamp [ns],name,type", "events", "gaze.csv"),
    "core world": ("# timestamps [seconds],pts", "times of the video's frames", "beside it"),
    "core pupils": (
        "pupil_timestamp,world_index,eye_id,confidence,norm_pos_x,norm_pos_y,diameter,method",
        "pupil_positions.csv",
        "choose gaze_positions.csv",
    ),
    "core pupils of before": (
        "timestamp,index,id,confidence,norm_pos_x,norm_pos_y,diameter,method,ellipse_center_x",
        "pupil_positions.csv",
    ),
    "core fixations": (
        CORE_SPAN.format("norm_pos_x,norm_pos_y,dispersion,"),
        "fixations",
        "gaze_positions.csv",
    ),
    "core blinks": (
        "id,start_timestamp,duration,end_timestamp,filter_response",
        "blinks",
        "gaze_positions.csv",
    ),
    "core annotations": ("index,timestamp,label,duration", "annotations", "gaze_positions.csv"),
    "core information": ("key,value", "information", "gaze_positions.csv"),
    "smi events": (
        "Event Type,Trial,Number,Start,End,Duration,Location X",
        "events of SMI BeGaze",
        "raw data",
    ),
    "tobii studio": ("RecordingTimestamp,GazePointX (ADCSpx),GazePointY (ADCSpx)", "on a screen", "t,x,y"),
    "gazepoint": ("MEDIA_ID,TIME(2024/01/01),FPOGX,FPOGY,FPOGV", "on a screen", "t,x,y"),
    "labels": ("start_s,end_s,label", "labels", "true labels"),
}


@pytest.mark.parametrize(("header", "words"), [(each[0], each[1:]) for each in TABLES.values()], ids=TABLES)
def test_a_table_beside_gaze_is_refused_by_name(tmp_path, header, words):
    row = ",".join("1" for _ in header.split(","))
    for name, separator in (("gaze.csv", ","), ("table.tsv", "\t")):
        text = f"{header}\n{row}\n{row}\n".replace(",", separator)
        refused_gaze(write_file(tmp_path / name, text), *words)


def test_columns_that_a_user_added_to_gaze_do_not_matter(tmp_path):
    header = "timestamp [ns],gaze x [px],gaze y [px],pupil diameter left [mm],gyro x [deg/s],name,type"
    path = write_table(tmp_path, header, [f"{10**18 + n * 10**7},5,5,3,0,a,b" for n in range(400)])
    assert read(path).source.startswith("Pupil Cloud")


def test_an_unknown_table_shows_its_columns_readably(tmp_path):
    path = write_file(tmp_path / "gaze.csv", "a\tb b\tc  c\td\te\n1\t2\t3\t4\t5\n")
    refused_gaze(
        path, "the columns a, b b, c c, d, …", "Pupil Cloud", "Tobii", "SMI BeGaze", "t (seconds of video)"
    )
    wide = write_file(tmp_path / "wide.csv", ",".join("column " * 30 for _ in range(90)) + "\n")
    refused_gaze(wide, "column column column col, column")


def test_a_table_without_names_of_columns(tmp_path):
    path = write_file(tmp_path / "gaze.csv", "1743427989279.0,437.5,241.4\n1743427989312.0,437.9,241.7\n")
    refused_gaze(path, "no line of column names", "t,x,y above")


def test_the_cases():
    aria = case("hdepic9_aria/general_eye_gaze.csv")
    refused_gaze(aria, "angles", "projectaria_tools")
    image = case("cloud_reference_image_mapper/gaze.csv")
    refused_gaze(image, "where in the video it lies: choose the gaze.csv of the recording itself")
