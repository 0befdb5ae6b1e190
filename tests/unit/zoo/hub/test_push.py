"""What may be pushed, and what an upload says to the Hub."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from safetensors.numpy import save_file

from pipelines.__main__ import main
from tests.support.tiny_evaluations import tiny_evaluation
from tests.support.tiny_releases import describe
from tests.support.upload_exchange import replay_uploads
from zoo.evaluation import write_evaluations
from zoo.labels import LAB_ACTIONS, LAB_MOTION

REVISION = "0123456789abcdef0123456789abcdef01234567"
BACKBONE = {"source": "makers/x-clip", "revision": REVISION}
REPOSITORY = "lab/x-clip-rf-lab-actions"


@pytest.fixture
def release(tmp_path, monkeypatch) -> Path:
    """A finished release of X-CLIP + RF, and a file of pins that may be written."""
    folder = tmp_path / "x-clip-rf-lab-actions"
    about = {"variant": "x-clip-rf", "labels": "lab-actions", "encodings": ["V"], "trained_on": "nothing"}
    describe(folder, **about, clip_s=4.0, rate_hz=4.0, backbone=BACKBONE)
    name_labels(folder, LAB_ACTIONS.labels)
    save_file({"roots": np.arange(3)}, folder / "model.safetensors")
    write_evaluations(folder, [tiny_evaluation(0.4321)])
    write_card(folder, 0.4321)
    (tmp_path / "hub.json").write_text(json.dumps({"namespace": "lab", "backbones": {}, "releases": []}))
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(tmp_path / "hub.json"))
    return folder


def name_labels(folder: Path, labels: tuple[str, ...]) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = dict(enumerate(labels))
    (folder / "config.json").write_text(json.dumps(config))


def write_card(folder: Path, f1: float) -> None:
    scores = [EvalResult("video-classification", "rendered", "bench", "f1", f1, dataset_config="V")]
    card = ModelCardData(model_name=folder.name, eval_results=scores)
    ModelCard(f"---\n{card.to_yaml()}\n---\nA card.\n").save(folder / "README.md")


def truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-3])


def ask_for_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": {}}))


def forget(name: str):
    def harm(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        del config["benchscribe"][name]
        (folder / "config.json").write_text(json.dumps(config))

    return harm


HARMS = {
    "a pickle": (lambda folder: (folder / "model.bin").touch(), "model.bin"),
    "code": (lambda folder: (folder / "model.py").touch(), "model.py"),
    "a log": (lambda folder: (folder / "train.log").touch(), "train.log"),
    "remote code": (ask_for_code, "auto_map"),
    "no card": (lambda folder: (folder / "README.md").unlink(), "README.md"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "has no weights"),
    "half of the weights": (truncate, "no whole safetensors"),
    "no evaluation": (lambda folder: (folder / "evaluation.json").unlink(), "evaluation.json"),
    "a card that boasts": (lambda folder: write_card(folder, 0.99), "0.99"),
    "other labels": (lambda folder: name_labels(folder, LAB_MOTION.labels), "do not fit Lab Actions"),
    "fewer labels": (lambda folder: name_labels(folder, LAB_ACTIONS.labels[:3]), "3 labels"),
    "a card that is none": (lambda folder: (folder / "README.md").write_text("---\n: [\n---\n"), "card"),
    "an evaluation that is none": (lambda folder: (folder / "evaluation.json").write_text("[1]"), "evaluate"),
    "no rate": (forget("rate_hz"), "rate_hz"),
    "no encodings": (forget("encodings"), "encodings"),
    "no backbone": (forget("backbone"), "backbone"),
    "a backbone in a folder": (lambda folder: describe(folder, backbone={"source": "x-clip"}), "--backbone"),
    "a backbone on a branch": (
        lambda folder: describe(folder, backbone={"source": "a/b", "revision": "main"}),
        "--backbone",
    ),
    "no release": (shutil.rmtree, "config.json"),
}


@pytest.mark.parametrize(("harm", "says"), HARMS.values(), ids=HARMS)
def test_what_is_no_whole_release_is_not_pushed(release, tmp_path, harm, says, capsys):
    harm(release)
    assert main(["push", str(release), "--into", str(tmp_path / "repositories")]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "repositories").exists()


@pytest.mark.parametrize("to", ["lab", "lab/", "/lab", "lab/../other", "a b/c", "lab/.."])
def test_names_that_are_none(release, tmp_path, to, capsys):
    assert main(["push", str(release), "--to", to, "--into", str(tmp_path / "repositories")]) == 2
    assert "ORG/NAME" in capsys.readouterr().err


def test_a_commit_is_pinned_and_pushing_again_makes_a_new_one(release, tmp_path, capsys):
    arguments = ["push", str(release), "--into", str(tmp_path / "repositories"), "--pin"]
    pushed = []
    for f1 in (0.4321, 0.4321, 0.5):
        write_evaluations(release, [tiny_evaluation(f1)])
        write_card(release, f1)
        assert main(arguments) == 0
        pushed.append(json.loads(capsys.readouterr().out))
        (pin,) = json.loads((tmp_path / "hub.json").read_text())["releases"]
        assert pin["revision"] == pushed[-1]["revision"]
    assert pushed[0]["repository"] == REPOSITORY
    assert pushed[0]["revision"] == pushed[1]["revision"] != pushed[2]["revision"]
    assert pin["name"] == release.name
    assert (pin["variant"], pin["labels"], pin["encodings"]) == ("x-clip-rf", "lab-actions", ["V"])


def test_another_namespace_cannot_be_pinned(release, tmp_path, capsys):
    assert main(["push", str(release), "--to", "others/a", "--pin", "--into", str(tmp_path / "new")]) == 2
    assert "lab alone" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.fixture
def exchange(monkeypatch):
    with replay_uploads(monkeypatch, REPOSITORY, REVISION) as exchange:
        yield exchange


def test_an_upload_sends_every_file_and_takes_the_commit(release, exchange, tmp_path, capsys):
    assert main(["push", str(release), "--pin"]) == 0
    pushed = json.loads(capsys.readouterr().out)
    assert (pushed["repository"], pushed["revision"]) == (REPOSITORY, REVISION)
    assert exchange.tokens - {None} == {"Bearer hf_of_the_test"}
    sent = {name: content for name, content in exchange.files.items() if content != b"deleted"}
    assert set(exchange.files) - set(sent) == {"old.txt"}
    assert set(pushed["files"]) == set(sent) == {path.name for path in release.iterdir()}
    for name in sent:
        if name != "config.json":  # rewritten, with its backbone's commit
            assert sent[name] == (release / name).read_bytes()
    assert json.loads(sent["config.json"])["benchscribe"]["backbone"] == BACKBONE
    assert set(exchange.stored) == {hashlib.sha256(sent["model.safetensors"]).hexdigest()}
    create, commit = "POST /api/repos/create", f"POST /api/models/{REPOSITORY}/commit/main"
    assert exchange.requests.index(create) < exchange.requests.index(commit)
    assert exchange.requests.count(commit) == 1
    assert json.loads((tmp_path / "hub.json").read_text())["releases"][0]["revision"] == REVISION


@pytest.mark.parametrize("status", [401, 403])
def test_an_upload_that_is_not_allowed(release, exchange, status, tmp_path, capsys):
    exchange.status = status
    assert main(["push", str(release), "--pin"]) == 2
    said = capsys.readouterr().err
    assert "hf auth login" in said
    assert len(said.strip().splitlines()) == 1
    assert json.loads((tmp_path / "hub.json").read_text())["releases"] == []
