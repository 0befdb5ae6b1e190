"""Push a release: from a finished folder to a pinned commit."""

import tempfile
from pathlib import Path

from zoo.hub.pins import Pin, add_pin, path, read_pins
from zoo.hub.push import commit, name_repository, prepare, upload
from zoo.release_config import ReleaseConfig
from zoo.weights import Weights, WeightsMissing


def push(folder: Path, to: str | None, into: Path | None, pin: bool, parts: dict[str, Weights]) -> dict:
    """Check a release, and upload it, or write it as a git repository where `into` names a folder of them.

    Returns the repository's name, the commit, its files, and the file of pins where `pin` wrote it.
    Raises WeightsMissing, before anything leaves this machine if the release is at fault.
    """
    repository = name_repository(folder, to)
    if pin:
        _refuse_unpinnable(folder, repository)
    with tempfile.TemporaryDirectory() as whole:
        prepare(folder, Path(whole), **parts)
        pushed = commit(Path(whole), repository, into) if into else upload(Path(whole), repository)
    told = {"repository": repository, "revision": pushed.revision, "files": list(pushed.files)}
    if not pin:
        return told
    about = ReleaseConfig.read(folder)
    name = repository.partition("/")[2]
    add_pin(
        Pin(
            name=name,
            variant=about.variant,
            labels=about.labels,
            encodings=about.encodings,
            revision=pushed.revision,
        )
    )
    return {**told, "pinned_in": str(path())}


def _refuse_unpinnable(folder: Path, repository: str) -> None:
    """Find out before the push that its commit has no place among the pins."""
    namespace = read_pins().namespace
    if repository.partition("/")[0] != namespace:
        raise WeightsMissing(
            f"{path().name} pins releases of {namespace} alone, got {repository}; push without --pin, "
            "or change its namespace."
        )
    if ReleaseConfig.read(folder).variant is None:
        raise WeightsMissing(
            f"{folder.name} is a backbone; push it without --pin and name the commit under “backbones” "
            f"in {path().name}."
        )
