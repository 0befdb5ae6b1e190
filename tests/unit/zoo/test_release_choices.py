"""One text names a release: of a tier, pinned, of a repository, or in a folder."""

import json
import shutil

import pytest

import zoo.releases
from tests.support.tiny_releases import describe, write_videomae
from zoo.labels import LAB_ACTIONS
from zoo.release_choices import ReleaseChoice, available_releases, parse_choices, pins_fault, qualifiers
from zoo.variants import VARIANTS, UnknownVariant
from zoo.weights import WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("zoo")
    release = out / "vi-cl-lab-actions"
    write_videomae(release, LAB_ACTIONS)
    describe(release, variant="vi-cl", labels="lab-actions", encodings=["V"])
    return out


@pytest.fixture(autouse=True)
def pins(folder, tmp_path, monkeypatch):
    """A lab's own file of pins, with one release."""
    pin = {"name": "ours", "variant": "vi-cl", "labels": "lab-actions", "encodings": ["V"]}
    path = tmp_path / "pins.json"
    release = {**pin, "revision": REVISION}
    path.write_text(json.dumps({"namespace": "lab", "backbones": {}, "releases": [release]}))
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(path))
    monkeypatch.setattr(zoo.releases, "EMBEDDED", folder)
    return path


@pytest.mark.parametrize("text", ["vi-cl", "vi-cl@hub", f"vi-cl@lab/ours@{REVISION}", "vi-cl@runs/a@b"])
def test_a_text_is_read_and_written(text):
    assert ReleaseChoice.parse(text).text == text


def test_the_choice_of_each_release_finds_it_again():
    embedded, pinned = available_releases("lab-actions")
    assert (embedded.tier, pinned.tier) == ("embedded", "hub")
    assert ReleaseChoice.of(pinned).text == f"vi-cl@lab/ours@{REVISION}"
    for each in (embedded, pinned):
        assert ReleaseChoice.of(each).find("lab-actions", "V") == each
    with pytest.raises(WeightsMissing, match="not trained on the encoding VG; expected one of V"):
        ReleaseChoice.of(pinned).find("lab-actions", "VG")


def test_choices_are_in_the_papers_order_and_each_once():
    texts = ["x-clip", "vi-cl@hub", "vi-cl", "vi-cl"]
    assert [each.text for each in parse_choices(texts)] == ["vi-cl@hub", "vi-cl", "x-clip"]
    assert [each.variant for each in parse_choices(["all"])] == list(VARIANTS)
    assert {each.tier for each in parse_choices(["all"], "hub")} == {"hub"}
    with pytest.raises(UnknownVariant):
        parse_choices(["vi-gone@hub"])


def test_qualifiers_tell_releases_of_one_variant_apart_and_show_no_path():
    texts = ["vi-cl", "vi-cl@/home/a/ours", "vi-cl@/home/b/ours", f"vi-cl@lab/ours@{REVISION}", "x-clip@hub"]
    assert qualifiers(parse_choices(texts)) == ("", "ours", "ours #2", "lab/ours@01234567", "")


def test_a_broken_file_of_pins_leaves_the_embedded_ones_and_says_so(pins):
    pins.write_text("{")
    assert [each.tier for each in available_releases()] == ["embedded"]
    assert "pins.json is no list of pinned releases" in pins_fault()


def test_weights_of_another_variant_or_label_set_are_refused(folder, tmp_path):
    copy = shutil.copytree(folder / "vi-cl-lab-actions", tmp_path / "copy")
    with pytest.raises(WeightsMissing, match="trained on Lab Actions, not on Lab Motion"):
        ReleaseChoice.parse(f"vi-cl@{copy}").find("lab-motion", "V")
    with pytest.raises(WeightsMissing, match="copy is a release of Vi-Cl, not of Vi-LM"):
        ReleaseChoice.parse(f"vi-lm@{copy}").find("lab-actions", "V")
