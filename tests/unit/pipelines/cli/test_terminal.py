"""What a person sees at a terminal, which encoding is chosen for gaze, and a pipe that closes early."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.cli.recordings import CompareOptions, RecogniseOptions, choose_encoding

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "examples" / "collect-weigh-stir"
VIDEO, GAZE = EXAMPLE / "scene.mp4", EXAMPLE / "gaze.csv"


def run(*arguments, capsys) -> tuple[str, str]:
    assert main([str(each) for each in arguments]) == 0
    return capsys.readouterr()


def test_gaze_is_shown_to_the_model_unless_another_encoding_is_named(recording, capsys):
    given = ("recognise", recording, "--gaze", recording.parent / "gaze.csv")
    out, err = run(*given, capsys=capsys)
    assert json.loads(out)["settings"]["encoding"] == "VG"
    assert err == "Encoding VG, because --gaze was given; choose with --encoding.\n"
    out, err = run(
        "recognise", recording, "--gaze", recording.parent / "gaze.csv", "--encoding", "V", capsys=capsys
    )
    assert json.loads(out)["settings"]["encoding"] == "V"
    assert err == "Encoding V: the model is not shown the gaze of --gaze.\n"


def test_a_comparison_shows_gaze_to_those_that_know_it(recording, capsys):
    gaze = recording.parent / "gaze.csv"
    out, err = run("compare", recording, "--gaze", gaze, "--variants", "vi-cl,x-clip", capsys=capsys)
    result = json.loads(out)
    assert result["settings"]["encoding"] == "VG"
    assert [each["settings"]["encoding"] for each in result["runs"]] == ["VG", "V"]
    assert err == "Encoding VG, because --gaze was given; choose with --encoding.\n"


CHOICES = {
    "no gaze": ({}, ["vi-cl"], "V", ""),
    "gaze": ({"gaze": GAZE}, ["vi-cl"], "VG", "because --gaze was given"),
    "gaze named": ({"gaze": GAZE, "encoding": "VG"}, ["vi-cl"], "VG", ""),
    "no release for it": ({"gaze": GAZE}, ["x-clip"], "V", "because no release shows gaze"),
    "gaze unseen": ({"gaze": GAZE, "encoding": "V"}, ["vi-cl"], "V", "is not shown the gaze"),
}


@pytest.mark.parametrize(("given", "variants", "encoding", "words"), CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("options", [RecogniseOptions, CompareOptions])
def test_the_encoding_by_default_is_that_of_the_gaze(options, given, variants, encoding, words):
    chosen, notes = choose_encoding(options(video=VIDEO, **given), variants)
    assert chosen.name == encoding
    assert len(notes) == bool(words)
    assert words in "".join(notes)


def test_named_weights_say_themselves_whether_they_know_gaze():
    weights = str(ROOT / "zoo/embedded/vi-cl-lab-actions")
    options = RecogniseOptions(video=VIDEO, gaze=GAZE, weights=weights)
    assert choose_encoding(options, ["vi-cl"], weights)[0].name == "VG"


def test_a_terminal_shows_what_was_found_instead_of_json(recording, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    out, _ = run("recognise", recording, capsys=capsys)
    for words in ("Vi-Cl (vi-cl-lab-actions", "It learnt from rendered scenes", "encoding V (video)"):
        assert words in out
    for line in ("Workflow", "Clips", "  0:04 – 0:08  "):
        assert line in out
    assert "Latency" in out
    assert "--json FILE" in out
    out, _ = run("compare", recording, "--variants", "vi-cl,x-clip", capsys=capsys)
    assert "Vi-Cl, encoding V, learnt from rendered scenes" in out
    assert "Consensus; the models disagree on" in out


def test_a_result_in_a_file_leaves_stdout_empty(recording, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    out, _ = run("recognise", recording, "--json", tmp_path / "result.json", capsys=capsys)
    assert out == ""
    assert json.loads((tmp_path / "result.json").read_text())["finished"]


def test_a_pipe_that_closes_early_ends_it_without_a_word():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "check-gaze", GAZE],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141
