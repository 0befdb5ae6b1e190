"""Releases as they leave training, pushed as repositories that a hub on this machine can serve."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel

from pipelines.__main__ import main
from tests.support.tiny_evaluations import tiny_evaluation
from tests.support.tiny_releases import SENTENCE_WIDTH, describe, write_words, write_zoo
from zoo.evaluation import write_evaluations
from zoo.hub.push import write_git_repository

LABELS = "lab-actions"
PARTS = ("x-clip", "video-llava", "sentences")  # the public checkpoints, and ours in their place


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


def write_trained_zoo(folder: Path) -> Path:
    """Tiny releases of all variants as they leave training, beside the backbones they were fitted on."""
    write_zoo(folder)
    write_sentences(folder / "sentences")
    for name in PARTS[:2]:
        (folder / name / "README.md").write_text("A public checkpoint.\n")
    describe(folder / "video-llava", sentences={"source": "sentences"})
    for place in folder.iterdir():
        if place.name.endswith(LABELS):
            finish(place)
    return folder


def push_zoo(zoo: Path, folder: Path) -> None:
    """Push everything into repositories under folder/models, and pin it in folder/hub.json."""
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


def commit_public(folder: Path, into: Path) -> str:
    """A repository that others made."""
    return write_git_repository(folder, f"makers/{folder.name}", into).revision


def push(folder: Path, into: Path, backbones: dict) -> None:
    """Push a release with the command line, its parts pinned."""
    parts = []
    about = json.loads((folder / "config.json").read_text())["benchscribe"]
    for part in ("backbone", "sentences"):
        if part in about:
            pinned_part = backbones[about[part]["source"]]
            parts += [f"--{part}", f"{pinned_part['source']}@{pinned_part['revision']}"]
    out = into / "pushed.json"
    assert main(["push", str(folder), "--into", str(into), "--pin", "--json", str(out), *parts]) == 0


def go_to(endpoint: str, cache: Path, monkeypatch) -> None:
    """Make this process one whose hub is at an endpoint, and whose Hub cache is a folder."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
