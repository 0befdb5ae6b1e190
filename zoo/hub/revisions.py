"""Read which weights a user names, and say what is wrong with a name that can be mended."""

import re
from pathlib import Path

from zoo.hub.listing import TIMEOUT_S, reachable
from zoo.weights import Weights, WeightsMissing, parse_weights

BRANCH = re.compile(r"(?P<source>[\w.-]+/[\w.-]+)(@(?P<branch>[\w./-]*))?")


def parse_release(text: str) -> Weights:
    """Read a folder or ORG/NAME@REVISION.

    Raises WeightsMissing if it is neither, or a folder without a release.  For a branch, which can move, it
    names the commit that the branch is now, where the Hub is in reach.
    """
    try:
        weights = parse_weights(text)
    except WeightsMissing as error:
        if (named := BRANCH.fullmatch(text)) and (sentence := _pin(named["source"], named["branch"])):
            raise WeightsMissing(sentence) from error
        raise
    if weights.revision is None and not (Path(text) / "config.json").is_file():
        raise WeightsMissing(
            f"The folder {weights.name} is no release: it has no config.json; expected a folder that "
            "training wrote or `pull` brought, with a config.json and safetensors or ubj files. Name another."
        )
    return weights


def _pin(source: str, branch: str | None) -> str:
    """The sentence that pins a branch to its present commit; "" if the Hub does not say."""
    import httpx2
    from huggingface_hub import HfApi

    branch = branch or "main"
    if not reachable():
        return ""
    try:
        commit = HfApi().model_info(source, revision=branch, timeout=TIMEOUT_S).sha
    except (httpx2.HTTPError, OSError, ValueError):
        return ""
    return (
        f"“{branch}” of {source} is a branch, which can move; expected the 40 hexadecimal digits of a "
        f"commit. It is {commit} now: name {source}@{commit}."
    )
