"""Exports of BORIS, ELAN, EPIC-KITCHENS and Pupil in their variants; each says Add 0-8 s, Stir 8-20 s."""

import pytest

from pipelines.recordings.annotations.entries import UnreadableLabels
from tests.support.label_files import ADD_THEN_STIR, read_file, spans, video_of


def read(tmp_path, content: str, name: str = "labels.csv", **settings):
    path = tmp_path / name
    path.write_bytes(content.encode())
    return read_file(path, **settings)


BORIS_8 = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,Time offset "
    "(s),Media duration (s),FPS (frame/s),Subject,Behavior,Behavioral category,Behavior type,"
)
ROW_8 = "obs,2024-01-01,,20.0,Media file(s),#1:/data/base.mp4,0.0,20.000,10.0,No focal subject,"
FULL = {
    "BORIS 8, aggregated": f"{BORIS_8}Start (s),Stop (s),Duration (s),Media file name,Comment start\n"
    f"{ROW_8}Add,,STATE,0.000,8.000,8.0,/data/base.mp4,\n{ROW_8}Stir,,STATE,8.000,20.000,12.0,/data/base.mp4,\n",
    "BORIS 8, tabular": f"{BORIS_8}Time,Media file name,Comment\n"
    + "".join(
        f"{ROW_8}{name},,{kind},{time},/data/base.mp4,\n"
        for name, kind, time in (
            ("Add", "START", "0.000"),
            ("Add", "STOP", "8.000"),
            ("Stir", "START", "8.000"),
            ("Stir", "STOP", "20.000"),
        )
    ),
    "BORIS, semicolons and clock times": "Observation id;Media file;Behavior;Behavior type;Start (s);Stop "
    "(s)\n"
    "o;base.mp4;Add;STATE;00:00:00.000;00:00:08.000\no;base.mp4;Stir;STATE;00:00:08.000;00:00:20.000\n",
    "ELAN, all notations, a column a tier": "Begin Time - hh:mm:ss.ms\tBegin Time - ss.msec\tBegin Time - "
    "msec\tEnd Time - hh:mm:ss.ms\tEnd Time - ss.msec\tEnd Time - msec\tactivity\n"
    "00:00:00.000\t0.0\t0\t00:00:08.000\t8.0\t8000\tAdd\n00:00:08.000\t8.0\t8000\t00:00:20.000\t20.0\t20000\tStir\n",
    "ELAN, milliseconds, tiers as rows": "Tier\tParticipant\tBegin Time - msec\tEnd Time - msec\tAnnotation\n"
    "a\t\t0\t8000\tAdd\na\t\t8000\t20000\tStir\n",
    "ELAN, hh:mm:ss.ms and durations": "Begin Time - hh:mm:ss.ms\tDuration - hh:mm:ss.ms\ta\n"
    "00:00:00.000\t00:00:08.000\tAdd\n00:00:08.000\t00:00:12.000\tStir\n",
    "ELAN in French": "Temps de départ - ss.msec\tTemps de fin - ss.msec\tacte\n0\t8\tAdd\n8.0\t20.0\tStir\n",
    "ELAN, the path of the file first": '"#file:///C:/base.eaf"\n'
    "Begin Time - ss.msec\tEnd Time - ss.msec\ta\n"
    "0.0\t8.0\tAdd\n8.0\t20.0\tStir\n",
    "ELAN without a header": "activity\t\t00:00:00.000\t0.0\t00:00:08.000\t8.0\t00:00:08.000\t8.0\tAdd\n"
    "activity\t\t00:00:08.000\t8.0\t00:00:20.000\t20.0\t00:00:12.000\t12.0\tStir\n",
    "ELAN without a header, milliseconds": "a\t\t0\t8000\t8000\tAdd\na\t\t8000\t20000\t12000\tStir\n",
    "Audacity": "0.000000\t8.000000\tAdd\n8.000000\t20.000000\tStir\n",
    "EPIC, the verb counts": "narration_id,video_id,start_timestamp,stop_timestamp,narration,verb,noun\n"
    "a,base,00:00:00.00,00:00:08.00,pour water,add,water\nb,base,00:00:08.00,00:00:20.00,mix it,stir,water\n"
    "c,P02,00:00:00.00,00:10:00.00,wash,wash,cup\n",
    "Pupil Cloud, beginnings and ends": "recording id,timestamp [ns],name,type\n"
    "r,1000000000000000000,recording.begin,recording\nr,1000000000000000000,Add.begin,user\n"
    "r,1000000008000000000,Add.end,user\nr,1000000008000000000,Stir.begin,user\n"
    "r,1000000020000000000,Stir.end,user\nr,1000000020000000000,recording.end,recording\n",
    "Pupil Cloud, without an end": "recording id,timestamp [ns],name,type\n"
    "r,1000000000000000000,recording.begin,recording\nr,1000000000000000000,Add,user\n"
    "r,1000000008000000000,Stir,user\n",
    "Pupil Player, moments": "index,timestamp,label,duration,added_in_capture\n"
    "0,712.5,Add,0.0,True\n80,720.5,Stir,0.0,True\n",
    "Pupil Player, a trial column": "index;timestamp;label;duration;trial\n"
    "0;712,5;Add;8,0;1\n80;720,5;Stir;12,0;1\n",
}


