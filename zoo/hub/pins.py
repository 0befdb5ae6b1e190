"""What is on the Hub, each release at its pinned revision: the one file that says so is hub.json.

A lab that pushes releases of its own names its own such file in BENCHSCRIBE_HUB.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from zoo.atomic_write import atomic_write
from zoo.weights import Weights, WeightsMissing, is_revision

DEFAULT = Path(__file__).parents[1] / "hub.json"


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One pushed release: its repository's name, what it answers for, and its commit."""

    name: str
    variant: str
    labels: str
    encodings: tuple[str, ...]
    revision: str


@dataclass(frozen=True)
class Pins:
    """Whose repositories, the public backbones by name, and the pushed releases."""

    namespace: str
    backbones: dict[str, Weights]
    releases: tuple[Pin, ...]


def pins_path() -> Path:
    """The file in force."""
    return Path(os.environ.get("BENCHSCRIBE_HUB", DEFAULT))


def read_pins(path: Path | None = None) -> Pins:
    """Read a file of pins, by default the one in force.

    Raises WeightsMissing if it is broken or a revision is not pinned.
    """
    path = path or pins_path()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        pins = Pins(
            data["namespace"],
            {name: Weights(each["source"], each["revision"]) for name, each in data["backbones"].items()},
            tuple(Pin(**{**each, "encodings": tuple(each["encodings"])}) for each in data["releases"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsMissing(
            f"{path.name} is no list of pinned releases ({error}); mend it, or unset BENCHSCRIBE_HUB."
        ) from error
    for pinned in (*pins.backbones.values(), *pins.releases):
        if not is_revision(pinned.revision):
            raise WeightsMissing(
                f"{path.name} names the revision “{pinned.revision}”; expected 40 hexadecimal digits."
            )
    return pins


def add_pin(pin: Pin) -> None:
    """Write a pushed release into the file in force, in place of an older pin of its name.

    Raises WeightsMissing for a broken file, or one that cannot be written.
    """
    read_pins()
    path = pins_path()
    data = json.loads(path.read_text(encoding="utf-8"))
    others = [each for each in data["releases"] if each["name"] != pin.name]
    data["releases"] = [*others, asdict(pin)]
    try:
        with atomic_write(path) as file:
            file.write(json.dumps(data, indent=2) + "\n")
    except OSError as error:
        raise WeightsMissing(
            f"{path} cannot be written ({error.strerror}); name a file of your own in BENCHSCRIBE_HUB."
        ) from error
