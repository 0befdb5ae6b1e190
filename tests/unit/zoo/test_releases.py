"""Releases are found, or the sentence says what to do."""

import json
import time
from pathlib import Path

import pytest

from zoo.hub.download import fetch
from zoo.labels import LABEL_SETS
from zoo.releases import embedded_releases, find_release
from zoo.tiers import UnknownTier
from zoo.variants import VARIANTS, UnknownVariant
from zoo.weights import Weights, WeightsMissing, parse_weights

REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_weights_are_a_folder_or_pinned(tmp_path):
    assert parse_weights(str(tmp_path)) == Weights(str(tmp_path))
    assert parse_weights(f"lab/vi-cl@{REVISION}") == Weights("lab/vi-cl", REVISION)


@pytest.mark.parametrize(
    "text", ["lab/vi-cl", "lab/vi-cl@main", f"vi-cl@{REVISION}", "", f"a/b@{REVISION.upper()}"]
)
def test_unpinned_weights_are_refused(text):
    with pytest.raises(WeightsMissing, match="40 hexadecimal"):
        parse_weights(text)


def test_what_does_not_exist_is_listed():
    with pytest.raises(UnknownVariant, match="vi-cl"):
        find_release("vi-gone", "lab-actions", "V")
    with pytest.raises(UnknownTier, match="embedded, hub"):
        find_release("vi-cl", "lab-actions", "V", "cloud")
    with pytest.raises(WeightsMissing, match="has not been pushed"):
        find_release("vi-cl", "lab-actions", "V", "hub")
    with pytest.raises(WeightsMissing, match="MDG"):
        find_release("vi-cl", "lab-actions", "MDG")


def test_a_hub_that_cannot_be_reached(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsMissing, match="cannot be reached"):
        fetch(Weights("lab/vi-cl", REVISION))


def test_a_hub_that_is_not_there_is_said_to_be_so_at_once(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    start = time.monotonic()
    with pytest.raises(WeightsMissing, match="cannot be reached"):
        fetch(Weights("lab/vi-cl", REVISION))
    assert time.monotonic() - start < 5


def test_a_hub_id_is_found_at_its_pinned_revision(monkeypatch, tmp_path):
    """The Hub's own cache layout, written as a download leaves it, and no network."""
    repository = tmp_path / "models--lab--vi-cl"
    for revision in (REVISION, REVISION[::-1]):
        folder = repository / "snapshots" / revision
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for revision in (REVISION, REVISION[::-1]):
        assert (fetch(Weights("lab/vi-cl", revision)) / "config.json").read_text() == revision


def test_every_embedded_release_says_what_it_is():
    assert embedded_releases()
    for each in embedded_releases():
        assert find_release(each.variant.key, each.labels.key, each.encodings[0]) == each
        assert (fetch(each.weights) / "README.md").is_file()


def test_the_training_log_has_the_scores_of_the_releases():
    text = (Path(__file__).parents[3] / "zoo" / "embedded" / "README.md").read_text()
    draws = {}
    for recipe in VARIANTS:
        cells = []
        for labels in LABEL_SETS:
            release = next(e for e in embedded_releases() if (e.variant, e.labels) == (recipe, labels))
            kept = json.loads((Path(release.weights.source) / "evaluation.json").read_text())
            own = [each for each in kept if each["labels"] == labels.key]
            draws[labels] = f"{own[0]['chance']:.2f}"
            cells.append(", ".join(f"{each['encoding']} {each['f1']:.2f}" for each in own))
            cells.append(", ".join(f"{each['encoding']} {each['ratio']['names']:.2f}" for each in own))
        assert f"| {recipe.title} | {' | '.join(cells)} |" in text
    assert f"| labels at random | {' | | '.join(draws.values())} | |" in text
