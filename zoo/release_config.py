"""ReleaseConfig, what a release says of itself: the part “benchscribe” of its config.json.

This is its only reader and its only writer.  The rest of config.json belongs to transformers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from zoo.atomic_write import atomic_write
from zoo.labels import label_set
from zoo.weights import Weights, WeightsMissing, read_json

FILE = "config.json"
SECTION = "benchscribe"
KEYS = {
    "transition_counts": "follows",
    "backbone_name": "backbone",
}  # of fields with another name in the file
UNKNOWN = (None, "", (), {})


@dataclass(frozen=True, kw_only=True)
class ReleaseConfig:
    """Identity, training data and settings of a release; of a key that is absent, the default.

    A release has a variant; a folder without one is a backbone, which has a backbone_name.  backbone and
    sentences are the weights that a head was fitted on and does not bring itself: pinned on the Hub, or in
    a folder beside its own.  label_overlap is, by label set, the largest word overlap (Jaccard index) of a
    label's text with a narration that the backbone learnt from; near 1, zero-shot answers are zero-shot in
    name only.  transition_counts [K, K] says how often each label (row) was followed by each (column) in
    the workflows of the training split, in the label set's order; the file calls it “follows”.
    """

    variant: str | None = None
    labels: str | None = None
    encodings: tuple[str, ...] = ()
    backbone_name: str | None = None
    backbone: Weights | None = None
    sentences: Weights | None = None
    vector_decimals: int | None = None  # that caption vectors are rounded to before trees see them
    clip_s: float | None = None
    rate_hz: float | None = None
    decoding: str = ""  # of Vi-LM: “free” as the paper does it, otherwise labels alone
    trained_on: str = ""
    training_clips: int | None = None
    training_labels: Mapping[str, int] = field(default_factory=dict)  # clips of each label
    narrations: int | None = None  # different ones, of a backbone
    label_overlap: Mapping[str, float] = field(default_factory=dict)
    transition_counts: tuple[tuple[int, ...], ...] = ()
    object_masks: bool = False  # whether true masks were auxiliary targets
    preset: str = ""
    epochs: int | None = None
    hours: float | None = None  # that training took
    hyper_parameters: Mapping[str, Any] = field(default_factory=dict)  # of trees
    trials: tuple[Mapping[str, Any], ...] = ()  # each setting of the grid and what it reached
    notes: str = ""  # further sentences of the card
    seed: int | None = None
    command: str = ""  # that made it
    started_from: str = ""

    @classmethod
    def read(cls, folder: Path) -> "ReleaseConfig":
        """Read and check a folder's config.json.  Raises WeightsMissing."""
        section = read_json(folder, FILE).get(SECTION, {})
        if not isinstance(section, dict):
            raise WeightsMissing(
                f"The config.json of {folder.name} has “{SECTION}” {str(section)[:60]!r}; "
                "expected an object. Push the release again."
            )
        return cls(**_values(section, folder.name))

    def write(self, folder: Path) -> None:
        """Write this into a folder's config.json in place of its own section; other keys stay.

        Raises WeightsMissing for a file that is broken.
        """
        config = read_json(folder, FILE) if (folder / FILE).is_file() else {}
        config[SECTION] = self.to_json()
        with atomic_write(folder / FILE) as file:
            file.write(json.dumps(config, indent=2) + "\n")

    def to_json(self) -> dict[str, Any]:
        """Plain data for config.json, without what is not known."""
        section = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value in UNKNOWN:
                continue
            if isinstance(value, Weights):
                value = {"source": value.source} | ({"revision": value.revision} if value.revision else {})
            section[KEYS.get(each.name, each.name)] = value
        return section


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("a list of texts")
    return tuple(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError("a whole number")
    return value


def _decimals(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 9:
        raise ValueError("a whole number from 0 to 9")
    return value


def _true_or_false(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object")
    return value


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not all(type(each) is int and each >= 0 for each in value.values()):
        raise ValueError("a count of clips for each label")
    return value


def _shares(value: object) -> dict[str, float]:
    values = value.values() if isinstance(value, dict) else [None]
    if not all(
        isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 1 for each in values
    ):
        raise ValueError("a share from 0 to 1 for each label set")
    return value


def _objects(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("a list of objects")
    return tuple(value)


def _weights(value: object) -> Weights:
    if not isinstance(value, dict) or not isinstance(value.get("source"), str):
        raise ValueError("a source, and the 40 hexadecimal digits of its revision")
    revision = value.get("revision")
    return Weights(value["source"], None if revision is None else _text(revision))


def _matrix(value: object) -> tuple[tuple[int, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise ValueError("rows of whole numbers from 0 up")
    if not all(type(each) is int and 0 <= each < 2**53 for row in value for each in row):
        raise ValueError("rows of whole numbers from 0 up")
    return tuple(map(tuple, value))


_PARSERS: dict[str, Callable[[object], Any]] = {
    **dict.fromkeys(("variant", "labels", "decoding", "trained_on", "preset", "notes", "command"), _text),
    **dict.fromkeys(("started_from", "backbone_name"), _text),
    **dict.fromkeys(("clip_s", "rate_hz", "hours"), _number),
    **dict.fromkeys(("training_clips", "narrations", "epochs", "seed"), _whole),
    **dict.fromkeys(("backbone", "sentences"), _weights),
    "vector_decimals": _decimals,
    "encodings": _texts,
    "training_labels": _counts,
    "label_overlap": _shares,
    "transition_counts": _matrix,
    "object_masks": _true_or_false,
    "hyper_parameters": _mapping,
    "trials": _objects,
}


def _values(section: Mapping[str, object], name: str) -> dict[str, Any]:
    """The fields that a config.json fills, checked.  Raises WeightsMissing; unknown keys are left alone."""
    values: dict[str, Any] = {}
    for field_name, parse in _PARSERS.items():
        key = _key(field_name, section)
        if key not in section:
            continue
        try:
            values[field_name] = parse(section[key])
        except ValueError as error:
            raise WeightsMissing(
                f"The config.json of {name} has {key} {str(section[key])[:60]!r}; expected {error}. "
                "Push the release again."
            ) from error
    _check_transitions(values, name)
    return values


def _key(field_name: str, section: Mapping[str, object]) -> str | None:
    """The key of a field; “backbone” is a name in a backbone's own folder, and weights in that of a head."""
    key = KEYS.get(field_name, field_name)
    if key == "backbone":
        named = isinstance(section.get(key), str)
        return key if named == (field_name == "backbone_name") else None
    return key


def _check_transitions(values: dict[str, Any], name: str) -> None:
    table = values.get("transition_counts")
    if not table or "labels" not in values:
        return
    count = len(label_set(values["labels"]).labels)
    if len(table) != count or any(len(row) != count for row in table):
        size = f"{len(table)} × {' or '.join(sorted({str(len(row)) for row in table}))}"
        raise WeightsMissing(
            f"The config.json of {name} has {size} transition counts (“{KEYS['transition_counts']}”); "
            f"expected {count} × {count} whole numbers from 0 up. Push the release again."
        )
