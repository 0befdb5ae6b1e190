"""Import of Ego4D: narrations with a keyword of laboratory work, and the clips around them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.datasets.gather import gather
from pipelines.datasets.importers.ego4d import cleaned, keyword_pattern
from pipelines.datasets.importers.tables import UnreadableSource, window_around
from pipelines.datasets.manifest import read_manifest
from tests.support.labelled_video import FRAMES_MS, skipped_counts


@pytest.mark.parametrize("nested", [True, False])
def test_ego4d(make_video, tmp_path, nested):
    for uid in ("u1", "u2"):
        make_video(f"{uid}.mp4", FRAMES_MS, size=(64, 48) if uid == "u1" else (80, 48))
    narrations = [
        (7.0, "#C C pours the liquid into the beaker"),
        (0.4, "#c C picks the #unsure from the Beakers."),
        (14.8, "#O A man X is stirring the soup"),
        (7.0, "#C C holds a beaker"),
        (9.0, "#C C walks"),
        (40.0, "#C C stirs"),
    ]
    entries = [{"timestamp_sec": t, "timestamp_frame": 0, "narration_text": text} for t, text in narrations]
    broken = [{"timestamp_sec": None, "narration_text": "#C C stirs"}, {"narration_text": "x"}]
    videos = {
        "u1": {"narration_pass_1": {"narrations": entries + broken, "summaries": []}, "status": "complete"},
        "u2": {"narration_pass_2": {"narrations": entries[:1]}, "narration_pass_1": None},
        "u3": {"narration_pass_1": {"narrations": entries[:1]}},
        "u4": {"status": "redacted"},
    }
    path = tmp_path / "narration.json"
    path.write_text(json.dumps({"videos": videos, "version": "1.0"} if nested else videos))
    people = {"u1": 7, "u2": 7, "u3": None}
    (tmp_path / "ego4d.json").write_text(
        json.dumps({"videos": [{"video_uid": uid, "fb_participant_id": who} for uid, who in people.items()]})
    )
    report = gather(path, "ego4d", tmp_path / "manifest.csv")
    rows = read_manifest(tmp_path / "manifest.csv")
    assert [(row.video, row.start_s, row.end_s, row.label) for row in rows] == [
        ("u1.mp4", 0.0, 4.0, "picks the something from the Beakers"),
        ("u1.mp4", 5.0, 9.0, "holds a beaker"),
        ("u1.mp4", 11.0, 15.0, "A man X is stirring the soup"),
        ("u2.mp4", 5.0, 9.0, "pours the liquid into the beaker"),
    ]
    assert {(row.wearer, row.split) for row in rows} == {("participant-7", "training")}
    assert skipped_counts(report) == {
        "a narration without a time or a text": 2,
        "no keyword in the narration": 1,
        "the narration lies outside the video": 1,
        "the video is missing": 1,
        "the same stretch of video listed again": 1,
    }


@given(time_s=st.floats(0, 30), beyond_s=st.floats(0, 30))
def test_the_clip_around_a_narration_is_the_papers(time_s, beyond_s):
    """4 s about it; one that the video's edge makes shorter is widened by 2 s on both sides."""
    end_s = max(time_s + beyond_s, 1.0)
    start, end = max(0.0, time_s - 2), min(end_s, time_s + 2)
    if end - start < 4:
        start, end = max(0.0, start - 2), min(end_s, end + 2)
    found_start, found_end = window_around(time_s, end_s)
    assert start - 0.001 <= found_start <= found_end <= end + 0.001
    assert found_end - found_start == pytest.approx(min(4.0, end_s), abs=0.002)
    assert found_start - 0.001 <= time_s <= found_end + 0.001


@pytest.mark.parametrize(
    ("narration", "label"),
    [
        ("#C C stirs the beaker", "stirs the beaker"),
        ("#c c  stirs the beaker.", "stirs the beaker"),
        ("#C  C pours #unsure into a flask", "pours something into a flask"),
        ("#O a lady Y weighs powder", "a lady Y weighs powder"),
        ("C C stirs", "C C stirs"),
        ("#C C", ""),
        ("#Unsure", "something"),
    ],
)
def test_tags_are_cleaned(narration, label):
    assert cleaned(narration) == label


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C picks test tubes", True),
        ("C is PIPETTING", True),
        ("C measured it", True),
        ("C mixes", True),
        ("C closes the jars", True),
        ("C admires a mixer-truck", False),
        ("C wears sunglasses", False),
        ("C assesses", False),
    ],
)
def test_keywords_are_whole_words(text, found):
    assert bool(keyword_pattern().search(text)) == found


@pytest.mark.parametrize("content", ["", "[]", "null", '{"videos": 3}', "[" * 100_000])
def test_no_narrations(tmp_path, content):
    (tmp_path / "narration.json").write_text(content)
    with pytest.raises(UnreadableSource) as caught:
        gather(tmp_path / "narration.json", "ego4d", tmp_path / "out.csv")
    assert "\n" not in str(caught.value)
