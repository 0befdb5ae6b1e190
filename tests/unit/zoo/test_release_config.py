"""ReleaseConfig reads what it writes, and says which key of a broken config.json is wrong."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from zoo.labels import LAB_MOTION
from zoo.release_config import KEYS, UNKNOWN, ReleaseConfig
from zoo.releases import EMBEDDED
from zoo.weights import Weights, WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"
COUNT = len(LAB_MOTION.labels)
HEAD = ReleaseConfig(
    variant="video-llava-rf",
    labels="lab-motion",
    encodings=("V", "VG"),
    backbone=Weights("video-llava"),
    sentences=Weights("lab/sentences", REVISION),
    vector_decimals=3,
    clip_s=4.0,
    rate_hz=4.0,
    decoding="free",
    trained_on="rendered scenes",
    training_clips=12,
    training_labels={"Rinsing": 12},
    narrations=7,
    label_overlap={"lab-motion": 0.5},
    transition_counts=((1,) * COUNT,) * COUNT,
    object_masks=True,
    preset="tiny",
    epochs=3,
    hours=0.5,
    hyper_parameters={"max_depth": 8, "max_features": "sqrt"},
    trials=({"max_depth": 8, "validation_f1": 0.5},),
    notes=" A note.",
    seed=1,
    command="python -m pipelines fit-heads",
    started_from="videomae",
)
BACKBONE = ReleaseConfig(backbone_name="x-clip", encodings=("V",))
WRONG = {  # a value of a wrong type, or out of range, for each key
    **dict.fromkeys(("variant", "labels", "decoding", "trained_on", "preset", "notes"), (1, ["a"], None)),
    **dict.fromkeys(("command", "started_from"), (1, {}, None)),
    **dict.fromkeys(("clip_s", "rate_hz", "hours"), ("4", True, [4.0])),
    **dict.fromkeys(("training_clips", "narrations", "epochs", "seed"), ("4", True, 4.5)),
    **dict.fromkeys(("backbone", "sentences"), (1, {"revision": REVISION}, {"source": "a", "revision": 1})),
    "vector_decimals": ("3", True, -1, 400, 3.0),
    "encodings": ("V", [1], {"V": 1}),
    "training_labels": ([1], {"Rinsing": "1"}, {"Rinsing": -1}, {"Rinsing": True}),
    "label_overlap": ([0.5], {"lab-motion": 2}, {"lab-motion": True}),
    "follows": ([1], [["1"]], [[-1]], [[1.5]], [[1, 2]] * COUNT, "1"),
    "object_masks": (1, "yes", None),
    "hyper_parameters": ([1], "max_depth 8"),
    "trials": ({}, [1], "none"),
}


@pytest.mark.parametrize("config", [HEAD, BACKBONE, ReleaseConfig()], ids=["head", "backbone", "nothing"])
def test_what_is_written_is_read(tmp_path, config):
    config.write(tmp_path)
    assert ReleaseConfig.read(tmp_path) == config


def test_every_field_takes_the_round_trip():
    """backbone_name is that of a backbone, which has no head: the file has one key for both."""
    unknown = {each.name for each in fields(HEAD) if getattr(HEAD, each.name) in UNKNOWN}
    assert unknown == {"backbone_name"}
    assert {KEYS.get(each.name, each.name) for each in fields(HEAD)} == set(WRONG)


def test_the_rest_of_the_file_stays(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "videomae", "benchscribe": {"variant": "vi-cl"}}')
    replace(HEAD, variant="vi-lm").write(tmp_path)
    written = json.loads((tmp_path / "config.json").read_text())
    assert written["model_type"] == "videomae"
    assert written["benchscribe"]["variant"] == "vi-lm"
    assert written["benchscribe"]["follows"] == [[1] * COUNT] * COUNT
    assert "transition_counts" not in written["benchscribe"]


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG.items() for value in values]
)
def test_a_wrong_type_names_its_key(tmp_path, key, value):
    HEAD.write(tmp_path)
    change(tmp_path, lambda section: section | {key: value})
    with pytest.raises(WeightsMissing, match=key) as caught:
        ReleaseConfig.read(tmp_path)
    assert "\n" not in str(caught.value)


def test_transition_counts_of_another_label_set(tmp_path):
    HEAD.write(tmp_path)
    change(tmp_path, lambda section: section | {"labels": "lab-actions"})
    with pytest.raises(WeightsMissing, match=r"5 × 5 transition counts .* expected 8 × 8"):
        ReleaseConfig.read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"benchscribe": 1}', b"\xff\xfe{\x00"])
def test_a_file_that_is_none(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(WeightsMissing):
        ReleaseConfig.read(tmp_path)


def test_unknown_keys_are_left_alone(tmp_path):
    HEAD.write(tmp_path)
    change(tmp_path, lambda section: section | {"of a later version": [1, 2]})
    assert ReleaseConfig.read(tmp_path) == HEAD


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in EMBEDDED.glob("*/config.json")), ids=lambda f: f.name
)
def test_embedded_releases_take_the_round_trip(tmp_path, folder):
    section = json.loads((folder / "config.json").read_text())["benchscribe"]
    ReleaseConfig.read(folder).write(tmp_path)
    written = json.loads((tmp_path / "config.json").read_text())["benchscribe"]
    assert written.items() >= {k: v for k, v in section.items() if v not in UNKNOWN}.items()


def change(folder: Path, edit) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["benchscribe"] = edit(config["benchscribe"])
    (folder / "config.json").write_text(json.dumps(config))
