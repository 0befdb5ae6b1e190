"""Releases pushed as repositories, served over the Hub's own protocol, pulled, and answering as they did.

olah serves the repositories; what real uploads look like is in test_push.py.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import main
from tests.support.pushed_releases import LABELS, go_to
from tests.support.tiny_releases import make_clips
from zoo.hub.download import fetch, find_local
from zoo.hub.push import write_git_repository
from zoo.hub.verify import verify
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.variants import VARIANTS
from zoo.weights import Weights, WeightsMissing

ROOT = Path(__file__).parents[4]


def visitor(hub, home: Path) -> dict[str, str]:
    """The environment of somebody with an empty cache, whose only hub is this one."""
    endpoint, folder = hub
    variables = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": str(ROOT)}
    variables |= {
        "BENCHSCRIBE_HUB": str(folder / "hub.json"),
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "0",
    }
    return {**os.environ, **variables}


def test_all_eight_answer_from_the_hub_as_they_do_from_their_folders(here, zoo):
    store, clips = ModelStore(), make_clips(2)
    for recipe in VARIANTS:
        folder = zoo / recipe.key if (zoo / recipe.key).is_dir() else zoo / f"{recipe.key}-{LABELS}"
        fetched = find_release(recipe.key, LABELS, "V", "hub")
        local = find_release(recipe.key, LABELS, "V", "embedded", str(folder))
        assert fetched.parts != local.parts
        answers = [store.answer(each, store.embed(each.feature_spec, clips)) for each in (fetched, local)]
        assert answers[0] == answers[1], recipe.key


def test_a_process_with_nothing_but_the_address_of_a_hub_pulls_from_there(hub, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "pull", "--variant", "vi-cl"],
        **{"env": visitor(hub, tmp_path), "cwd": ROOT, "capture_output": True, "text": True, "check": False},
    )
    assert (done.returncode, done.stderr) == (0, "")
    (pulled,) = json.loads(done.stdout)
    assert pulled["verified"]
    assert Path(pulled["folder"]).is_relative_to(tmp_path)


def test_pull_brings_a_release_and_its_backbone_and_compares_every_file(here, capsys):
    assert main(["pull", "--variant", "x-clip-rf"]) == 0
    printed = capsys.readouterr()
    pulled = json.loads(printed.out)
    assert printed.err == ""
    assert [each["source"] for each in pulled] == ["lab/x-clip-rf-lab-actions", "makers/x-clip"]
    for each in pulled:
        files = [path for path in Path(each["folder"]).rglob("*") if path.is_file()]
        assert each["compared_files"] == len(files) > 2
        assert each["verified"]
    pinned = json.loads((here.parent / "hub.json").read_text())["releases"]
    assert pulled[0]["revision"] in {each["revision"] for each in pinned}


def test_what_is_on_this_machine_needs_no_hub(here, tmp_path, monkeypatch):
    release = find_release("vi-cl", "lab-actions", "V", "hub")
    assert find_local(release.weights) is None
    folder = fetch(release.weights)
    go_to("http://127.0.0.1:9", tmp_path / "cache", monkeypatch)
    assert find_local(release.weights) == fetch(release.weights) == folder


def refused(weights: Weights) -> str:
    with pytest.raises(WeightsMissing) as caught:
        fetch(weights)
    assert "\n" not in str(caught.value)
    assert find_local(weights) is None
    return str(caught.value)


@pytest.mark.parametrize("name", ["lab/vi-cl-lab-actions", "lab/nothing"])
def test_a_wrong_revision(here, name):
    assert f"has no {name} at revision 00000000" in refused(Weights(name, "0" * 40))


def publish(here: Path, zoo: Path, name: str, harm, monkeypatch) -> Weights:
    """A release that somebody else put on the hub, harmed."""
    folder = here.parent / "harmed" / name
    shutil.copytree(zoo / "vi-cl-lab-actions", folder)
    harm(folder)
    revision = write_git_repository(folder, f"strangers/{name}", here).revision
    return Weights(f"strangers/{name}", revision)


def pickle_only(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def with_code(folder: Path) -> None:
    (folder / "modeling.py").write_text("raise SystemExit('never run')\n")


def with_auto_map(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "strangers/code--modeling.Model"}
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("harm", "says"), [(pickle_only, "pickle"), (with_code, "modeling.py"), (with_auto_map, "auto_map")]
)
def test_pickles_and_code_are_refused_before_the_weights_come(here, zoo, harm, says, monkeypatch, tmp_path):
    weights = publish(here, zoo, harm.__name__, harm, monkeypatch)
    assert says in refused(weights)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.suffix in {".safetensors", ".py"}]


def test_a_pickle_beside_safetensors_is_left_where_it_is(here, zoo, monkeypatch):
    def add(folder: Path) -> None:
        (folder / "pytorch_model.bin").write_bytes(b"never read")

    folder = fetch(publish(here, zoo, "both", add, monkeypatch))
    assert not list(folder.glob("*.bin"))


def test_half_a_file_on_the_hub_harms_nobody_else(here, zoo, monkeypatch):
    def truncate(folder: Path) -> None:
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:-500])

    weights = publish(here, zoo, "half", truncate, monkeypatch)
    store, clips = ModelStore(), make_clips(1)
    broken = find_release("vi-cl", "lab-actions", "V", "hub", f"{weights.source}@{weights.revision}")
    with pytest.raises(WeightsMissing, match="cannot be loaded") as caught:
        store.embed(broken.feature_spec, clips)
    assert "\n" not in str(caught.value)
    whole = find_release("vi-cl", "lab-actions", "V", "hub")
    assert store.answer(whole, store.embed(whole.feature_spec, clips))


def test_a_hub_that_goes_away_in_the_middle(line, hub, tmp_path, monkeypatch):
    weights = find_release("vi-cl", "lab-actions", "V", "hub").weights
    line.breaks_in = "model.safetensors"
    sentence = refused(weights)
    assert weights.name in sentence
    assert "resumes there" in sentence
    assert not list((tmp_path / "cache").rglob("*.safetensors"))
    go_to(hub[0], tmp_path / "cache", monkeypatch)
    assert (fetch(weights) / "model.safetensors").is_file()


def test_a_cache_without_links_is_compared_too(here, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_SYMLINKS", True)
    folder = fetch(find_release("vi-cl", "lab-actions", "V", "hub").weights)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not any(path.is_symlink() for path in files)
    assert verify(folder) == len(files) > 2
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"?")
    with pytest.raises(WeightsMissing, match=r"model\.safetensors"):
        verify(folder)
    assert not (folder / "model.safetensors").exists()


def test_a_file_that_changed_on_its_way(here, monkeypatch):
    weights = find_release("vi-cl", "lab-actions", "V", "hub").weights
    monkeypatch.setattr("zoo.hub.verify._hash", lambda path, announced: "another")
    assert "hash differs" in refused(weights)
