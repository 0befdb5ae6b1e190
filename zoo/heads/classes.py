"""The order in which a release's head lists its labels."""

import json
from pathlib import Path

from zoo.labels import LabelSet, UnknownLabels, parse_label
from zoo.weights import WeightsMissing


def read_classes(folder: Path, labels: LabelSet, count: int) -> tuple[str, ...]:
    """The label behind each of a head's outputs, from id2label in config.json.

    Raises WeightsMissing if they are not the labels of the set, each once, or not as many as outputs.
    """
    names = json.loads((folder / "config.json").read_text()).get("id2label", {})
    try:
        spelled = tuple(parse_label(names[str(number)], labels) for number in range(len(names)))
    except (KeyError, UnknownLabels) as error:
        raise WeightsMissing(f"The head of {folder.name} does not fit {labels.title}: {error}") from error
    if sorted(spelled) != sorted(labels.labels) or count != len(spelled):
        raise WeightsMissing(
            f"The head of {folder.name} knows {count} labels; {labels.title} has {len(labels.labels)}."
        )
    return spelled
