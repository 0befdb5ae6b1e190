"""What stands where there is nothing to show yet, and what is sent to the browser."""

import re
from dataclasses import replace

import pytest

from pipelines.evaluation.comparison_report import make_report
from pipelines.examples import read_compared, read_example
from pipelines.views.comparison import agreement_html, disputed_html, scores_html, workflows_html
from pipelines.views.evidence import cost_html
from pipelines.views.gaze import gaze_of
from pipelines.views.header import tier_sentence
from pipelines.views.remarks import failures, remarks
from pipelines.views.status import remarks_html, status_html
from pipelines.views.timeline import Lanes, compared_lanes, lanes_html, lanes_of, lanes_template
from pipelines.views.workflow import latency_html, workflow_html
from pipelines.views.zoo import zoo_html

EXAMPLE = "rinse-and-develop"


@pytest.fixture(scope="module")
def answer():
    return read_example(EXAMPLE)[0]


@pytest.fixture(scope="module")
def comparison():
    return read_compared(EXAMPLE)


def test_without_a_recording_there_are_words_or_nothing():
    assert "The steps will stand here" in workflow_html(None)
    assert latency_html(None) == ""
    assert gaze_of(None) == {"note": "", "points": []}
    assert "No clips yet." in lanes_html(lanes_of(None, None))
    assert remarks_html([]) == ""


def test_before_the_first_clip_every_clip_has_an_empty_place(answer):
    rows = lanes_of(answer.recording, None)["rows"]
    assert [row["name"] for row in rows] == ["Clips", "Workflow"]
    for row in rows:
        assert len(row["cells"]) == answer.recording.windows
        assert all('class="pending"' in cell for cell in row["cells"])


def test_before_two_models_have_answered_nothing_is_compared(comparison):
    nobody = replace(comparison, runs=())
    report = make_report(nobody)
    assert "Fewer than two models" in disputed_html(nobody, report)
    views = agreement_html(nobody, report), scores_html(report), cost_html(nobody)
    assert views == ("", "", "")
    assert workflows_html(nobody, report, None) == ""


def test_without_an_embedded_release_the_header_says_so_and_the_zoo_is_empty():
    assert "finished examples" in tier_sentence(())
    assert "<tbody>\n</tbody>" in zoo_html(())


def test_a_recording_without_gaze_has_a_note_and_no_ring(answer):
    value = gaze_of(replace(answer.recording, gaze=None))
    assert "There is no gaze file" in value["note"]
    assert value["points"] == []
    assert len(gaze_of(answer.recording)["points"]) > answer.recording.duration_s * 9


def test_a_status_is_announced_unless_it_is_running():
    assert 'role="status"' in status_html("Done.")
    running = status_html("1 of 2 clips", 0.5, "running")
    assert "role=" not in running
    assert '<progress max="1" value="0.500">' in running


def test_models_that_fail_for_one_reason_share_a_sentence(comparison):
    failed = [replace(run, answer=None, failed="It broke.") for run in comparison.runs[:2]]
    names = " and ".join(run.variant.title for run in failed).replace(" and ", ", ")
    assert failures(replace(comparison, runs=tuple(failed))) == [f"{names}: It broke."]


def test_remarks_name_missing_gaze_and_say_why_nothing_is_smoothed(answer):
    blind = replace(answer.clips[1], encoding=answer.encoding.without_gaze)
    clips = (answer.clips[0], blind, *answer.clips[2:])
    missing = remarks(replace(answer, clips=clips))[0]
    assert missing == "There is no gaze between 0:04 and 0:08: the model was shown video there."
    unsmoothed = replace(answer, is_smoothed=False, smoothed=answer.labels)
    assert "does not know how often one activity follows another" in remarks(unsmoothed)[0]
    silent = [replace(clip, prediction=replace(clip.prediction, scores=None)) for clip in answer.clips]
    assert "gives no scores" in remarks(replace(unsmoothed, clips=tuple(silent)))[0]


def filled(template: str, lanes: Lanes) -> str:
    """What a browser makes of the lanes' template."""
    row_template = re.search(r"\$\{value\.rows\.map\(row => `(.*?)`\)\.join\(''\)\}", template, re.DOTALL)
    rows = ""
    for row in lanes["rows"]:
        parts = {"${row.name}": row["name"], "${row.cells.join('')}": "".join(row["cells"])}
        parts["${row.note || ''}"] = row.get("note", "")
        text = row_template[1]
        for expression, value in parts.items():
            text = text.replace(expression, value)
        rows += text
    empty = "" if lanes["rows"] else "No clips yet."
    whole = {row_template[0]: rows, "${value.clips}": str(lanes["clips"])}
    whole |= {"${value.ticks.join('')}": "".join(lanes["ticks"])}
    whole |= {"${value.rows.length ? '' : 'No clips yet.'}": empty}
    for expression, value in whole.items():
        template = template.replace(expression, value)
    return template


def test_the_browser_and_a_report_draw_the_same_lanes(comparison):
    runs = (replace(comparison.runs[0], failed="It broke."), *comparison.runs[1:])
    failed = replace(comparison, runs=runs)
    for lanes in (lanes_of(None, None), compared_lanes(failed, make_report(failed), chance=True)):
        assert filled(lanes_template(), lanes) == lanes_html(lanes)
