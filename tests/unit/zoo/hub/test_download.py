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
import torch
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel

from pipelines.__main__ import main
from tests.support.local_hub import cut_off, serve
from tests.support.tiny_evaluations import tiny_evaluation
from tests.support.tiny_releases import SENTENCE_WIDTH, describe, make_clips, write_words, write_zoo
from zoo.evaluation import write_evaluations
from zoo.hub.download import fetch, find_local
from zoo.hub.push import write_git_repository
from zoo.hub.verify import verify
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.variants import VARIANTS
from zoo.weights import Weights, WeightsMissing

LABELS = "lab-actions"
ROOT = Path(__file__).parents[4]
PARTS = ("x-clip", "video-llava", "sentences")  # the public checkpoints, and ours in their place
# What a visitor's process does, with nothing on its machine but the file of pins.
VISIT = """
import json, sys
import app
from tests.support.tiny_evaluations import tiny_evaluation
from tests.support.tiny_releases import make_clips
from zoo.releases import find_release

answers = {}
for key, labels in json.loads(sys.argv[1]):
    release = find_release(key, labels, "V", "hub")
    answer = app.context.store.answer(release, app.context.store.embed(release.feature_spec, make_clips(2)))
    answers[f"{key} {labels}"] = [[each.label, each.scores, each.caption] for each in answer]
print(json.dumps(answers))
"""


def write_sentences(folder: Path) -> None:
    """A sentence model of the packaged one's kind, with fresh weights."""
    torch.manual_seed(0)
    raw = folder / "raw"
    words = write_words(raw)
    size = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), hidden_size=SENTENCE_WIDTH, **size)).save_pretrained(raw)
    parts = [Transformer(str(raw)), Pooling(SENTENCE_WIDTH)]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder))
    shutil.rmtree(raw)


def finish(folder: Path) -> None:
    """What training adds to a release: rates, an evaluation, and a card that says the same."""
    config = json.loads((folder / "config.json").read_text())["benchscribe"]
    more = {"sentences": {"source": "sentences"}} if "sentences" in config else {}
    describe(folder, clip_s=4.0, rate_hz=4.0, **more)
    about = {"release": folder.name, "variant": config["variant"], "labels": config["labels"]}
    results = [tiny_evaluation(0.1234, encoding=name, **about) for name in config["encodings"]]
    write_evaluations(folder, results)
    scores = [
        EvalResult("video-classification", "rendered", "bench", "f1", 0.1234, dataset_config=each.encoding)
        for each in results
    ]
    card = ModelCardData(model_name=folder.name, eval_results=scores)
    ModelCard(f"---\n{card.to_yaml()}\n---\n").save(folder / "README.md")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory) -> Path:
    """Tiny releases of all variants as they leave training, beside the backbones they were fitted on."""
    folder = write_zoo(tmp_path_factory.mktemp("zoo"))
    write_sentences(folder / "sentences")
    for name in PARTS[:2]:
        (folder / name / "README.md").write_text("A public checkpoint.\n")
    describe(folder / "video-llava", sentences={"source": "sentences"})
    for place in folder.iterdir():
        if place.name.endswith(LABELS):
            finish(place)
    return folder


@pytest.fixture(scope="module")
def hub(zoo, tmp_path_factory):
    """Everything pushed, and served: the endpoint, the file of pins, and the folder of repositories."""
    folder = tmp_path_factory.mktemp("hub")
    pins = {"namespace": "lab", "backbones": {}, "releases": []}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCHSCRIBE_HUB", str(folder / "hub.json"))
        for name in PARTS:
            revision = commit_public(zoo / name, folder / "models")
            pins["backbones"][name] = {"source": f"makers/{name}", "revision": revision}
        (folder / "hub.json").write_text(json.dumps(pins))
        for place in sorted(zoo.iterdir()):
            if place.name.endswith(LABELS):
                push(place, folder / "models", pins["backbones"])
        with serve(folder) as endpoint:
            yield endpoint, folder


def commit_public(folder: Path, into: Path) -> str:
    """A repository that others made."""
    return write_git_repository(folder, f"makers/{folder.name}", into).revision


def push(folder: Path, into: Path, backbones: dict) -> None:
    parts = []
    about = json.loads((folder / "config.json").read_text())["benchscribe"]
    for part in ("backbone", "sentences"):
        if part in about:
            pinned_part = backbones[about[part]["source"]]
            parts += [f"--{part}", f"{pinned_part['source']}@{pinned_part['revision']}"]
    out = into / "pushed.json"
    assert main(["push", str(folder), "--into", str(into), "--pin", "--json", str(out), *parts]) == 0


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


def ours() -> list[tuple[str, str]]:
    return [(each.key, LABELS) for each in VARIANTS]


def test_all_eight_answer_from_the_hub_as_they_do_from_their_folders(hub, zoo, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", VISIT, json.dumps(ours())],
        **{"env": visitor(hub, tmp_path), "cwd": ROOT, "capture_output": True, "text": True, "check": False},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, store, clips = json.loads(done.stdout.splitlines()[-1]), ModelStore(), make_clips(2)
    for key, labels in ours():
        folder = zoo / (key if (zoo / key).is_dir() else f"{key}-{labels}")
        release = find_release(key, labels, "V", "embedded", str(folder))
        want = store.answer(release, store.embed(release.feature_spec, clips))
        assert answers[f"{key} {labels}"] == [[each.label, each.scores, each.caption] for each in want], key


@pytest.fixture
def here(hub, tmp_path, monkeypatch) -> Path:
    """This process as a visitor with an empty cache; returns the folder of repositories."""
    go_to(hub[0], tmp_path / "cache", monkeypatch)
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(hub[1] / "hub.json"))
    return hub[1] / "models"


def go_to(endpoint: str, cache: Path, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


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


def test_a_hub_that_goes_away_in_the_middle(here, hub, tmp_path, monkeypatch):
    weights = find_release("vi-cl", "lab-actions", "V", "hub").weights
    monkeypatch.setattr("time.sleep", lambda _: None)  # between the library's own attempts
    with cut_off(hub[0], "model.safetensors") as endpoint:
        go_to(endpoint, tmp_path / "cache", monkeypatch)
        sentence = refused(weights)
    assert weights.name in sentence
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
