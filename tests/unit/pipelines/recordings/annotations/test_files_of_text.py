""".eaf files of ELAN and JSON of Label Studio: read with all their quirks, and nothing they name is "
"opened."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pympi.Elan import Eaf

from pipelines.recordings.annotations.entries import UnreadableLabels
from tests.support.label_files import ADD_THEN_STIR, read_file, spans, video_of

ROOT = '<ANNOTATION_DOCUMENT AUTHOR="" DATE="" FORMAT="3.0" VERSION="3.0">'


def write_eaf(path, video="base.mp4", origin=None):
    eaf = Eaf()
    eaf.add_linked_file(
        f"file:///videos/{video}", relpath=f"./{video}", mimetype="video/mp4", time_origin=origin
    )
    eaf.add_tier("activity")
    eaf.add_annotation("activity", 0, 8000, "Add")
    eaf.add_annotation("activity", 8000, 20000, "stir")
    eaf.add_tier("speech")
    eaf.add_annotation("speech", 1000, 2000, "hello")
    eaf.to_file(str(path))
    return path


def test_eaf(tmp_path):
    truth = read_file(write_eaf(tmp_path / "a.eaf"))
    assert spans(truth) == ADD_THEN_STIR
    assert truth.notes[0] == "The true labels are an .eaf file of ELAN."
    assert "“speech” of the file is not read" in truth.notes[1]


def test_eaf_counts_from_where_the_video_was_set_to_begin(tmp_path):
    truth = read_file(write_eaf(tmp_path / "a.eaf", origin=1000))
    assert spans(truth) == [("Add", 1, 9), ("Stir", 9, 20)]
    assert "ELAN counts from 1 s into the video" in " ".join(truth.notes)


def test_eaf_in_utf16_and_of_another_video(tmp_path):
    path = write_eaf(tmp_path / "a.eaf")
    path.write_bytes(path.read_text().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"))
    assert spans(read_file(path)) == ADD_THEN_STIR
    with pytest.raises(UnreadableLabels, match="another video"):
        read_file(write_eaf(tmp_path / "a.eaf", video="other.mp4"))


def test_eaf_labels_of_a_dependent_tier_have_the_times_of_their_parent(tmp_path):
    path = tmp_path / "a.eaf"
    slots = '<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="8000"/>'
    slots += '<TIME_SLOT TIME_SLOT_ID="ts3"/>'
    aligned = (
        '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{}" TIME_SLOT_REF1="ts{}" TIME_SLOT_REF2="ts{}">'
    )
    aligned += "<ANNOTATION_VALUE>{}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    refers = '<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a{}" ANNOTATION_REF="a{}">'
    refers += "<ANNOTATION_VALUE>Add</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
    path.write_text(
        f'{ROOT}<HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>{slots}</TIME_ORDER>'
        f'<TIER TIER_ID="parent" LINGUISTIC_TYPE_REF="d">{aligned.format(1, 1, 2, "trial")}'
        f"{aligned.format(2, 2, 3, 'open')}</TIER>"
        f'<TIER TIER_ID="child" LINGUISTIC_TYPE_REF="d" PARENT_REF="parent">{refers.format(3, 1)}'
        f"{refers.format(4, 4)}</TIER></ANNOTATION_DOCUMENT>"  # the last refers to itself
    )
    truth = read_file(path)
    assert spans(truth) == [("Add", 0, 8)]
    assert "2 annotations without a time of its own are left out." in truth.notes


ENTITIES = {
    "external": '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>',
    "external parameter": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>',
    "external type": '<!DOCTYPE ANNOTATION_DOCUMENT SYSTEM "file://{secret}">',
    "unfolding": '<!DOCTYPE a [<!ENTITY y "aaaaaaaaaa"><!ENTITY x "&y;&y;&y;&y;&y;&y;&y;&y;">]>',
}


@pytest.mark.parametrize("declared", ENTITIES.values(), ids=ENTITIES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_eaf_with_a_document_type_is_refused_unread(tmp_path, declared, encoding):
    secret = tmp_path / "secret"
    secret.write_text("Add")
    path = write_eaf(tmp_path / "a.eaf")
    head, body = path.read_text().replace(">Add<", ">&x;<").split("?>", 1)
    path.write_text(
        head.replace("UTF-8", encoding) + "?>" + declared.format(secret=secret) + body, encoding=encoding
    )
    with pytest.raises(UnreadableLabels, match="a document type or entities"):
        read_file(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html></html>", "not ELAN's"),
        (ROOT, "damaged XML"),
        (f"{ROOT}<TIER/></ANNOTATION_DOCUMENT>", "lacks a part"),
        (f"{ROOT}</ANNOTATION_DOCUMENT>", "without a labelled interval"),
        (f'{ROOT}<HEADER TIME_UNITS="PAL-frames"/></ANNOTATION_DOCUMENT>', "counts in PAL-frames"),
        (ROOT + "<a>" * 100 + "</a>" * 100 + "</ANNOTATION_DOCUMENT>", "more than 64 deep"),
        ("<" * 100_000, "damaged XML"),
    ],
)
def test_eaf_that_is_none(tmp_path, text, says):
    (tmp_path / "a.eaf").write_text(text)
    with pytest.raises(UnreadableLabels, match=says):
        read_file(tmp_path / "a.eaf")


# Label Studio


def ranges(*spans: tuple[str, int, int], video: str = "/data/upload/3/0a1b2c3d-base.mp4") -> dict:
    result = [
        {
            "type": "timelinelabels",
            "value": {"timelinelabels": [label], "ranges": [{"start": start, "end": end}]},
        }
        for label, start, end in spans
    ]
    return {"id": 1, "data": {"video": video}, "annotations": [{"id": 7, "result": result}]}


BOTH = (("Add", 1, 80), ("Stir", 81, 200))
MIN = {"timelinelabels": ["Add"], "ranges": [{"start": 1, "end": 80}]}
MIN_2 = {"timelinelabels": ["Stir"], "ranges": [{"start": 81, "end": 200}]}
EXPORTS = {
    "tasks": [ranges(*BOTH)],
    "one task": ranges(*BOTH),
    "neighbours share a frame": [ranges(("Add", 1, 81), ("Stir", 81, 200))],
    "JSON-MIN": [{"video": "/data/upload/3/0a1b2c3d-base.mp4", "videoLabels": [MIN, MIN_2], "annotator": 1}],
    "local files": [ranges(*BOTH, video="/data/local-files/?d=my%20videos/base.mp4")],
    "cloud storage": [
        ranges(*BOTH, video="https://bucket.s3.amazonaws.com/base.mp4?X-Amz-Date=1&X-Amz-Key=2")
    ],
    "many tasks": [*(ranges(("Add", 1, 10), video=f"/data/{n}.mp4") for n in range(99)), ranges(*BOTH)],
    "predictions beside": [ranges(*BOTH) | {"predictions": [{"result": [{"value": MIN}]}]}],
    "cancelled before": [
        {
            **ranges(*BOTH),
            "annotations": [
                {"was_cancelled": True, "result": [{"value": MIN}]},
                *ranges(*BOTH)["annotations"],
            ],
        }
    ],
    "old": [{"data": {"video": "base.mp4"}, "completions": ranges(*BOTH)["annotations"]}],
}


def read_json(tmp_path, content, **settings):
    path = tmp_path / "project.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_file(path, **settings)


@pytest.mark.parametrize("content", EXPORTS.values(), ids=EXPORTS)
def test_label_studio(tmp_path, content):
    truth = read_json(tmp_path, content)
    assert spans(truth) == ADD_THEN_STIR
    assert "counted from 1 and read at the video's own 10 frames a second" in " ".join(truth.notes)


def test_label_studio_frames_are_of_the_videos_own_rate(tmp_path):
    truth = read_json(tmp_path, [ranges(("Add", 1, 240), ("Stir", 241, 600))], video=video_of(rate_hz=30))
    assert spans(truth) == ADD_THEN_STIR
    with pytest.raises(UnreadableLabels, match=r"up to 500, .*at 25 frames a second .*divide them by 25"):
        read_json(tmp_path, [ranges(("Add", 1, 200), ("Stir", 201, 500))])
    with pytest.raises(UnreadableLabels, match=r"up to 333, .*divide them by the frameRate they had"):
        read_json(tmp_path, [ranges(("Add", 1, 333))])
    (_, note) = read_json(tmp_path, [ranges(("Add", 1, 480))], video=video_of(rate_hz=30)).notes
    assert "but at 24 frames a second they end with the video" in note


def test_of_several_label_studio_controls_the_one_with_labels_counts(tmp_path):
    task = ranges(*BOTH)
    other = {
        "from_name": "speech",
        "value": {"timelinelabels": ["hello"], "ranges": [{"start": 3, "end": 9}]},
    }
    task["annotations"][0]["result"] += [other]
    assert spans(truth := read_json(tmp_path, [task])) == ADD_THEN_STIR
    assert "“speech” of the file is not read" in " ".join(truth.notes)


def test_label_studio_labels_of_sound_are_seconds(tmp_path):
    result = [
        {"type": "labels", "value": {"start": s, "end": e, "labels": [name]}} for name, s, e in ADD_THEN_STIR
    ]
    assert (
        spans(read_json(tmp_path, [{"data": {"video": "base.mp4"}, "annotations": [{"result": result}]}]))
        == ADD_THEN_STIR
    )


JSON_REFUSED = {
    "damaged": ("[{", "damaged JSON"),
    "deep": ("[" * 100_000, "damaged JSON"),
    "no labels": ([{"data": {"video": "base.mp4"}, "annotations": []}], "without timeline labels"),
    "predictions alone": (
        [{"data": {}, "predictions": [{"result": [{"value": MIN}]}]}],
        "without timeline labels",
    ),
    "other videos": (
        [ranges(*BOTH, video=f"{n}.mp4") for n in "abcd"],
        "4 other videos, “a.mp4”, .* and 1 more",
    ),
    "no numbers": ([ranges(("Add", "one", None))], "frame one to None"),
    "two opinions": (
        [{**ranges(*BOTH), "annotations": [{"result": [{"value": MIN}]}, {"result": [{"value": MIN_2}]}]}],
        "2 annotations of the video .* ground truth",
    ),
    "a BORIS project": ({"behaviors_conf": {}, "observations": {}}, "a BORIS project; export it"),
    "our own result": ({"recording": {}, "workflow": []}, "a result of this program; download its CSV"),
}


@pytest.mark.parametrize(("content", "says"), JSON_REFUSED.values(), ids=JSON_REFUSED)
def test_json_that_is_refused(tmp_path, content, says):
    with pytest.raises(UnreadableLabels, match=says):
        read_json(tmp_path, content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "annotations",
                    "result",
                    "value",
                    "ranges",
                    "start",
                    "end",
                    "timelinelabels",
                    "labels",
                ]
            ),
            each,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(content=VALUES)
def test_any_json_is_segments_or_one_sentence(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(content))
    with suppress(UnreadableLabels):
        assert read_file(path)


@given(
    text=st.lists(
        st.sampled_from(
            [
                ROOT,
                "</ANNOTATION_DOCUMENT>",
                "<HEADER>",
                "</HEADER>",
                '<TIER TIER_ID="a">',
                "</TIER>",
                "&x;",
                "<!--",
                "Add",
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_any_xml_is_segments_or_one_sentence(text, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.eaf"
    path.write_text(f"<{text}" if not text.startswith("<") else text)
    with suppress(UnreadableLabels):
        assert read_file(path)
