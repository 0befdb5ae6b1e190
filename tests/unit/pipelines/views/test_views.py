"""What stands where there is nothing to show yet, and what is sent to the browser."""

import re
from dataclasses import replace

import pytest

import zoo.releases
from pipelines.evaluation.comparison_report import make_report, with_own_labels
from pipelines.examples import read_compared, read_example
from pipelines.recordings.annotations.segment import Segment
from pipelines.views.comparison import agreement_html, disputed_html, scores_html, workflows_html
from pipelines.views.evidence import cost_html
from pipelines.views.format import title_of
from pipelines.views.gaze import gaze_of
from pipelines.views.header import f1_sentence, header_html
from pipelines.views.legend import legend_html
from pipelines.views.origin import origin_html, origin_of, origin_of_comparison, release_title, warning
from pipelines.views.releases import progress_sentence
from pipelines.views.remarks import failures, remarks
from pipelines.views.status import remarks_html, status_html
from pipelines.views.timeline import (
    Lanes,
    compared_lanes,
    lanes_html,
    lanes_of,
    lanes_template,
    reference_name,
)
from pipelines.views.workflow import latency_html, workflow_html
from pipelines.views.zoo import zoo_html
from zoo.hub.fetches import Progress
from zoo.releases import embedded_releases
from zoo.weights import Weights

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
    assert [row["name"] for row in rows] == ["Clips", "Workflow", "Gaze"]
    for row in rows[:2]:
        assert len(row["cells"]) == answer.recording.windows
        assert all('class="pending"' in cell for cell in row["cells"])


def test_before_two_models_have_answered_nothing_is_compared(comparison):
    nobody = replace(comparison, runs=())
    report = make_report(nobody)
    assert "Fewer than two models" in disputed_html(nobody, report)
    views = agreement_html(nobody, report), scores_html(report), cost_html(nobody)
    assert views == ("", "", "")
    assert workflows_html(nobody, report, None) == ""


def test_without_an_embedded_release_the_header_says_so_and_the_zoo_is_empty(monkeypatch, tmp_path):
    monkeypatch.setattr(zoo.releases, "EMBEDDED", tmp_path)
    assert "finished examples" in header_html(None)
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


NAME = """${row.name.replace(/[<>&'"]/g, mark => '&#' + mark.charCodeAt() + ';')}"""


def filled(template: str, lanes: Lanes) -> str:
    """What a browser makes of the lanes' template."""
    row_template = re.search(r"\$\{value\.rows\.map\(row => `(.*?)`\)\.join\(''\)\}", template, re.DOTALL)
    rows = ""
    for row in lanes["rows"]:
        parts = {NAME: row["name"], "${row.cells.join('')}": "".join(row["cells"])}
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


def test_flags_are_on_what_differs_from_the_truth_else_from_the_consensus(comparison):
    truth = (Segment("Rinsing", 0, comparison.recording.duration_s),)
    for segments, name in ((truth, "the truth"), ((), "the consensus")):
        report = make_report(comparison, segments)
        drawn = lanes_html(compared_lanes(comparison, report))
        assert reference_name(report) == name
        assert drawn.count(' differs"') == 2 * drawn.count(f"differs from {name}") / 2 / 2 > 0
        assert f"differs from {name}." in legend_html(comparison.labels, name)


def test_lanes_consensus_and_list_speak_of_the_same_labels(comparison):
    first = comparison.runs[0]
    other = next(label for label in comparison.labels.labels if label != first.answer.labels[0])
    smoothed = (other, *first.answer.labels[1:])
    answer = replace(first.answer, smoothed=smoothed, is_smoothed=True)
    second = replace(comparison.runs[1], answer=replace(answer, smoothed=answer.labels))
    both = replace(comparison, runs=(replace(first, answer=answer), second))
    report = make_report(both)
    own = with_own_labels(report, both)
    assert (report.worth_a_look, own.worth_a_look) == ((0,), ())
    assert title_of(other) in disputed_html(both, report)
    assert f'data-title="{title_of(other)}"' in compared_lanes(both, report)["rows"][0]["cells"][0]
    assert f'data-title="{title_of(answer.labels[0])}"' in compared_lanes(both, own)["rows"][0]["cells"][0]


def test_a_result_says_whose_it_is_and_what_its_model_has_learnt_from(answer, comparison):
    assert origin_of(answer) == "Vi-Cl · VG · Lab Motion · demo release"
    assert origin_of_comparison(comparison) == "8 models · VG · Lab Motion · demo releases"
    release = replace(answer.release, tier="hub", weights=Weights("lab/vi-cl", "a" * 40))
    assert release_title(release) == "lab/vi-cl@aaaaaaaa"
    assert release_title(replace(release, weights=Weights("/data/own"))) == "folder own"
    assert "never from video of a real lab" in warning(["rendered scenes", "rendered scenes"])
    assert "has not said what" in warning([""])
    assert "of earlier settings" in origin_html(origin_of(answer), earlier=True)
    assert origin_html("") == ""


def test_the_header_has_the_chosen_model_s_own_f1():
    release = next(each for each in embedded_releases() if each.variant.key == "vi-cl")
    shown = f1_sentence(release, "V")
    assert re.fullmatch(r"Vi-Cl: F1 0\.\d\d", shown)
    assert shown in header_html(release, "V")
    assert f1_sentence(release, "D") == "Vi-Cl: F1 not measured"


def test_how_far_a_fetch_is():
    assert progress_sentence(Progress(state="waiting")) == "Fetching: the Hub lists its files …"
    halfway = Progress(state="fetching", done_bytes=400_000_000, total_bytes=800_000_000, seconds_left=95)
    assert progress_sentence(halfway) == "Fetching: 0.4 GB of 0.8 GB, about 2\u00a0min left."
    assert "was deleted to make room" in progress_sentence(replace(halfway, evicted=("lab/old at 01234567",)))
    assert "hashes" in progress_sentence(replace(halfway, state="verifying"))
