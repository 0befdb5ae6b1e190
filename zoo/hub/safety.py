"""Which files a release's repository may have, alike when it is pushed and when it is fetched."""

from collections.abc import Iterable
from pathlib import Path

from zoo.weights import WeightsMissing, read_json

# Nothing else is fetched, so that no pickle and no code can arrive.
PATTERNS = ("*.json", "*.safetensors", "*.ubj", "*.txt", "README.md")
WEIGHTS = {".safetensors", ".ubj"}
KINDS = WEIGHTS | {".json", ".txt", ".md", ".png"}  # pictures belong to the card, and are not fetched
PICKLES = {".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".h5", ".joblib", ".msgpack"}


def refuse_pickles_and_code(name: str, files: Iterable[str]) -> None:
    """Refuse a repository by its list of files.  Raises WeightsMissing.

    A pickle beside the same weights as safetensors, as older public checkpoints have it, is not fetched.
    """
    paths = sorted(map(Path, files))
    code = [path for path in paths if path.suffix == ".py"]
    if code:
        raise WeightsMissing(
            f"The repository {name} brings code of its own ({code[0]}), which is never run here; "
            "expected weights and settings alone: choose another release."
        )
    pickles = [path for path in paths if path.suffix.lower() in PICKLES]
    if pickles and not any(path.suffix in WEIGHTS for path in paths):
        raise WeightsMissing(
            f"The repository {name} has its weights as a pickle only ({pickles[0]}), which is never opened "
            "here; expected safetensors or ubj: ask its makers to push those."
        )


def refuse_remote_code(name: str, folder: Path) -> None:
    """Refuse settings that ask for code from elsewhere.  Raises WeightsMissing."""
    for path in sorted(folder.rglob("*config.json")):
        try:
            config = read_json(path.parent, path.name)
        except WeightsMissing:
            continue  # whoever needs this file will say that it is broken
        if "auto_map" in config:
            raise WeightsMissing(
                f"The {path.name} of {name} asks for code of its own (auto_map), which is never run here; "
                "choose another release."
            )
