"""Bring the weights of a release to a folder on this machine."""

from pathlib import Path

from zoo.features import Weights
from zoo.releases import WeightsMissing

# Nothing else is fetched, so that no pickle and no code can arrive.
FILES = ("config.json", "preprocessor_config.json", "model.safetensors")


def fetch(weights: Weights) -> Path:
    """The folder that holds the weights, downloaded into the Hub cache if need be.

    Raises WeightsMissing if the Hub cannot be reached, has no such repository or revision, or
    the folder holds no safetensors.
    """
    folder = Path(weights.source) if weights.revision is None else _download(weights)
    for name in FILES:
        if not (folder / name).is_file():
            raise WeightsMissing(
                f"The release {weights.name} has no {name}, and no other file is loaded in its place; "
                "push it again whole, its weights as safetensors."
            )
    return folder


def _download(weights: Weights) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(weights.source, revision=weights.revision, allow_patterns=list(FILES))
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
