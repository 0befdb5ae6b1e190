"""A comparison made by hand, in every format it leaves in: nothing lost, nothing executed."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from encodings.names import encoding
from pipelines.evaluation.comparison_report import make_report
from pipelines.evaluation.prediction_table import UnreadableTable, score
from pipelines.exports.csv import as_csv, comparison_as_csv
from pipelines.exports.html_report import comparison_as_html
from pipelines.exports.json import comparison_as_json
from pipelines.exports.json_reader import read_comparison
from pipelines.recognition.clip_pass import NamedClip
from pipelines.recognition.comparison import About, Comparison, Run
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.workflow import compile_workflow
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import open_recording
from pipelines.views.comparison import references, workflows_html
from pipelines.views.evidence import evidence_html
from pipelines.views.origin import origin_of_comparison
from pipelines.views.remarks import remarks
from pipelines.views.timeline import compared_lanes, lanes_html, lanes_of, lanes_template
from pipelines.views.workflow import workflow_html
from zoo.labels import LAB_ACTIONS
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

V, VG = encoding("V"), encoding("VG")
EVIL = "<script>alert('caption')</script>"
PICTURE = "data:image/jpeg;base64,AAAA"
ALONE = Latency(decode=0.5, signals=0.5, encode=0.5, embed=0.5, answer=0.5)
TRUTH = (Segment("Add", 0, 4), Segment("Stir", 4, 10))


def run(key: str, labels: list[str], recording, about: About, shown=V, failed: str = "") -> Run:
    spans = [(4.0 * n, min(4.0 * n + 4, recording.duration_s)) for n in range(len(labels))]
    predictions = [
        ClipPrediction(
            start_s=start_s,
            end_s=end_s,
            label=label,
            scores={each: float(each == label) for each in LAB_ACTIONS.labels},
            caption=EVIL,
        )
        for (start_s, end_s), label in zip(spans, labels, strict=True)
    ]
    clips = tuple(
        NamedClip(prediction=each, encoding=shown, gaze_coverage=0.0, thumbnail=PICTURE)
        for each in predictions
    )
    release = Release(
        variant=variant(key),
        labels=LAB_ACTIONS,
        encodings=(shown.name,),
        tier="embedded",
        weights=Weights(f"{key}-lab-actions"),
    )
    answer = Recognition(
        recording=recording,
        release=release,
        encoding=shown,
        total=3,
        clips=clips,
        workflow=compile_workflow(predictions, LAB_ACTIONS),
        latency=ALONE,
        smoothed=tuple(labels),
    )
    return Run(variant=variant(key), answer=answer, failed=failed, about=about)


@pytest.fixture
def comparison(make_video) -> Comparison:
    recording = open_recording(make_video("10s.mp4", range(0, 10000, 200)))
    recording = replace(recording, name=f"{EVIL}.mp4")
    about = About(
        trained_on="rendered scenes",
        measured_f1={"V": 0.33},
        training_labels={"Add": 30, "Stir": 10},
        parameters=3_000_000,
        memory_bytes=12_000_000,
        forward_pass=1,
    )
    runs = (
        run("vi-cl", ["Add", "Stir", "Stir"], recording, about),
        run("x-clip", ["Add", "Add", "Stir"], recording, replace(about, training_labels={}, forward_pass=2)),
        run("x-clip-rf", ["Add", "Stir"], recording, replace(about, forward_pass=2), failed="It broke."),
        Run(variant=variant("vi-lm"), failed="Vi-LM has no release."),
    )
    return Comparison(
        recording=recording,
        labels=LAB_ACTIONS,
        encoding=VG,
        tier="embedded",
        total=3,
        runs=runs,
        latency=ALONE,
    )


def test_a_report_by_hand(comparison):
    report = make_report(comparison, TRUTH)
    assert [vote.label for vote in report.votes] == ["Add", "Stir", "Stir"]
    assert report.worth_a_look == (1,)
    assert report.true_labels == ("Add", "Stir", "Stir")
    assert report.scores["vi-cl"].f1 == report.scores["consensus"].f1 == 1
    assert report.scores["x-clip"].confusion["Stir"] == dict.fromkeys(LAB_ACTIONS.labels, 0) | {
        "Add": 1,
        "Stir": 1,
    }
    assert report.scores["x-clip-rf"].clips == 2
    assert len(report.chance) == 3
    assert set(report.chance) <= {"Add", "Stir"}
    assert "40 training clips of vi-cl-lab-actions" in report.chance_source
    assert (comparison.forward_passes, comparison.answers_done, comparison.answers_expected) == (2, 8, 8)


def test_of_a_cancelled_comparison_truth_and_chance_end_where_the_answers_end(comparison):
    about = comparison.runs[0].about
    runs = tuple(run(key, ["Add"], comparison.recording, about) for key in ("vi-cl", "x-clip"))
    report = make_report(replace(comparison, runs=runs), TRUTH)
    assert report.true_labels == ("Add", "Stir", "Stir")  # their lane is drawn whole, and that of chance
    assert len(report.chance) == 3
    assert report.workflows["truth"].names == report.workflows["vi-cl"].names == ("Add",)
    assert report.scores["vi-cl"].ratio["names"] == 1
    assert report.scores["chance"].clips == 1
    nothing = make_report(replace(comparison, runs=()), TRUTH)
    assert (nothing.workflows, nothing.scores) == ({}, {})


def test_a_workflow_without_a_step_says_so(comparison):
    whole = run("vi-cl", ["No action"] * 3, comparison.recording, comparison.runs[0].about).answer
    part = replace(whole, clips=whole.clips[:1], smoothed=whole.smoothed[:1])
    assert "No step in this recording." in workflow_html(whole)
    assert "No step in the clips named so far." in workflow_html(part)
    assert "<ol" not in workflow_html(part)
    assert "No step" not in workflow_html(comparison.runs[0].answer)


def test_the_consensus_and_the_workflow_lane_have_the_smoothed_labels(comparison):
    smoothing = with_smoothing(comparison)
    answer, report = smoothing.runs[0].answer, make_report(smoothing, TRUTH)
    assert [vote.label for vote in report.votes] == ["Add", "Add", "Stir"]
    assert report.scores["vi-cl"].f1 == 1  # the model's own labels
    assert report.scores["vi-cl"].f1_smoothed < 1
    rows = lanes_of(comparison.recording, answer, TRUTH)["rows"]
    assert [row["name"] for row in rows] == ["Vi-Cl", "Workflow", "Truth"]
    assert [cell.split('data-title="')[1].split('"')[0] for cell in rows[1]["cells"]] == [
        "Add",
        "Add",
        "Stir",
    ]
    assert report.scores["x-clip"].f1_smoothed is None  # it is not smoothed
    assert "are not smoothed" in remarks(comparison.runs[1].answer)[0]
    assert remarks(answer)[0] == "Smoothing with neighbours changed the label of 1 of 3 clips."
    assert [row["settled"] for row in csv.DictReader(io.StringIO(as_csv(answer)))] == ["Add", "Add", "Stir"]


def test_without_frequencies_there_is_no_random_lane_and_it_says_why(comparison):
    runs = tuple(replace(each, about=replace(each.about, training_labels={})) for each in comparison.runs)
    report = make_report(replace(comparison, runs=runs))
    assert report.chance == ()
    assert "No lane of random labels" in evidence_html(comparison, report)
    names = [row["name"] for row in compared_lanes(replace(comparison, runs=runs), report, True)["rows"]]
    assert names == ["Vi-Cl", "X-CLIP", "X-CLIP + RF", "Vi-LM", "Consensus"]


def test_a_zero_shot_score_has_its_note_beside_it(comparison):
    first = comparison.runs[0]
    assert "Zero-shot" not in evidence_html(comparison, make_report(comparison))
    about = replace(first.about, measured_f1={"V": 0.34}, zero_shot_note="Zero-shot, but hardly.")
    noted = replace(comparison, runs=(replace(first, about=about), *comparison.runs[1:]))
    assert "V 0.34. Zero-shot, but hardly." in evidence_html(noted, make_report(noted))
    assert comparison_as_json(noted, make_report(noted))["runs"][0]["about"]["zero_shot_note"]


def test_json_there_and_back(comparison):
    report = make_report(comparison, TRUTH)
    written = json.loads(json.dumps(comparison_as_json(comparison, report), allow_nan=False))
    again = read_comparison(written, comparison.recording, [PICTURE] * 3)
    assert json.loads(json.dumps(comparison_as_json(again, make_report(again, TRUTH)))) == written
    assert written["alignments"]["against"] == "truth"
    assert written["origin"] == "Vi-Cl, X-CLIP, X-CLIP + RF · VG · Lab Actions · demo releases"
    assert written["runs"][0]["origin"] == "Vi-Cl · V · Lab Actions · demo release"
    missing = written["runs"][3]
    assert (missing["failed"], missing["clips"], missing["settings"]["variant"]) == (
        "Vi-LM has no release.",
        [],
        "vi-lm",
    )


def test_csv_has_a_row_a_clip(comparison):
    rows = list(csv.DictReader(io.StringIO(comparison_as_csv(comparison, make_report(comparison, TRUTH)))))
    assert [row["truth"] for row in rows] == ["Add", "Stir", "Stir"]
    assert [row["x-clip-rf"] for row in rows] == ["Add", "Stir", ""]
    assert [row["vi-cl score"] for row in rows] == ["1.000"] * 3
    assert {row["origin"] for row in rows} == {origin_of_comparison(comparison)}
    assert [row["disagreement"] for row in rows] == ["0.000", "0.667", "0.000"]


def with_smoothing(comparison: Comparison) -> Comparison:
    """The same, but that the first model's labels in the workflow are other ones."""
    first = comparison.runs[0]
    answer = replace(first.answer, smoothed=("Add", "Add", "Stir"), is_smoothed=True)
    return replace(comparison, runs=(replace(first, answer=answer), *comparison.runs[1:]))


