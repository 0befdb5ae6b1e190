"""The contract: exit codes, one line on stderr, and the keys of the JSON, run as others run it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import main

ROOT = Path(__file__).parents[4]
NEON = ROOT.parent / "shared/real/neon-recording"


def run(*arguments, capsys) -> tuple[int, str, str]:
    code = main([str(each) for each in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_recognise_writes_the_contract(recording, tmp_path, capsys):
    out = tmp_path / "result.json"
    gaze = recording.parent / "gaze.csv"
    code, _, _ = run("recognise", recording, "--gaze", gaze, "--encoding", "VG", "--json", out, capsys=capsys)
    assert code == 0
    result = json.loads(out.read_text())
    assert result["finished"] is True
    assert result.keys() >= {"recording", "settings", "clips", "workflow", "latency_s"}
    assert result["recording"].keys() >= {"name", "sha256", "duration_s", "frames", "gaze"}
    assert result["recording"]["gaze"].keys() >= {"source", "coverage"}
    assert result["settings"].keys() >= {"variant", "labels", "encoding", "tier", "release", "revision"}
    assert result["latency_s"].keys() == {"decode", "signals", "encode", "embed", "answer", "total"}
    for clip in result["clips"]:
        assert clip.keys() >= {"start_s", "end_s", "label", "scores", "caption", "encoding"}
        assert sum(clip["scores"].values()) == pytest.approx(1, abs=1e-3)
        assert clip["label"] == max(clip["scores"], key=clip["scores"].get)
    for step in result["workflow"]:
        assert step.keys() == {"step", "start_s", "end_s"}
    assert sum(result["latency_s"].values()) <= 2.2 * result["latency_s"]["total"]
    assert not list(tmp_path.glob("*.part"))


def test_results_go_to_stdout_and_progress_to_a_terminal(recording, capsys, monkeypatch):
    code, out, err = run("recognise", recording, capsys=capsys)
    assert code == 0
    assert json.loads(out)["recording"]["gaze"] is None
    assert err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = run("recognise", recording, capsys=capsys)
    assert "Encoding V" in err
    assert "Encoding V" not in out


def test_the_same_recording_gives_the_same_answer(recording, capsys):
    answers = [json.loads(run("recognise", recording, capsys=capsys)[1])["clips"] for _ in range(2)]
    assert answers[0] == answers[1]


BAD = {
    "no such video": ["recognise", "nowhere.mp4"],
    "no such variant": ["recognise", "VIDEO", "--variant", "vi-gone"],
    "no such labels": ["recognise", "VIDEO", "--labels", "kitchen"],
    "no such encoding": ["recognise", "VIDEO", "--encoding", "GV"],
    "no such tier": ["recognise", "VIDEO", "--tier", "cloud"],
    "no release": ["recognise", "VIDEO", "--encoding", "MDG"],
    "not pushed": ["recognise", "VIDEO", "--tier", "hub"],
    "not pinned": ["recognise", "VIDEO", "--tier", "hub", "--weights", "lab/vi-cl@main"],
    "no gaze given": ["recognise", "VIDEO", "--encoding", "VG"],
    "no place for the result": ["recognise", "VIDEO", "--json", "nowhere/result.json"],
    "no predictions": ["score", "nowhere.csv"],
    "no gaze file": ["check-gaze", "nowhere.csv"],
    "unknown labels to render": [
        "render",
        "--labels",
        "kitchen",
        "--workflows",
        "1",
        "--seed",
        "1",
        "--out",
        "new",
    ],
    "folder in use": ["render", "--workflows", "1", "--seed", "1", "--out", "BENCH"],
    "no manifest": ["evaluate", "--manifest", "nowhere.csv"],
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_what_the_user_can_mend_is_exit_2_and_one_line(
    arguments, bench, recording, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    places = {"VIDEO": recording, "BENCH": bench}
    code, out, err = run(*[places.get(each, each) for each in arguments], capsys=capsys)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir()), "something was written"


def test_as_a_process_without_a_traceback(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("These are notes, not a video.")
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "recognise", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "notes.mp4" in done.stderr


def test_evaluate_and_score_agree(bench, tmp_path, capsys):
    split = next(csv.DictReader((bench / "manifest.csv").open()))["split"]
    table = tmp_path / "predictions.csv"
    manifest = bench / "manifest.csv"
    _, evaluated, _ = run(
        "evaluate", "--manifest", manifest, "--split", split, "--predictions", table, capsys=capsys
    )
    _, scored, _ = run("score", table, capsys=capsys)
    one, two = json.loads(evaluated), json.loads(scored)
    assert (one["interval_unit"], two["interval_unit"]) == ("wearer", "workflow")
    for key in ("f1", "per_activity", "workflows", "clips"):
        assert one[key] == pytest.approx(two[key]), key
    assert one["ratio_as_named"] == pytest.approx(two["ratio"])  # a table holds no scores to weigh


@pytest.mark.skipif(not NEON.is_dir(), reason="the real recording is not beside this checkout")
def test_a_real_recording_with_its_gaze(capsys):
    code, out, _ = run(
        "recognise", NEON / "scene_ps1.mp4", "--gaze", NEON / "gaze.csv", "--encoding", "VG", capsys=capsys
    )
    result = json.loads(out)
    assert code == 0
    assert [(clip["start_s"], clip["end_s"], clip["encoding"]) for clip in result["clips"]] == [
        (0.0, 4.0, "VG")
    ]
    assert 0.5 < result["recording"]["unnamed_s"] < 1
    assert "Pupil Cloud" in result["recording"]["gaze"]["source"]
    # Gaze starts a second late: 4 or 5 of the first 16 sampled frames go without.
    assert result["clips"][0]["gaze_coverage"] == pytest.approx(11.5 / 16, abs=0.5 / 16)
