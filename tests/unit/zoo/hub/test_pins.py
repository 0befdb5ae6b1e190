"""What is pinned on the Hub, and what releases say they share."""

import json
from pathlib import Path

import pytest

from zoo.hub.download import PACKAGED
from zoo.hub.pins import read_pins
from zoo.labels import LAB_ACTIONS, LABEL_SETS
from zoo.prompts import question_text
from zoo.releases import find_release, pushed_releases
from zoo.variants import VARIANTS
from zoo.weights import Weights, WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_the_two_zero_shot_variants_need_nothing_but_public_checkpoints():
    held = {(each.variant.key, each.labels.key) for each in pushed_releases()}
    assert held >= {(key, each.key) for key in ("x-clip", "video-llava") for each in LABEL_SETS}
    release = find_release("video-llava", "lab-actions", "V", "hub")
    assert release.weights == read_pins().backbones["video-llava"]
    assert release.sentences == read_pins().backbones["sentences"]
    assert release.backbone is None


@pytest.mark.parametrize("labels", LABEL_SETS, ids=lambda each: each.key)
def test_eight_variants_are_five_forward_passes(monkeypatch, tmp_path, labels):
    pin_all(monkeypatch, tmp_path)
    found = [find_release(each.key, labels.key, "V", "hub") for each in VARIANTS]
    assert len(found) == 8
    assert len({each.feature_spec for each in found}) == 5


def pin_all(monkeypatch, folder: Path) -> None:
    """A file of pins as it will look when everything has been pushed."""
    pins = json.loads((Path(__file__).parents[4] / "zoo/hub.json").read_text())
    pins["namespace"] = "lab"
    pins["releases"] = [
        {
            "name": f"{each.key}-{labels.key}",
            "variant": each.key,
            "labels": labels.key,
            "encodings": ["V", "VG"],
            "revision": REVISION,
        }
        for each in VARIANTS
        if not each.zero_shot
        for labels in LABEL_SETS
    ]
    (folder / "hub.json").write_text(json.dumps(pins))
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(folder / "hub.json"))


def test_a_lab_names_its_own_pins(monkeypatch, tmp_path):
    pin_all(monkeypatch, tmp_path)
    release = find_release("x-clip-rf", "lab-motion", "VG", "hub")
    assert release.weights == Weights("lab/x-clip-rf-lab-motion", REVISION)
    assert release.backbone == read_pins().backbones["x-clip"]


@pytest.mark.parametrize("text", ["", "{}", '{"namespace": "a", "backbones": {}, "releases": [{}]}', "[1]"])
def test_broken_pins_are_one_sentence(monkeypatch, tmp_path, text):
    (tmp_path / "hub.json").write_text(text)
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(tmp_path / "hub.json"))
    with pytest.raises(WeightsMissing, match=r"hub\.json") as caught:
        read_pins()
    assert "\n" not in str(caught.value)


def test_a_branch_is_no_pin(monkeypatch, tmp_path):
    pins = {"namespace": "a", "backbones": {"x-clip": {"source": "a/b", "revision": "main"}}, "releases": []}
    (tmp_path / "hub.json").write_text(json.dumps(pins))
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(tmp_path / "hub.json"))
    with pytest.raises(WeightsMissing, match="main"):
        read_pins()


def write(folder: Path, **about) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"benchscribe": about}))
    return str(folder)


def test_a_head_says_which_backbone_it_was_fitted_on(tmp_path):
    pinned = {"source": "lab/x-clip", "revision": REVISION}
    folder = write(tmp_path / "head", backbone=pinned)
    assert find_release("x-clip-rf", "lab-actions", "V", "hub", folder).backbone == Weights(
        "lab/x-clip", REVISION
    )
    folder = write(tmp_path / "head", backbone={"source": "x-clip-everyday"})
    beside = find_release("x-clip-rf", "lab-actions", "V", "embedded", folder).backbone
    assert beside == Weights(str(tmp_path / "x-clip-everyday"))
    folder = write(tmp_path / "head", backbone=pinned, sentences={"source": PACKAGED.source})
    assert find_release("video-llava-rf", "lab-actions", "V", "hub", folder).sentences == PACKAGED


@pytest.mark.parametrize(
    "backbone",
    [
        None,
        "x-clip",
        {"source": "../../etc"},
        {"source": "/etc"},
        {"source": "a/b", "revision": "main"},
        {"source": 3},
        {"source": ".."},
    ],
)
def test_no_config_reaches_outside_its_folder(tmp_path, backbone):
    folder = write(tmp_path / "head", backbone=backbone)
    with pytest.raises(WeightsMissing, match="backbone"):
        find_release("x-clip-rf", "lab-actions", "V", "embedded", folder)


def test_the_questions_ask_for_what_the_labels_show():
    which, what = question_text("which", LAB_ACTIONS), question_text("what", LAB_ACTIONS)
    texts = [each.text for each in LAB_ACTIONS.activities]
    assert all(text in which for text in texts[:-1])
    assert texts[-1] not in which
    assert "none" in which
    assert not any(text in what for text in texts)
    assert question_text(None, LAB_ACTIONS) is None