def test_score_takes_the_comparison_s_csv_and_finds_what_the_page_shows(comparison, tmp_path):
    comparison = with_smoothing(comparison)
    report = make_report(comparison, TRUTH)
    path = tmp_path / "recording-compared.csv"
    path.write_text(comparison_as_csv(comparison, report))
    table = score(path, LAB_ACTIONS)
    assert table.scores == report.scores
    assert table.scores["vi-cl"].f1_smoothed < table.scores["vi-cl"].f1 == 1
    assert set(table.to_json()["columns"]) == {"vi-cl", "x-clip", "x-clip-rf", "consensus", "chance"}
    path = path.with_suffix(".json")
    path.write_text(json.dumps(comparison_as_json(comparison, report)))
    assert score(path, LAB_ACTIONS).scores == report.scores


def test_score_takes_every_release_of_a_comparison_by_its_own_name(comparison, tmp_path):
    named = replace(comparison, runs=(replace(comparison.runs[0], qualifier="Lab/Vi-Cl@1a2b"),))
    path = tmp_path / "recording-compared.csv"
    path.write_text(comparison_as_csv(named, make_report(named, TRUTH)).replace(",", ";"))
    assert "vi-cl@Lab/Vi-Cl@1a2b" in score(path, LAB_ACTIONS).to_json()["columns"]


