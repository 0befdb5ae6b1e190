"""The zoo's catalogue lists everything once, and says what is missing."""

import json
from pathlib import Path

import pytest

from pipelines.catalogue import Entry, catalogue
from pipelines.evaluation.published import RANDOM, TABLE_2, TABLE_3, below_chance
from pipelines.views.zoo import zoo_html
from zoo.labels import LABEL_SETS
from zoo.model_store import ModelStore
from zoo.releases import embedded_releases
from zoo.tiers import TIERS
from zoo.variants import VARIANTS

ROOT = Path(__file__).parents[3]
TABLES = ROOT.parent / "shared/paper/tables.json"


def test_every_variant_label_set_and_tier_has_one_row():
    rows = catalogue(ModelStore())
    keys = {(each.variant.key, each.labels.key, each.tier) for each in rows}
    assert len(rows) == len(keys) == len(VARIANTS) * len(LABEL_SETS) * len(TIERS)
    for each in rows:
        assert bool(each.remedy) == (each.weights is None) != bool(each.encodings)
        if each.weights:
            assert not each.weights.loaded
            assert len(each.weights.revision) == (40 if each.tier == "hub" else 0)


def test_shipped_releases_say_their_size_and_what_they_were_trained_on():
    shipped = {(each.variant.key, each.labels.key) for each in embedded_releases()}
    rows = [each for each in catalogue(ModelStore()) if each.tier == "embedded" and each.encodings]
    assert {(each.variant.key, each.labels.key) for each in rows} == shipped
    for each in rows:
        assert "rendered" in each.trained_on
        assert 0 < each.weights.size_bytes < 60_000_000


def test_a_zero_shot_score_has_its_note_beside_it():
    rows = [each for each in catalogue(ModelStore()) if each.tier == "embedded" and each.encodings]
    for each in rows:
        assert bool(each.measured.zero_shot_note) == each.variant.zero_shot
        assert each.measured.zero_shot_note in zoo_html([each])


def test_what_is_loaded_is_said_to_be():
    store, release = ModelStore(), embedded_releases()[0]
    store.load(release)
    loaded = [(each.variant, each.labels) for each in catalogue(store) if each.state == "loaded"]
    assert (release.variant, release.labels) in loaded


REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def pins(tmp_path, monkeypatch) -> Path:
    """One release of ours pinned, and a cache of the Hub that holds nothing yet; returns its snapshot."""
    release = {"name": "vi-lm", "variant": "vi-lm", "labels": "lab-actions", "encodings": ["V"]}
    pins = json.loads((ROOT / "zoo/hub.json").read_text())
    pins |= {"namespace": "lab", "releases": [{**release, "revision": REVISION}]}
    (tmp_path / "hub.json").write_text(json.dumps(pins))
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(tmp_path / "hub.json"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "cache/models--lab--vi-lm"


def on_the_hub(key: str) -> Entry:
    rows = catalogue(ModelStore())
    return next(e for e in rows if (e.variant.key, e.labels.key, e.tier) == (key, "lab-actions", "hub"))


def test_what_is_not_pushed_says_what_to_do(pins):
    entry = on_the_hub("vi-cl")
    assert entry.state == "missing"
    assert "Not pushed" in entry.remedy
    assert "pipelines push" in entry.remedy
    assert "\n" not in entry.remedy


def test_what_is_pushed_is_not_on_this_machine_before_the_last_file_is(pins):
    entry = on_the_hub("vi-lm")
    weights = entry.weights
    assert (entry.state, weights.source, weights.revision) == ("not on this machine", "lab/vi-lm", REVISION)
    assert weights.size_bytes is None
    snapshot = pins / "snapshots" / REVISION
    for folder in (snapshot, pins / "trees"):
        folder.mkdir(parents=True)
    files = {"config.json": b'{"benchscribe": {"trained_on": "videos"}}', "model.safetensors": b"weights"}
    listing = {name: {"size": len(content), "blob_id": "0" * 40} for name, content in files.items()}
    (pins / "trees" / f"{REVISION}.json").write_text(json.dumps({"format_version": 1, "files": listing}))
    (snapshot / "config.json").write_bytes(files["config.json"])
    assert on_the_hub("vi-lm").state == "not on this machine"
    (snapshot / "model.safetensors").write_bytes(files["model.safetensors"])
    rows = catalogue(ModelStore(), ask_hub=True)  # out of reach, so only what is known here
    sizes = {each.weights.download_bytes for each in rows if each.tier == "embedded" and each.weights}
    assert sizes == {0}
    entry = next(e for e in rows if (e.variant.key, e.labels.key, e.tier) == ("vi-lm", "lab-actions", "hub"))
    assert entry.weights.download_bytes == 0
    zero_shot = next(e for e in rows if (e.variant.key, e.tier) == ("x-clip", "hub"))
    assert zero_shot.weights.download_bytes is None
    entry = on_the_hub("vi-lm")
    assert entry.weights.download_bytes is None
    assert (entry.state, entry.trained_on) == ("on this machine", "videos")
    assert entry.weights.size_bytes == sum(map(len, files.values()))


@pytest.mark.skipif(not TABLES.exists(), reason="the published tables are not beside this checkout")
def test_the_published_numbers_are_the_published_numbers():
    tables = json.loads(TABLES.read_text())
    titles = {each.title: each.key for each in VARIANTS} | {"Random weighted": RANDOM}
    for title, row in tables["table2"]["rows"].items():
        for labels, numbers in row.items():
            ours = TABLE_2[labels][titles[title]]
            assert (ours.f1, ours.ratio, ours.ratio_ci) == (numbers["f1"], numbers["lr"], numbers["ci"])
    for title, row in tables["table3"]["rows"].items():
        ours = TABLE_3[titles[title]]
        assert (ours.parameters, ours.clip_s, ours.deviation_s) == (row["parameters"], row["s"], row["sd"])


def test_below_chance_in_the_paper():
    below = {(key, labels) for labels, row in TABLE_2.items() for key in row if below_chance(key, labels)}
    assert below == {
        ("x-clip", "lab-actions"),
        ("x-clip", "lab-motion"),
        ("video-llava", "lab-actions"),
        ("video-llava", "lab-motion"),
    }
