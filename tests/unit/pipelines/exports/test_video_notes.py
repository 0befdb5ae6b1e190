"""What was assumed of a video travels into every result, escaped where it is HTML."""

from dataclasses import replace

import pytest

from pipelines.cli.summary import summarise_comparison, summarise_recognition
from pipelines.evaluation.comparison_report import make_report
from pipelines.examples import read_compared, read_example
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import as_json, comparison_as_json
from pipelines.views.gaze import gaze_of
from zoo.releases import embedded_releases

EXAMPLE = "rinse-and-develop"
NOTES = ("The picture starts 1.5 s after the sound.", "Frames are <interlaced>.")
ESCAPED = "<b>Video</b> The picture starts 1.5 s after the sound. Frames are &lt;interlaced&gt;."


@pytest.fixture(scope="module")
def answer():
    answer, _ = read_example(EXAMPLE)
    recording = replace(answer.recording, notes=NOTES, starts_after_sound_s=1.5)
    return replace(answer, recording=recording)


@pytest.fixture(scope="module")
def comparison(answer):
    return replace(read_compared(EXAMPLE), recording=answer.recording)


def test_in_json(answer, comparison):
    for written in (as_json(answer), comparison_as_json(comparison, make_report(comparison))):
        assert written["recording"]["notes"] == list(NOTES)
        assert written["recording"]["starts_after_sound_s"] == 1.5


def test_at_a_terminal(answer, comparison):
    weights = next(each.weights for each in embedded_releases() if each.variant == answer.release.variant)
    shipped = replace(answer, release=replace(answer.release, weights=weights))
    compared = summarise_comparison(comparison, make_report(comparison))
    for text in (summarise_recognition(shipped), compared):
        assert text.splitlines()[1:3] == list(NOTES)


def test_on_the_page_with_and_without_gaze(answer):
    assert ESCAPED in gaze_of(answer.recording)["note"]
    assert ESCAPED in gaze_of(replace(answer.recording, gaze=None))["note"]
    assert "<b>Video</b>" not in gaze_of(replace(answer.recording, notes=()))["note"]


def test_in_the_report(comparison):
    assert ESCAPED in comparison_as_html(comparison, make_report(comparison))