def test_score_takes_the_single_model_s_csv_with_true_labels_alone(comparison, tmp_path):
    comparison = with_smoothing(comparison)
    path, answer = tmp_path / "recording.csv", comparison.runs[0].answer
    path.write_text(as_csv(answer, TRUTH))
    assert score(path, LAB_ACTIONS).scores == make_report(comparison, TRUTH).scores["vi-cl"]
    path.write_text(as_csv(answer))
    with pytest.raises(UnreadableTable, match="an empty column truth; expected the true label"):
        score(path, LAB_ACTIONS)
    path.write_text(comparison_as_csv(comparison, make_report(comparison)))
    with pytest.raises(UnreadableTable, match="an empty column truth"):
        score(path, LAB_ACTIONS)


class Reader(HTMLParser):
    """Collects a document's tags with their attributes, and the text outside of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_report_stands_alone_and_runs_nothing_but_its_own(comparison):
    text = comparison_as_html(comparison, make_report(comparison, TRUTH))
    tags = Reader(text).tags
    assert [tag for tag, _ in tags].count("script") == 2
    assert not [tag for tag, _ in tags if tag in ("link", "iframe", "base", "object")]
    sources = [about[name] for _, about in tags for name in ("src", "href") if name in about]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert not re.search(r"https?://|url\(", text)
    for sentence in (
        "Vi-LM has no release.",
        "It broke.",
        "▼ below chance",
        "0.46 ± 0.01 s",
        "rendered scenes",
    ):
        assert sentence in text


def test_the_page_and_the_report_draw_the_same_lanes(comparison):
    lanes = compared_lanes(comparison, make_report(comparison))
    filled = lanes_template()
    for value in ("${value.clips}", "${row.name.replace(", "${row.cells.join('')}"):
        assert value in filled
    drawn = lanes_html(lanes)
    assert drawn.count('class="cell ') == 3 + 3 + 2 + 3
    assert len(re.findall(r'class="cell [^"]* differs"', drawn)) == 1
    assert drawn.count("differs from the consensus") == 2  # for the eye, and for who cannot see the mark


def test_workflows_are_aligned_with_any_of_them(comparison):
    report = make_report(comparison, TRUTH)
    assert references(comparison, report)[0] == ("Truth", "truth")
    against = workflows_html(comparison, report, "x-clip")
    assert "Against X-CLIP" in against
    assert "Truth" not in re.sub(r"<[^>]*>", "", against)
    assert workflows_html(comparison, report, "no such") == ""
