"""The zoo's catalogue lists everything once, and says what is missing."""

import json
from pathlib import Path

import pytest

from pipelines.catalogue import catalogue
from pipelines.paper import RANDOM, TABLE_2, TABLE_3, below_chance
from zoo.labels import LABEL_SETS
from zoo.releases import TIERS, embedded_releases
from zoo.shelf import Shelf
from zoo.variants import VARIANTS

TABLES = Path(__file__).parents[2].parent / "shared/paper/tables.json"


def test_every_variant_label_set_and_tier_has_one_row():
    rows = catalogue(Shelf())
    keys = {(each.variant.key, each.labels.key, each.tier) for each in rows}
    assert len(rows) == len(keys) == len(VARIANTS) * len(LABEL_SETS) * len(TIERS)
    for each in rows:
        assert bool(each.remedy) != bool(each.encodings)
        assert not each.loaded
        assert each.tier == "hub" or not each.revision
        assert each.tier == "embedded" or not each.source or len(each.revision) == 40


def test_shipped_releases_say_their_size_and_what_they_were_trained_on():
    shipped = {(each.variant.key, each.labels.key) for each in embedded_releases()}
    rows = [each for each in catalogue(Shelf()) if each.tier == "embedded" and each.encodings]
    assert {(each.variant.key, each.labels.key) for each in rows} == shipped
    for each in rows:
        assert "rendered" in each.trained_on
        assert 0 < each.size_bytes < 60_000_000


def test_what_is_loaded_is_said_to_be():
    shelf, release = Shelf(), embedded_releases()[0]
    shelf.load(release)
    loaded = [(each.variant, each.labels) for each in catalogue(shelf) if each.loaded]
    assert (release.variant, release.labels) in loaded


@pytest.mark.skipif(not TABLES.exists(), reason="the published tables are not beside this checkout")
def test_the_published_numbers_are_the_published_numbers():
    told = json.loads(TABLES.read_text())
    titles = {each.title: each.key for each in VARIANTS} | {"Random weighted": RANDOM}
    for title, row in told["table2"]["rows"].items():
        for labels, numbers in row.items():
            ours = TABLE_2[labels][titles[title]]
            assert (ours.f1, ours.ratio, ours.ratio_ci) == (numbers["f1"], numbers["lr"], numbers["ci"])
    for title, row in told["table3"]["rows"].items():
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
