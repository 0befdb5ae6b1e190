"""Every verb says what it takes; what is wrong with a command is one line, and said at once."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from pipelines import __version__
from pipelines.__main__ import VERBS, main
from pipelines.cli import datasets, releases, training
from pipelines.datasets.importers.registry import KINDS
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.output.gaze_export import EXPORTS
from pipelines.datasets.rendered.output.settings import CAMERAS
from pipelines.evaluation.perturbations import SHUFFLES
from zoo.variants import VARIANTS

ROOT = Path(__file__).parents[4]
HEAVY = ("torch", "transformers", "gradio", "pandas", "numpy", "xgboost")
WRONG_NAMES = {
    "verb": ["recognize", "VIDEO"],
    "variant": ["recognise", "VIDEO", "--variant", "nope"],
    "one of several variants": ["compare", "VIDEO", "--variants", "vi-cl,nope"],
    "labels": ["score", "TABLE", "--labels", "nope"],
    "encoding": ["recognise", "VIDEO", "--encoding", "GV"],
    "one of several encodings": ["finetune", "--encodings", "V,GV"],
    "tier": ["pull", "--tier", "nope"],
    "preset": ["pretrain", "--preset", "nope"],
    "bench": ["render", "--labels", "nope"],
    "device": ["recognise", "VIDEO", "--device", "cuda:first"],
    "signal to shuffle": ["evaluate", "--shuffle", "nope"],
}
USAGE = {
    "no verb": [],
    "no argument": ["recognise"],
    "no option": ["render", "--seed", "1"],
    "one argument too many": ["recognise", "a.mp4", "b.mp4"],
    "unknown option": ["recognise", "a.mp4", "--nope"],
    "no number": ["render", "--workflows", "many", "--seed", "1", "--out", "new"],
    "option without its value": ["recognise", "a.mp4", "--variant"],
    "unknown option of all": ["--nope"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_every_verb_has_a_help_text(verb, capsys):
    assert main([verb, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for field in fields(get_type_hints(VERBS[verb])["options"]):
        parameter = get_type_hints(type_of(verb), include_extras=True)[field.name].__metadata__[0]
        assert parameter.help, field.name
        if "Option" in type(parameter).__name__ and not isinstance(field.default, bool):
            assert f"--{field.name.replace('_', '-')} " in text
            described = text.split(f"--{field.name.replace('_', '-')} ")[1]
            assert re.search(r"\[(default: .+?|required)\]", described)


def type_of(verb: str) -> type:
    return get_type_hints(VERBS[verb])["options"]


def test_the_verbs_and_the_version_are_listed(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {verb} " in text for verb in VERBS)
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"BenchScribe {__version__}\n"


def test_the_choices_are_those_of_the_tables():
    """They are written down again, because the tables stand in modules that take long to import."""
    assert tuple(BENCHES) == datasets.RENDERED
    assert tuple(EXPORTS) == datasets.GAZE_FORMATS
    assert tuple(CAMERAS) == datasets.CAMERAS
    assert tuple(KINDS) == datasets.KINDS
    assert tuple(SHUFFLES) == releases.SHUFFLED
    backbones = dict.fromkeys(each.backbone for each in VARIANTS if each.backbone)
    assert ("videomae", *backbones) == training.PRETRAINED


@pytest.mark.parametrize("arguments", (WRONG_NAMES | USAGE).values(), ids=(WRONG_NAMES | USAGE))
def test_a_command_that_cannot_be_read_is_exit_2_and_one_line(arguments, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.endswith(".\n")


@pytest.mark.parametrize("arguments", WRONG_NAMES.values(), ids=WRONG_NAMES)
def test_a_wrong_name_is_listed_with_what_was_expected(arguments, capsys):
    main(arguments)
    assert re.search(r"no .+ “.+”; expected one of \S+, \S+", capsys.readouterr().err)


def test_a_wrong_name_is_refused_before_any_library_is_imported():
    code = f"""
import sys
from pipelines.__main__ import main
for arguments in {[*WRONG_NAMES.values()]}:
    assert main(arguments) == 2, arguments
print(sorted(set({HEAVY}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