@pytest.mark.parametrize("content", FULL.values(), ids=FULL)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_read(tmp_path, content, mark):
    truth = read(tmp_path, mark + content)
    assert spans(truth) == ADD_THEN_STIR
    assert truth.notes


def test_points_and_halves_of_boris_are_left_out_with_a_note(tmp_path):
    tabular = (
        "Time,Media file path,Subject,Behavior,Status\n0,base.mp4,a,Add,START\n3,base.mp4,a,Beep,POINT\n"
    )
    tabular += "8,base.mp4,a,Add,STOP\n9,base.mp4,a,Stir,START\n"
    truth = read(tmp_path, tabular)
    assert spans(truth) == [("Add", 0, 8)]
    assert "1 point event without a length is left out." in truth.notes
    assert "1 START or STOP without its other half is left out." in truth.notes
    aggregated = "Behavior,Behavior type,Start (s),Stop (s)\nAdd,STATE,0,8\nBeep,POINT,3,3\n"
    assert "1 point event without a length is left out." in read(tmp_path, aggregated).notes
    with pytest.raises(UnreadableLabels, match=r"without a labelled interval; .*1 point event"):
        read(tmp_path, "Behavior,Behavior type,Start (s),Stop (s)\nBeep,POINT,3,3\n")


def test_two_subjects_of_boris_at_once_are_refused_by_name(tmp_path):
    head = "Subject,Behavior,Behavior type,Start (s),Stop (s)\n"
    assert spans(read(tmp_path, f"{head}a,Add,STATE,0,8\nb,Stir,STATE,8,20\n")) == ADD_THEN_STIR
    with pytest.raises(UnreadableLabels, match="one of the tiers “a”, “b” alone"):
        read(tmp_path, f"{head}a,Add,STATE,0,8\nb,Stir,STATE,4,20\n")


def test_a_boris_offset_and_a_video_of_another_length_are_noted(tmp_path):
    text = "Media file,Total length,Time offset (s),Behavior,Behavior type,Start (s),Stop (s)\n"
    notes = " ".join(read(tmp_path, f"{text}base.mp4,361.5,5.0,Add,STATE,0,8\n").notes)
    assert "time offset of 5.0 s" in notes
    assert "361.5 s long where it was labelled" in notes


def test_of_several_tiers_those_with_labels_count_and_two_at_once_are_refused_by_name(tmp_path):
    head = "Tier\tBegin Time - ss.msec\tEnd Time - ss.msec\tAnnotation\n"
    truth = read(tmp_path, f"{head}activity\t0\t8\tAdd\nspeech\t1\t3\thello\nactivity\t8\t20\tStir\n")
    assert spans(truth) == ADD_THEN_STIR
    assert "The labels are those of “activity”; “speech” of the file is not read." in truth.notes
    with pytest.raises(UnreadableLabels, match="export one of the tiers “left”, “right” alone"):
        read(tmp_path, f"{head}left\t0\t8\tAdd\nright\t4\t20\tStir\n")


REFUSED = {
    "ELAN, time codes": (
        "Begin Time - PAL\tEnd Time - PAL\ta\n00:00:00:00\t00:00:08:00\tAdd\n",
        "as ss.msec",
    ),
    "Label Studio, CSV": (
        'video,label\nbase.mp4,"[{""timelinelabels"": [""Add""]}]"\n',
        "as JSON or JSON-MIN",
    ),
    "BORIS, an unknown status": ("Time,Behavior,Status\n0,Add,BEGIN\n", "line 2: .*START, STOP or POINT"),
    "Cloud, no beginning": (
        "recording id,timestamp [ns],name,type\nr,1000,Add,user\n",
        "no event recording.begin",
    ),
    "Cloud, by a spreadsheet": ("timestamp [ns],name\n1.7E+18,recording.begin\n", "whole nanoseconds"),
    "Cloud, two recordings": (
        "recording id,timestamp [ns],name\nr,1,recording.begin\ns,1,recording.begin\n",
        "2 recordings, “r”, “s”",
    ),
    "Player, another video": ("index,timestamp,label,duration\n0,5,Add,8\n900,95,Stir,8\n", "its 200 frames"),
    "Player, a clock that jumps": ("index,timestamp,label,duration\n0,5,Add,1\n50,99,Stir,1\n", "do not fit"),
    "BORIS of another video": ("Media file,Behavior,Start (s),Stop (s)\nother.mp4,Add,0,8\n", "“other.mp4”"),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path, content, says):
    with pytest.raises(UnreadableLabels, match=says):
        read(tmp_path, content)


NAMED = [
    ("base.mp4", True),
    ("/videos/Base.MOV", True),
    ("T:\\v\\base.avi", True),
    ("#1:base.mp4;base.wav", True),
    ("file:///C:/my%20videos/base.mp4", True),
    ("base (copy).mp4", True),
    ("base_converted.mp4", True),
    ("base_2.mp4", False),
    ("database.mp4", False),
    ("bas.mp4", False),
]


@pytest.mark.parametrize(("name", "fits"), NAMED)
def test_the_video_is_known_by_its_name(tmp_path, name, fits):
    content = f"video,start_s,end_s,label\n{name},0,8,Add\nother.mp4,8,20,Stir\n"
    if fits:
        assert spans(read(tmp_path, content)) == ADD_THEN_STIR[:1]
    else:
        with pytest.raises(UnreadableLabels, match="labels of 2 other videos"):
            read(tmp_path, content)


def test_a_name_that_only_resembles_is_noted_and_two_of_them_are_refused(tmp_path):
    one = "video,start_s,end_s,label\nbase_web.mp4,0,8,Add\n"
    assert "“base_web.mp4”, which is taken to be base.mp4" in read(tmp_path, one).notes[0]
    with pytest.raises(UnreadableLabels, match=r"labels of 2 videos that base\.mp4 may be"):
        read(tmp_path, f"{one}base_copy.mp4,0,8,Add\n")


UNITS = [
    ("0,80,Add\n80,200,Stir", "as frames at 10 a second they would end at 20.0 s"),
    ("0,8000,Add\n8000,20000,Stir", "as milliseconds they would end at 20.0 s"),
    ("0:00:00,0:08:00,Add\n0:08:00,0:20:00,Stir", "as minutes and seconds, not hours and minutes"),
    ("0,8000000,Add\n8000000,20000000,Stir", "as microseconds they would end at 20.0 s"),
    ("0,60,Add", "give the labels of this video"),
    ("50000,58000,Add", "No label of labels.csv touches the video"),
    ("14:30:00,14:30:08,Add", "No label of labels.csv touches the video"),
]


@pytest.mark.parametrize(("rows", "says"), UNITS)
def test_labels_beyond_the_end_are_refused_with_the_unit_that_would_fit(tmp_path, rows, says):
    with pytest.raises(UnreadableLabels, match=says):
        read(tmp_path, f"start_s,end_s,label\n{rows}\n")


def test_a_little_beyond_the_end_and_far_too_short_are_notes(tmp_path):
    (note,) = read(tmp_path, "start_s,end_s,label\n0,8,Add\n8,21.5,Stir\n").notes
    assert "1.5 s beyond" in note
    (note,) = read(tmp_path, "start_ms,end_ms,label\n0,8,Add\n8,20,Stir\n").notes
    assert "check their unit" in note
    assert read(tmp_path, "start_s,end_s,label\n0,20.05,Add\n").notes == ()


def test_an_hour_long_video_keeps_labels_in_minutes(tmp_path):
    truth = read(
        tmp_path, "start;end;label\n0:00;12:30;Add\n12:30;1:00:00;Stir\n", video=video_of(duration_s=3600)
    )
    assert spans(truth) == [("Add", 0, 750), ("Stir", 750, 3600)]
